/* SPDX-License-Identifier: Apache-2.0 */
/* A device with ipa_serial_network.c alone, for test/boards/serial-network.test.ts: does what the lines on standard input say, and answers
 * each with one line: what it has written to the serial line, in hexadecimal, and what came of it. The clock is virtual. */

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipa_serial_network.h"

enum { MOST_BYTES = 65536 };

static uint32_t now_ms;
static bool is_broken;
static uint8_t incoming[MOST_BYTES];
static uint32_t incoming_at;
static uint32_t incoming_length;
static uint8_t outgoing[MOST_BYTES];
static uint32_t outgoing_length;
/** Of exactly the size that was told, and freed when it is the module's again: the sanitizer sees every byte written past either. */
static uint8_t *window;

uint32_t ipa_port_now_ms(void) { return now_ms; }

int ipa_serial_write(const uint8_t *bytes, uint32_t length) {
  if (is_broken) return -1;
  if (length == 0 || length > MOST_BYTES - outgoing_length) abort();
  memcpy(outgoing + outgoing_length, bytes, length);
  outgoing_length += length;
  return 0;
}

uint32_t ipa_serial_read(uint8_t *bytes, uint32_t capacity) {
  const uint32_t left = incoming_length - incoming_at;
  const uint32_t length = left < capacity ? left : capacity;
  memcpy(bytes, incoming + incoming_at, length);
  incoming_at += length;
  return length;
}

static void print_hex(const uint8_t *bytes, uint32_t length) {
  if (length == 0) putchar('-');
  for (uint32_t at = 0; at < length; at++) printf("%02X", bytes[at]);
}

/** Reads hexadecimal digits ("-" for none) into memory of exactly their size. */
static uint8_t *read_hex(const char *text, uint32_t *length) {
  size_t digits = 0;
  while (isxdigit((unsigned char)text[digits])) digits++;
  *length = (uint32_t)(digits / 2);
  uint8_t *bytes = malloc(*length > 0 ? *length : 1);
  if (bytes == NULL) abort();
  for (uint32_t at = 0; at < *length; at++) {
    const char pair[] = {text[2 * at], text[2 * at + 1], 0};
    bytes[at] = (uint8_t)strtoul(pair, NULL, 16);
  }
  return bytes;
}

static void forget_window(void) {
  free(window);
  window = NULL;
}

static void print_event(void) {
  struct ipa_port_event event;
  memset(&event, 0xee, sizeof event);
  if (!ipa_port_network_event(&event)) {
    fputs(" none", stdout);
    return;
  }
  printf(" event %ld %ld ", (long)event.kind, (long)event.argument);
  print_hex(event.bytes, event.length);
  if (event.kind != IPA_EVENT_DATAGRAM) forget_window();
}

/** More of what the line brings; what was read makes room. */
static void arrive(const uint8_t *bytes, uint32_t length) {
  memmove(incoming, incoming + incoming_at, incoming_length - incoming_at);
  incoming_length -= incoming_at;
  incoming_at = 0;
  if (length > MOST_BYTES - incoming_length) abort();
  memcpy(incoming + incoming_length, bytes, length);
  incoming_length += length;
}

static void receive(uint32_t capacity) {
  forget_window();
  window = malloc(capacity);
  if (window == NULL) abort();
  memset(window, 0xee, capacity);
  ipa_port_network_receive(window, capacity);
}

/** Performs a command of one word and up to two values. */
static void perform(const char *word, const char *value, const char *argument) {
  uint32_t length;
  uint8_t *bytes = read_hex(value, &length);
  const uint32_t number = (uint32_t)strtoul(value, NULL, 10);
  if (strcmp(word, "open") == 0) ipa_port_network_open(bytes, length);
  else if (strcmp(word, "send") == 0) ipa_port_network_send(bytes, length, (int32_t)strtol(argument, NULL, 10));
  else if (strcmp(word, "receive") == 0) receive(number);
  else if (strcmp(word, "datagram") == 0) ipa_port_datagram_send(bytes, length);
  else if (strcmp(word, "line") == 0) arrive(bytes, length);
  else if (strcmp(word, "pass") == 0) now_ms += number;
  else if (strcmp(word, "broken") == 0) is_broken = number != 0;
  else if (strcmp(word, "event") == 0) print_event();
  else if (strcmp(word, "wait") == 0) printf(" %lu", (unsigned long)ipa_serial_network_wait_ms());
  else if (strcmp(word, "dropped") == 0) printf(" %lu", (unsigned long)ipa_serial_network_dropped());
  else if (strcmp(word, "abort") == 0) ipa_port_network_abort(), forget_window();
  else if (strcmp(word, "close") == 0) ipa_port_network_close(), forget_window();
  else abort();
  free(bytes);
}

int main(void) {
  static char line[2 * MOST_BYTES + 64];
  static char value[2 * MOST_BYTES + 1];
  setvbuf(stdout, NULL, _IOFBF, MOST_BYTES);
  while (fgets(line, sizeof line, stdin) != NULL) {
    char word[16] = "";
    char argument[16] = "";
    value[0] = 0;
    if (sscanf(line, "%15s %131072s %15s", word, value, argument) < 1) continue;
    outgoing_length = 0;
    perform(word, value, argument);
    fputs(" out ", stdout);
    print_hex(outgoing, outgoing_length);
    putchar('\n');
    fflush(stdout);
  }
  forget_window();
  return 0;
}
