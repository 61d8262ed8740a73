/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of HTTP/1.1 responses (RFC 9112): strict, as whoever answers may be an enemy until TLS is over, and a fool after it. */

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "http.h"
#include "ipa_abi.h"

enum state {
  STATE_STATUS_LINE,
  STATE_HEADERS,
  STATE_BODY,
  /** Without a length: to the end of the connection. */
  STATE_BODY_TO_CLOSE,
  STATE_CHUNK_SIZE,
  STATE_CHUNK,
  STATE_CHUNK_END,
  STATE_TRAILERS,
  STATE_COMPLETE,
  STATE_FAILED,
};

/** What a line or a state came to; the other values are those of http_progress. */
#define GO_ON (-1)

/** A body of more bytes than this is no message. */
#define MOST_BODY_BYTES (0x7fffffffu)

void http_response_begin(struct http_response *response, uint8_t binding) {
  memset(response, 0, sizeof *response);
  response->state = STATE_STATUS_LINE;
  response->binding = binding;
  response->problem = "";
}

static int malformed(struct http_response *response, const char *problem) {
  response->state = STATE_FAILED;
  response->problem = problem;
  return HTTP_MALFORMED;
}

/** Reads digits of a base up to the end of the text. Returns false when there is anything else, none, or too much. */
static bool read_number(const char *text, uint32_t base, uint32_t *number) {
  uint32_t value = 0;
  const char *at = text;
  for (; isxdigit((unsigned char)*at); at++) {
    const uint32_t digit = isdigit((unsigned char)*at) ? (uint32_t)(*at - '0') : (uint32_t)(tolower((unsigned char)*at) - 'a' + 10);
    if (digit >= base || value > (MOST_BODY_BYTES - digit) / base) return false;
    value = value * base + digit;
  }
  *number = value;
  return at != text && *at == '\0';
}

