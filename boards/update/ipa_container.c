/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the head of a container. A strict reader of the one deterministic encoding (RFC 8949 §4.2.1) that the format allows: what could be
 * written in two ways is refused, so that signed bytes have one meaning. */

#include "ipa_container.h"

#include <monocypher.h>
#include <string.h>

/** Major types of CBOR (RFC 8949 §3.1). */
enum { UNSIGNED = 0, BYTES = 2, TEXT = 3, MAP = 5 };

/** Tag 18, COSE_Sign1: an array of four. */
static const uint8_t BEGIN[] = {0xd2, 0x84};
/** Header 1, the algorithm: EdDSA (-8). Header 3, the content type. */
static const uint8_t PROTECTED[] = "\xa2\x01\x27\x03\x78\x26" "application/vnd.ipa-wasm.manifest+cbor";
/** The unprotected header: 4, the key's name, and nothing else. */
static const uint8_t KEY_ID[] = {0xa1, 0x04, 0x48};
static const uint8_t SIGNATURE[] = {0x58, 0x40};
/** Of Sig_structure (RFC 9052 §4.4): an array of four that begins with its context, and has no external data. */
static const uint8_t CONTEXT[] = "\x84\x6a" "Signature1";
static const uint8_t NO_EXTERNAL_DATA[] = {0x40};

/** Members of the manifest; they come in this order. */
enum { FORMAT = 1, VARIANT, SEQUENCE, ABI_VERSION, FEATURES, MEMORY_BYTES, MODULE_BYTES, DIGEST, MEMBERS = 8 };
#define FORMAT_VERSION (1u)

/** Goes forward over bytes. After an error it stays where it is. */
struct reader {
  const uint8_t *at;
  const uint8_t *end;
  int32_t error;
};

/** Fails; the first error stays. */
static void fail(struct reader *reader, int32_t error) {
  if (reader->error == 0) reader->error = error;
}

/** The next `length` bytes; NULL when they are not there. */
static const uint8_t *take(struct reader *reader, uint32_t length) {
  if (reader->error != 0) return NULL;
  if (length > (uint32_t)(reader->end - reader->at)) {
    fail(reader, IPA_UPDATE_INCOMPLETE);
    return NULL;
  }
  const uint8_t *taken = reader->at;
  reader->at += length;
  return taken;
}

/** The bytes that must come here. Wrong ones are found before all of them are there. */
static void expect(struct reader *reader, const uint8_t *expected, uint32_t length) {
  for (uint32_t at = 0; at < length; at++) {
    const uint8_t *byte = take(reader, 1);
    if (byte == NULL) return;
    if (*byte != expected[at]) fail(reader, IPA_UPDATE_BAD_CONTAINER);
  }
}

/** The head of an item: its major type must be this one, its argument below 2^32 and written in the shortest way. Returns the argument. */
static uint32_t take_head(struct reader *reader, uint8_t major) {
  const uint8_t *head = take(reader, 1);
  if (head == NULL) return 0;
  const uint8_t additional = *head & 31;
  if (*head >> 5 != major || additional > 26) {
    fail(reader, IPA_UPDATE_BAD_CONTAINER);
    return 0;
  }
  if (additional < 24) return additional;
  const uint32_t size = 1u << (additional - 24);
  const uint8_t *bytes = take(reader, size);
  if (bytes == NULL) return 0;
  uint32_t argument = 0;
  for (uint32_t at = 0; at < size; at++) argument = (argument << 8) | bytes[at];
  const uint32_t least = size == 1 ? 24 : size == 2 ? 0x100 : 0x10000;
  if (argument < least) fail(reader, IPA_UPDATE_BAD_CONTAINER);
  return argument;
}

/** A byte string no longer than `most`; its bytes may still be on their way, its length may not be wrong. Returns its contents. */
static const uint8_t *take_bytes(struct reader *reader, uint32_t most, uint32_t *length) {
  *length = take_head(reader, BYTES);
  if (*length > most) fail(reader, IPA_UPDATE_BAD_CONTAINER);
  return take(reader, *length);
}

int32_t ipa_container_read(const uint8_t *bytes, uint32_t length, struct ipa_container *container) {
  struct reader reader = {.at = bytes, .end = bytes + length};
  expect(&reader, BEGIN, sizeof BEGIN);
  const uint8_t protected_head[] = {0x58, sizeof PROTECTED - 1};
  container->protected_header = reader.at;
  expect(&reader, protected_head, sizeof protected_head);
  expect(&reader, PROTECTED, sizeof PROTECTED - 1);
  container->protected_length = (uint32_t)(reader.at - container->protected_header);
  expect(&reader, KEY_ID, sizeof KEY_ID);
  container->key_id = take(&reader, IPA_CONTAINER_KEY_ID_BYTES);
  container->payload = reader.at;
  container->manifest = take_bytes(&reader, IPA_CONTAINER_HEAD_BYTES, &container->manifest_length);
  container->payload_length = (uint32_t)(reader.at - container->payload);
  expect(&reader, SIGNATURE, sizeof SIGNATURE);
  container->signature = take(&reader, 64);
  container->module_bytes = take_head(&reader, BYTES);
  container->length = (uint32_t)(reader.at - bytes);
  if (container->length > IPA_CONTAINER_HEAD_BYTES) fail(&reader, IPA_UPDATE_BAD_CONTAINER);
  return reader.error;
}

