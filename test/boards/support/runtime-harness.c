/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the calls of ipa_module.h that lines of standard input name, and prints a line for each: for any runtime of boards/runtime. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipa_module.h"

#define MOST_BYTES 70000u
#define LINE_BYTES (2 * MOST_BYTES + 100)

/* The interpreters have them, the module in C does not. */
__attribute__((weak)) uint32_t ipa_runtime_heap_used(void);
__attribute__((weak)) void ipa_arena_limit(uint32_t bytes);

static char line[LINE_BYTES];
static uint8_t given[MOST_BYTES];
static uint8_t wasm[MOST_BYTES];

static uint32_t digit(char hex) { return (uint32_t)(hex <= '9' ? hex - '0' : hex - 'a' + 10); }

/** Reads hex digits into `given`; returns bytes. */
static uint32_t read_hex(const char *hex) {
  uint32_t length = 0;
  for (; hex != NULL && hex[0] != '\0' && hex[1] != '\0' && length < MOST_BYTES; hex += 2)
    given[length++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
  return length;
}

static void print_hex(const uint8_t *bytes, uint32_t length) {
  static char text[2 * MOST_BYTES];
  for (uint32_t index = 0; index < length; index++) {
    text[2 * index] = "0123456789abcdef"[bytes[index] >> 4];
    text[2 * index + 1] = "0123456789abcdef"[bytes[index] & 15];
  }
  fwrite(text, 1, 2 * (size_t)length, stdout);
}

/** start FILE, or start without one for a module that is in C already. */
static void do_start(const char *name) {
  if (name == NULL) {
    printf("%d", (int)ipa_start(NULL, 0));
    return;
  }
  FILE *file = fopen(name, "rb");
  const size_t length = file != NULL ? fread(wasm, 1, sizeof wasm, file) : 0;
  if (file != NULL) fclose(file);
  /* a copy of exactly this length, so that the sanitizer sees what is read behind it */
  uint8_t *exact = malloc(length > 0 ? length : 1);
  if (exact == NULL) exit(1);
  memcpy(exact, wasm, length);
  static uint8_t *running;
  const int32_t error = ipa_start(exact, (uint32_t)length);
  free(running);
  running = exact;
  printf("%d", (int)error);
}

static void do_poll(const char *now_ms) {
  const int32_t action = ipa_poll((uint32_t)strtoul(now_ms, NULL, 10));
  const int32_t argument = ipa_argument();
  uint32_t length;
  const uint8_t *bytes = ipa_data(&length);
  printf("%d %d ", (int)action, (int)argument);
  print_hex(bytes, length);
}

/** Gives the module the true length also when its window holds less. */
static void do_event(const char *kind, const char *argument, const char *hex) {
  const uint32_t length = read_hex(hex);
  const int32_t which = (int32_t)strtol(kind, NULL, 10);
  uint32_t size;
  uint8_t *window = ipa_window(which, &size);
  if (window != NULL) memcpy(window, given, length < size ? length : size);
  printf("%d", (int)ipa_event(which, (int32_t)strtol(argument, NULL, 10), length));
}

static void do_state(void) {
  uint32_t size;
  const uint8_t *state = ipa_state(&size);
  print_hex(state, size);
}

static void do_restore(const char *hex) {
  uint32_t size;
  uint8_t *state = ipa_state(&size);
  const uint32_t length = read_hex(hex);
  if (state != NULL && length == size) memcpy(state, given, size);
  printf("%d", state != NULL && length == size ? 0 : (int)IPA_HOST_BAD_STATE);
}

static void perform(char *words[4]) {
  const char *name = words[0];
  if (strcmp(name, "start") == 0) do_start(words[1]);
  else if (strcmp(name, "poll") == 0 && words[1] != NULL) do_poll(words[1]);
  else if (strcmp(name, "event") == 0 && words[2] != NULL) do_event(words[1], words[2], words[3]);
  else if (strcmp(name, "state") == 0) do_state();
  else if (strcmp(name, "restore") == 0) do_restore(words[1]);
  else if (strcmp(name, "heap") == 0) printf("%u", ipa_runtime_heap_used ? (unsigned)ipa_runtime_heap_used() : 0u);
  else if (strcmp(name, "limit") == 0 && words[1] != NULL && ipa_arena_limit) ipa_arena_limit((uint32_t)strtoul(words[1], NULL, 10));
  else exit(2);
}

int main(void) {
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *words[4] = {strtok(line, " \n"), NULL, NULL, NULL};
    for (int index = 1; index < 4 && words[index - 1] != NULL; index++) words[index] = strtok(NULL, " \n");
    if (words[0] != NULL) perform(words);
    putchar('\n');
    fflush(stdout);
  }
  return 0;
}
