/* SPDX-License-Identifier: Apache-2.0 */
/* The update as a program for tests: commands come as lines of words, each is answered by one line. Bytes are hexadecimal, "-" is none. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipa_slot.h"
#include "ipa_update.h"
#include "update_flash_simulator.h"
#include "update_host.h"

#define MOST_LINE (1u << 20)
#define MOST_WORDS (8)

static char variant[IPA_CONTAINER_VARIANT_BYTES + 1] = "";
static struct ipa_update_key keys[2];
struct ipa_update_device host_device = {.variant = variant, .keys = keys};
static struct ipa_update_choice choice;
static bool has_choice;

static uint32_t number(const char *word) { return (uint32_t)strtoul(word, NULL, 10); }

struct host_bytes host_bytes_of(const char *hex) {
  const size_t length = hex[0] == '-' ? 0 : strlen(hex) / 2;
  /* of exactly this length, so that the sanitizer sees what reads past the end */
  struct host_bytes bytes = {.bytes = malloc(length > 0 ? length : 1), .length = (uint32_t)length};
  for (size_t at = 0; at < length; at++) {
    const char digits[] = {hex[2 * at], hex[2 * at + 1], 0};
    bytes.bytes[at] = (uint8_t)strtoul(digits, NULL, 16);
  }
  return bytes;
}

int32_t host_take(const struct ipa_update_choice *running, struct host_bytes container, uint32_t piece_bytes) {
  struct ipa_update update;
  int32_t error = ipa_update_begin(&update, &host_device, running);
  for (uint32_t at = 0; error == 0 && at < container.length; at += piece_bytes) {
    const uint32_t left = container.length - at;
    error = ipa_update_receive(&update, container.bytes + at, left < piece_bytes ? left : piece_bytes);
  }
  const int32_t finished = ipa_update_finish(&update);
  /* what is refused stays refused, and what is finished is over */
  if (error != 0 && finished != error) abort();
  if (ipa_update_finish(&update) == 0 || ipa_update_receive(&update, container.bytes, 1) == 0) abort();
  return finished;
}

/* device VARIANT FEATURES MEMORY_BYTES MINIMUM_SEQUENCE KEY_ID PUBLIC_KEY [KEY_ID PUBLIC_KEY] */
static void set_device(char **words, int count) {
  strcpy(variant, words[1]);
  host_device.features = number(words[2]);
  host_device.memory_bytes = number(words[3]);
  host_device.minimum_sequence = number(words[4]);
  host_device.key_count = count > 7 ? 2 : 1;
  for (uint32_t at = 0; at < host_device.key_count; at++) {
    struct host_bytes id = host_bytes_of(words[5 + 2 * at]), key = host_bytes_of(words[6 + 2 * at]);
    memcpy(keys[at].id, id.bytes, sizeof keys[at].id);
    memcpy(keys[at].public_key, key.bytes, sizeof keys[at].public_key);
    free(id.bytes);
    free(key.bytes);
  }
  printf("ok\n");
}

/* take PIECE_BYTES CONTAINER: the result, and how many operations of the flash it took */
static void take(char **words) {
  struct host_bytes container = host_bytes_of(words[2]);
  simulator_cut(UINT32_MAX, 0);
  const int32_t error = host_take(has_choice ? &choice : NULL, container, number(words[1]));
  printf("%d %u\n", error, simulator_operations());
  free(container.bytes);
}

/* boot: slot, sequence, "trial" or "confirmed", and the module; or the error */
static void boot(void) {
  const int32_t error = ipa_update_choose(&host_device, &choice);
  has_choice = error == 0;
  if (error != 0) {
    printf("%d\n", error);
    return;
  }
  printf("%u %u %s ", choice.slot, choice.sequence, choice.is_trial ? "trial" : "confirmed");
  for (uint32_t at = 0; at < choice.module_bytes; at++) printf("%02x", ipa_flash_map(choice.slot, choice.module_offset)[at]);
  printf("\n");
}

/* read CONTAINER: the manifest in words, once the signature is right; or the error */
static void read_container(char **words) {
  struct host_bytes bytes = host_bytes_of(words[1]);
  struct ipa_container container;
  struct ipa_manifest manifest;
  int32_t error = ipa_container_read(bytes.bytes, bytes.length, &container);
  if (error == 0) error = ipa_container_verify(&container, host_device.keys, host_device.key_count);
  if (error == 0) error = ipa_manifest_read(&container, &manifest);
  if (error != 0) printf("%d\n", error);
  else
    printf("%.*s %u %u %u %u %u %02x %u\n", (int)manifest.variant_length, manifest.variant, manifest.sequence, manifest.abi_version,
           manifest.features, manifest.memory_bytes, manifest.module_bytes, manifest.digest[0], container.length);
  free(bytes.bytes);
}

