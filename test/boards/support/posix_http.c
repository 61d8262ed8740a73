/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of HTTP responses of the POSIX port, by itself: one response of standard input in pieces, or many made up from a seed.
 *   posix_http read <binding> <piece bytes> <body bytes>   prints status, outcome and body
 *   posix_http fuzz <seed> <rounds>                        ends by a sanitizer or with "broken" when something is wrong */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"

#define MOST_INPUT_BYTES (1 << 20)

/** What came of a response. */
struct reading {
  enum http_progress progress;
  uint16_t status;
  const char *problem;
  bool keeps_connection;
  uint8_t *body;
  uint32_t body_bytes;
  uint32_t used;
};

static _Noreturn void broken(const char *what, uint32_t seed) {
  printf("broken: %s (seed %u)\n", what, seed);
  exit(1);
}

/** A block of memory of just this length, so that a sanitizer sees a byte too many. */
static uint8_t *exact(const uint8_t *bytes, uint32_t length) {
  uint8_t *copy = malloc(length == 0 ? 1 : length);
  if (copy == NULL) abort();
  if (length > 0) memcpy(copy, bytes, length);
  return copy;
}

/** Reads a response in pieces of this length into room of that length each time. */
static struct reading read_in_pieces(const uint8_t *input, uint32_t length, uint8_t binding, uint32_t piece, uint32_t room, uint32_t seed) {
  struct http_response response;
  struct reading reading = {.progress = HTTP_WANTS_INPUT, .body = malloc(length + 1)};
  uint8_t *part = malloc(room);
  if (reading.body == NULL || part == NULL) abort();
  http_response_begin(&response, binding);
  while (reading.progress <= HTTP_BODY_FULL && (reading.used < length || reading.progress == HTTP_BODY_FULL)) {
    const uint32_t left = length - reading.used;
    uint8_t *in = exact(input + reading.used, left < piece ? left : piece);
    struct http_step step = {.input = in, .input_bytes = left < piece ? left : piece, .body = part, .body_capacity = room};
    const enum http_progress before = reading.progress;
    reading.progress = http_response_read(&response, &step);
    free(in);
    if (step.input_taken > step.input_bytes) broken("takes more than there is", seed);
    if (step.body_given > room) broken("gives more than there is room", seed);
    if (step.body_given > step.input_taken) broken("gives more than it takes", seed);
    if (reading.progress == HTTP_WANTS_INPUT && step.input_taken < step.input_bytes) broken("wants input and does not take it", seed);
    if (reading.progress == HTTP_BODY_FULL && step.body_given < room) broken("is full and is not", seed);
    if (step.input_taken + step.body_given == 0 && before == reading.progress && step.input_bytes > 0) broken("stands still", seed);
    memcpy(reading.body + reading.body_bytes, part, step.body_given);
    reading.body_bytes += step.body_given;
    reading.used += step.input_taken;
    if (reading.progress == HTTP_BODY_FULL && reading.used == length && step.input_taken == 0) break;
  }
  free(part);
  reading.status = response.status;
  reading.problem = response.problem;
  reading.keeps_connection = response.keeps_connection;
  return reading;
}

static const char *outcome_of(enum http_progress progress) {
  static const char *const names[] = {"wantsInput", "bodyFull", "complete", "refused", "malformed"};
  return names[progress];
}

static int read_input(char **arguments) {
  static uint8_t input[MOST_INPUT_BYTES];
  const uint32_t length = (uint32_t)fread(input, 1, sizeof input, stdin);
  const uint8_t binding = (uint8_t)atoi(arguments[2]);
  const struct reading reading = read_in_pieces(input, length, binding, (uint32_t)atoi(arguments[3]), (uint32_t)atoi(arguments[4]), 0);
  printf("{\"outcome\":\"%s\",\"status\":%u,\"problem\":\"%s\",", outcome_of(reading.progress), reading.status, reading.problem);
  printf("\"keepsConnection\":%s,\"left\":%u,\"body\":\"", reading.keeps_connection ? "true" : "false", length - reading.used);
  for (uint32_t at = 0; at < reading.body_bytes; at++) printf("%02x", reading.body[at]);
  puts("\"}");
  free(reading.body);
  return 0;
}

/** xorshift: the same numbers on every machine. */
static uint32_t state;
static uint32_t below(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % limit;
}