static int status_line(struct http_response *response) {
  const char *line = response->line;
  const bool fits = strncmp(line, "HTTP/1.", 7) == 0 && (line[7] == '0' || line[7] == '1') && line[8] == ' ' &&
                    isdigit((unsigned char)line[9]) && isdigit((unsigned char)line[10]) && isdigit((unsigned char)line[11]) &&
                    (line[12] == ' ' || line[12] == '\0');
  if (!fits) return malformed(response, "it does not speak HTTP/1.1");
  response->status = (uint16_t)((line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0'));
  if (response->status < 100 || response->status == 101) return malformed(response, "its HTTP status is none that may come");
  response->keeps_connection = line[7] == '1';
  response->is_chunked = response->has_length = response->has_type = response->is_encoded = false;
  response->left = 0;
  response->state = STATE_HEADERS;
  return GO_ON;
}

static int content_length(struct http_response *response, const char *value) {
  uint32_t length;
  if (!read_number(value, 10, &length)) return malformed(response, "its Content-Length is no number, or far too large");
  if (response->has_length && response->left != length) return malformed(response, "it has two different Content-Lengths");
  response->has_length = true;
  response->left = length;
  return GO_ON;
}

static int transfer_encoding(struct http_response *response, const char *value) {
  if (strcasecmp(value, "chunked") != 0 || response->is_chunked) return malformed(response, "its Transfer-Encoding is not chunked");
  response->is_chunked = true;
  return GO_ON;
}

/** Parameters may follow the type, but nothing else may. */
static void content_type(struct http_response *response, const char *value) {
  const char *wanted = response->binding == IPA_BINDING_JSON ? "application/json" : "application/x-gsma-rsp-asn1";
  const size_t length = strlen(wanted);
  const char *rest = value + length;
  response->has_type = strncasecmp(value, wanted, length) == 0 && rest[strspn(rest, " \t")] == (strchr(rest, ';') ? ';' : '\0');
}

/** A header that matters here. `value` has no space around it. */
static int header(struct http_response *response, const char *name, const char *value) {
  const bool is_connection = strcasecmp(name, "Connection") == 0;
  const bool is_length = strcasecmp(name, "Content-Length") == 0;
  const bool is_transfer = strcasecmp(name, "Transfer-Encoding") == 0;
  const bool is_type = strcasecmp(name, "Content-Type") == 0;
  const bool is_encoding = strcasecmp(name, "Content-Encoding") == 0;
  if (!is_connection && !is_length && !is_transfer && !is_type && !is_encoding) return GO_ON;
  if (response->line_is_cut) return malformed(response, "a header that matters is far too long");
  if (is_length) return content_length(response, value);
  if (is_transfer) return transfer_encoding(response, value);
  if (is_type) content_type(response, value);
  if (is_encoding) response->is_encoded = strcasecmp(value, "identity") != 0;
  /* anything but the default that need not be said may end the connection */
  if (is_connection && strcasecmp(value, "keep-alive") != 0) response->keeps_connection = false;
  return GO_ON;
}

/** The empty line after the headers: now it is known how long the body is. */
static int end_of_head(struct http_response *response) {
  const uint16_t status = response->status;
  if (status < 200) {
    response->state = STATE_STATUS_LINE;
    return GO_ON;
  }
  if (status > 299) {
    response->state = STATE_FAILED;
    return HTTP_REFUSED;
  }
  if (response->is_chunked && response->has_length) return malformed(response, "it has both Content-Length and Transfer-Encoding");
  if (status == 204) {
    response->is_chunked = false;
    response->has_length = true;
    response->left = 0;
  }
  /* an empty answer may carry any type */
  if (response->has_length && response->left == 0) {
    response->state = STATE_COMPLETE;
    return GO_ON;
  }
  if (!response->has_type) return malformed(response, "its Content-Type is not that of the binding");
  if (response->is_encoded) return malformed(response, "its Content-Encoding was not asked for");
  if (!response->is_chunked && !response->has_length) response->keeps_connection = false;
  response->state = response->is_chunked ? STATE_CHUNK_SIZE : response->has_length ? STATE_BODY : STATE_BODY_TO_CLOSE;
  return GO_ON;
}

static int header_line(struct http_response *response) {
  char *line = response->line;
  if (line[0] == '\0') return end_of_head(response);
  const size_t name_length = strcspn(line, ": \t");
  if (name_length == 0 || line[name_length] != ':') return malformed(response, "a header of it has no name");
  line[name_length] = '\0';
  char *value = line + name_length + 1;
  value += strspn(value, " \t");
  size_t value_length = strlen(value);
  while (value_length > 0 && (value[value_length - 1] == ' ' || value[value_length - 1] == '\t')) value[--value_length] = '\0';
  return header(response, line, value);
}

static int chunk_size_line(struct http_response *response) {
  /* what extensions say is nobody's concern */
  response->line[strcspn(response->line, "; \t")] = '\0';
  if (!read_number(response->line, 16, &response->left)) return malformed(response, "the size of a chunk is no number, or far too large");
  response->state = response->left == 0 ? STATE_TRAILERS : STATE_CHUNK;
  return GO_ON;
}

/** Acts on a whole line, without its CR LF. */
static int line_end(struct http_response *response) {
  response->line[response->line_bytes] = '\0';
  switch (response->state) {
    case STATE_STATUS_LINE: return status_line(response);
    case STATE_HEADERS: return header_line(response);
    case STATE_CHUNK_SIZE: return chunk_size_line(response);
    case STATE_CHUNK_END:
      if (response->line_bytes != 0) return malformed(response, "a chunk is longer than its size");
      response->state = STATE_CHUNK_SIZE;
      return GO_ON;
    default:
      if (response->line_bytes == 0) response->state = STATE_COMPLETE;
      return GO_ON;
  }
}

/** Adds a byte to the line. Heads are bounded as a whole, and the lines of chunks, which are as many as chunks are, each by itself. */
static int line_byte(struct http_response *response, char byte) {
  const bool is_head = response->state <= STATE_HEADERS || response->state == STATE_TRAILERS;
  if (is_head && ++response->head_bytes > HTTP_MOST_HEAD_BYTES) return malformed(response, "its head does not end");
  const bool after_return = response->has_return;
  response->has_return = byte == '\r';
  if (after_return != (byte == '\n')) return malformed(response, "a line of it does not end with CR LF");
  if (byte == '\n') {
    const int outcome = line_end(response);
    response->line_bytes = 0;
    response->line_is_cut = false;
    return outcome;
  }
  if (byte == '\r') return GO_ON;
  if ((unsigned char)byte < ' ' && byte != '\t') return malformed(response, "there is a control character in its head");
  if (response->line_bytes < HTTP_LINE_BYTES) response->line[response->line_bytes++] = byte;
  else if (is_head) response->line_is_cut = true;
  else return malformed(response, "the line of a chunk is far too long");
  return GO_ON;
}

/** Takes bytes until a line has changed what is read. */
static int read_lines(struct http_response *response, struct http_step *step) {
  const uint8_t state = response->state;
  while (step->input_taken < step->input_bytes) {
    response->has_begun = true;
    const int outcome = line_byte(response, (char)step->input[step->input_taken++]);
    if (outcome != GO_ON || response->state != state) return outcome;
  }
  return HTTP_WANTS_INPUT;
}

/** Copies of the body what is there and has room. */
static int read_body(struct http_response *response, struct http_step *step) {
  const bool is_bounded = response->state != STATE_BODY_TO_CLOSE;
  const uint32_t room = step->body_capacity - step->body_given;
  const uint32_t there = step->input_bytes - step->input_taken;
  uint32_t length = there < room ? there : room;
  if (is_bounded && response->left < length) length = response->left;
  if (length > 0) memcpy(step->body + step->body_given, step->input + step->input_taken, length);
  step->input_taken += length;
  step->body_given += length;
  if (is_bounded) response->left -= length;
  if (is_bounded && response->left == 0) {
    response->state = response->state == STATE_CHUNK ? STATE_CHUNK_END : STATE_COMPLETE;
    return GO_ON;
  }
  return step->body_given == step->body_capacity ? HTTP_BODY_FULL : HTTP_WANTS_INPUT;
}

enum http_progress http_response_read(struct http_response *response, struct http_step *step) {
  step->input_taken = 0;
  step->body_given = 0;
  for (;;) {
    int outcome;
    switch (response->state) {
      case STATE_COMPLETE: return HTTP_COMPLETE;
      case STATE_FAILED: return HTTP_MALFORMED;
      case STATE_BODY:
      case STATE_BODY_TO_CLOSE:
      case STATE_CHUNK: outcome = read_body(response, step); break;
      default: outcome = read_lines(response, step); break;
    }
    if (outcome != GO_ON) return (enum http_progress)outcome;
  }
}

bool http_response_ends_by_close(const struct http_response *response) { return response->state == STATE_BODY_TO_CLOSE; }