/* sha512 BYTES */
static void sha512(char **words) {
  struct host_bytes bytes = host_bytes_of(words[1]);
  struct ipa_sha512 hash;
  uint8_t digest[IPA_SHA512_BYTES];
  ipa_sha512_begin(&hash);
  /* in pieces that do not fit blocks */
  for (uint32_t at = 0; at < bytes.length; at += 7) ipa_sha512_add(&hash, bytes.bytes + at, bytes.length - at < 7 ? bytes.length - at : 7);
  ipa_sha512_end(&hash, digest);
  for (uint32_t at = 0; at < sizeof digest; at++) printf("%02x", digest[at]);
  printf("\n");
  free(bytes.bytes);
}

/* ed25519 PUBLIC_KEY SIGNATURE MESSAGE: 1 or 0 */
static void ed25519(char **words) {
  struct host_bytes key = host_bytes_of(words[1]), signature = host_bytes_of(words[2]), message = host_bytes_of(words[3]);
  struct ipa_sha512 hash;
  ipa_sha512_begin(&hash);
  ipa_sha512_add(&hash, signature.bytes, 32);
  ipa_sha512_add(&hash, key.bytes, key.length);
  ipa_sha512_add(&hash, message.bytes, message.length);
  printf("%d\n", ipa_ed25519_check(&hash, signature.bytes, key.bytes));
  free(key.bytes);
  free(signature.bytes);
  free(message.bytes);
}

/* cose KEY_ID PROTECTED PAYLOAD SIGNATURE: the result of ipa_container_verify; protected header and payload with their lengths */
static void cose(char **words) {
  struct host_bytes part[4];
  for (int at = 0; at < 4; at++) part[at] = host_bytes_of(words[1 + at]);
  const struct ipa_container container = {
    .key_id = part[0].bytes,
    .protected_header = part[1].bytes,
    .protected_length = part[1].length,
    .payload = part[2].bytes,
    .payload_length = part[2].length,
    .signature = part[3].bytes,
  };
  printf("%d\n", ipa_container_verify(&container, host_device.keys, host_device.key_count));
  for (int at = 0; at < 4; at++) free(part[at].bytes);
}

static void run(char **words, int count) {
  const char *command = words[0];
  if (strcmp(command, "layout") == 0) {
    simulator_begin(number(words[1]), number(words[2]), number(words[3]));
    has_choice = false;
    printf("%u\n", ipa_update_head_bytes());
  } else if (strcmp(command, "device") == 0) set_device(words, count);
  else if (strcmp(command, "take") == 0) take(words);
  else if (strcmp(command, "boot") == 0) boot();
  else if (strcmp(command, "confirm") == 0) printf("%d\n", ipa_update_confirm(&choice));
  else if (strcmp(command, "reject") == 0) printf("%d\n", ipa_update_reject(&choice));
  else if (strcmp(command, "spoil") == 0) {
    simulator_image()->bytes[number(words[1])][number(words[2])] ^= (uint8_t)number(words[3]);
    printf("ok\n");
  } else if (strcmp(command, "break") == 0) {
    simulator_break(number(words[1]) != 0);
    printf("ok\n");
  } else if (strcmp(command, "read") == 0) read_container(words);
  else if (strcmp(command, "sha512") == 0) sha512(words);
  else if (strcmp(command, "ed25519") == 0) ed25519(words);
  else if (strcmp(command, "cose") == 0) cose(words);
  else if (strcmp(command, "cuts") == 0) host_cuts(words);
  else if (strcmp(command, "fuzz") == 0) host_fuzz(words);
  else if (strcmp(command, "test") == 0) host_test(words);
  else if (strcmp(command, "start") == 0) host_start(words);
  else {
    fprintf(stderr, "unknown command %s\n", command);
    exit(1);
  }
}

int main(void) {
  static char line[MOST_LINE];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *words[MOST_WORDS + 4] = {0};
    int count = 0;
    for (char *word = strtok(line, " \n"); word != NULL && count < MOST_WORDS + 3; word = strtok(NULL, " \n")) words[count++] = word;
    if (count > 0) run(words, count);
    fflush(stdout);
  }
  return 0;
}