/** A response that is right, of some of these parts. */
static uint32_t make_response(char *text, size_t room) {
  static const char *const heads[] = {
    "HTTP/1.1 200 OK\r\n", "HTTP/1.0 200 \r\n", "HTTP/1.1 100 \r\n\r\nHTTP/1.1 201 Created\r\n", "HTTP/1.1 500\r\n",
    "HTTP/1.1 204 None\r\n",
  };
  static const char *const lines[] = {
    "Connection: close\r\n", "X-Admin-Protocol: gsma/rsp/v2.1.0\r\n", "Content-Encoding:identity\r\n", "Set-Cookie: 1\r\nSet-Cookie: 2\r\n",
    "Content-Type: text/html\r\n", "",
  };
  const uint32_t bytes = below(40);
  const char *head = heads[below(5)];
  const char *before = lines[below(6)];
  const char *after = lines[below(6)];
  size_t at = (size_t)snprintf(text, room, "%s%sContent-Type: application/x-gsma-rsp-asn1\r\n%s", head, before, after);
  if (below(2) == 0) at += (size_t)snprintf(text + at, room - at, "Content-Length: %u\r\n\r\n", bytes);
  else at += (size_t)snprintf(text + at, room - at, "Transfer-Encoding: chunked\r\n\r\n%x;a=b\r\n", bytes + 1);
  for (uint32_t count = 0; count <= bytes; count++) text[at++] = (char)below(256);
  at += (size_t)snprintf(text + at, room - at, "\r\n%x\r\n", below(3) == 0 ? 1 : 0);
  at += (size_t)snprintf(text + at, room - at, "x\r\n0\r\n%s\r\n", lines[below(6)]);
  return (uint32_t)at;
}

/** Spoils a response in up to four places. */
static uint32_t spoil(uint8_t *bytes, uint32_t length) {
  static const char *const poison[] = {
    "\r\n", "\n", "\r", ":", "4294967296", "-1", "ffffffff", "7fffffff", "chunked, chunked", " ", "\t", "0",
  };
  for (uint32_t count = below(5); count > 0 && length > 8; count--) {
    const uint32_t at = below(length - 1);
    const char *text = poison[below(12)];
    const uint32_t text_bytes = (uint32_t)strlen(text);
    switch (below(4)) {
      case 0: bytes[at] = (uint8_t)below(256); break;
      case 1: length = at + 1; break;
      case 2: memmove(bytes + at, bytes + at + 1, --length - at); break;
      default:
        memmove(bytes + at + text_bytes, bytes + at, length - at);
        memcpy(bytes + at, text, text_bytes);
        length += text_bytes;
    }
  }
  return length;
}

/** However a response is cut, it says the same. */
static void fuzz_one(uint32_t seed, uint32_t counts[5]) {
  char text[2048];
  state = seed * 2654435761u + 1;
  if (state == 0) state = 1;
  const uint32_t length = spoil((uint8_t *)text, make_response(text, sizeof text - 512));
  const struct reading whole = read_in_pieces((uint8_t *)text, length, 0, length + 1, 4096, seed);
  const struct reading pieces = read_in_pieces((uint8_t *)text, length, 0, 1 + below(20), 1 + below(20), seed);
  if (whole.progress != pieces.progress && pieces.progress != HTTP_BODY_FULL) broken("ends otherwise in pieces", seed);
  if (whole.status != pieces.status || whole.body_bytes != pieces.body_bytes) broken("says other things in pieces", seed);
  if (memcmp(whole.body, pieces.body, whole.body_bytes) != 0) broken("gives another body in pieces", seed);
  if (whole.progress == HTTP_COMPLETE && whole.used != pieces.used) broken("ends elsewhere in pieces", seed);
  counts[whole.progress]++;
  free(whole.body);
  free(pieces.body);
}

static int fuzz(char **arguments) {
  const uint32_t first = (uint32_t)strtoul(arguments[2], NULL, 10);
  const uint32_t rounds = (uint32_t)strtoul(arguments[3], NULL, 10);
  uint32_t counts[5] = {0};
  for (uint32_t round = 0; round < rounds; round++) fuzz_one(first + round, counts);
  putchar('{');
  for (int outcome = 0; outcome < 5; outcome++)
    printf("%s\"%s\":%u", outcome == 0 ? "" : ",", outcome_of((enum http_progress)outcome), counts[outcome]);
  puts("}");
  return 0;
}

int main(int count, char **arguments) {
  if (count == 5 && strcmp(arguments[1], "read") == 0) return read_input(arguments);
  if (count == 4 && strcmp(arguments[1], "fuzz") == 0) return fuzz(arguments);
  return 2;
}