bool ipa_ed25519_check(struct ipa_sha512 *hash, const uint8_t signature[64], const uint8_t public_key[32]) {
  uint8_t digest[IPA_SHA512_BYTES], reduced[32];
  ipa_sha512_end(hash, digest);
  crypto_eddsa_reduce(reduced, digest);
  return crypto_eddsa_check_equation(signature, public_key, reduced) == 0;
}

static bool is_signed_by(const struct ipa_container *container, const struct ipa_update_key *key) {
  struct ipa_sha512 hash;
  ipa_sha512_begin(&hash);
  ipa_sha512_add(&hash, container->signature, 32);
  ipa_sha512_add(&hash, key->public_key, sizeof key->public_key);
  ipa_sha512_add(&hash, CONTEXT, sizeof CONTEXT - 1);
  ipa_sha512_add(&hash, container->protected_header, container->protected_length);
  ipa_sha512_add(&hash, NO_EXTERNAL_DATA, sizeof NO_EXTERNAL_DATA);
  ipa_sha512_add(&hash, container->payload, container->payload_length);
  return ipa_ed25519_check(&hash, container->signature, key->public_key);
}

int32_t ipa_container_verify(const struct ipa_container *container, const struct ipa_update_key *keys, uint32_t key_count) {
  for (uint32_t at = 0; at < key_count; at++) {
    if (memcmp(keys[at].id, container->key_id, IPA_CONTAINER_KEY_ID_BYTES) != 0) continue;
    return is_signed_by(container, &keys[at]) ? 0 : IPA_UPDATE_BAD_SIGNATURE;
  }
  return IPA_UPDATE_UNKNOWN_KEY;
}

/** A member of the manifest whose value is a number. */
static uint32_t take_number(struct reader *reader, uint32_t member) {
  if (take_head(reader, UNSIGNED) != member) fail(reader, IPA_UPDATE_BAD_MANIFEST);
  return take_head(reader, UNSIGNED);
}

/** A member whose value is a string of this major type, `least` to `most` bytes. */
static const uint8_t *take_string(struct reader *reader, uint32_t member, uint8_t major, uint32_t least, uint32_t most, uint32_t *length) {
  if (take_head(reader, UNSIGNED) != member) fail(reader, IPA_UPDATE_BAD_MANIFEST);
  *length = take_head(reader, major);
  if (*length < least || *length > most) fail(reader, IPA_UPDATE_BAD_MANIFEST);
  return take(reader, *length);
}

/** The members of format 1 behind the first. */
static void read_members(struct reader *reader, struct ipa_manifest *manifest) {
  uint32_t digest_length;
  manifest->variant = (const char *)take_string(reader, VARIANT, TEXT, 1, IPA_CONTAINER_VARIANT_BYTES, &manifest->variant_length);
  manifest->sequence = take_number(reader, SEQUENCE);
  manifest->abi_version = take_number(reader, ABI_VERSION);
  manifest->features = take_number(reader, FEATURES);
  manifest->memory_bytes = take_number(reader, MEMORY_BYTES);
  manifest->module_bytes = take_number(reader, MODULE_BYTES);
  manifest->digest = take_string(reader, DIGEST, BYTES, IPA_SHA512_BYTES, IPA_SHA512_BYTES, &digest_length);
}

int32_t ipa_manifest_read(const struct ipa_container *container, struct ipa_manifest *manifest) {
  struct reader reader = {.at = container->manifest, .end = container->manifest + container->manifest_length};
  const uint32_t members = take_head(&reader, MAP);
  const uint32_t format = take_number(&reader, FORMAT);
  /* a later format may have other members, but it begins with its number */
  if (reader.error == 0 && format != FORMAT_VERSION) return IPA_UPDATE_OTHER_FORMAT;
  if (members != MEMBERS) fail(&reader, IPA_UPDATE_BAD_MANIFEST);
  read_members(&reader, manifest);
  if (reader.error != 0 || reader.at != reader.end) return IPA_UPDATE_BAD_MANIFEST;
  if (manifest->sequence == 0 || manifest->module_bytes == 0) return IPA_UPDATE_BAD_MANIFEST;
  return manifest->module_bytes == container->module_bytes ? 0 : IPA_UPDATE_BAD_CONTAINER;
}
