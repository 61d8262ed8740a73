/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 for one POST a message (SGP.32 v1.2 §6.1, SGP.22 v2.5 §6.2 to §6.6): the head of a request, and a reader of responses. Bytes in,
 * bytes out: no sockets, no memory of its own, nothing kept beyond one line. */
#ifndef IPA_POSIX_HTTP_H
#define IPA_POSIX_HTTP_H

#include <stdbool.h>
#include <stdint.h>

/** Room for a request head with the longest address there is. */
#define HTTP_HEAD_BYTES (768)
/** The longest line that is looked at; longer ones are passed over where they do not matter, and refused where they do. */
#define HTTP_LINE_BYTES (256)
/** Heads of all responses to one request together, with trailers; more is refused. */
#define HTTP_MOST_HEAD_BYTES (16384)

/** What a request is. */
struct http_request {
  /** enum ipa_peer_kind, ipa_binding, ipa_rsp_function. */
  uint8_t kind;
  uint8_t binding;
  uint8_t function;
  /** Host header. */
  const char *host;
  uint32_t body_bytes;
};

/** Writes the head of a request. Returns its length, 0 for a function that has no path or a host that is too long. */
uint32_t http_request_head(char head[HTTP_HEAD_BYTES], const struct http_request *request);

/** How far a response is. */
enum http_progress {
  /** All input was taken, more is needed. */
  HTTP_WANTS_INPUT,
  /** There is no room for more of the body; more may follow. */
  HTTP_BODY_FULL,
  /** All of the response is there. */
  HTTP_COMPLETE,
  /** The status is outside 2xx: `status` has it. */
  HTTP_REFUSED,
  /** This is not the answer of such a server: `problem` tells why, in words. */
  HTTP_MALFORMED,
};

/** A response while it is read. */
struct http_response {
  uint16_t status;
  const char *problem;
  /** Whether another request may follow on the same connection. */
  bool keeps_connection;
  /** Whether a byte of it has come. */
  bool has_begun;
  /* What follows is the reader's own. */
  uint8_t state;
  uint8_t binding;
  bool is_chunked;
  bool has_length;
  bool has_type;
  bool is_encoded;
  /** Of the body, or of the chunk at hand: bytes that have not come yet. */
  uint32_t left;
  uint32_t head_bytes;
  uint32_t line_bytes;
  bool line_is_cut;
  /** The byte before was CR. */
  bool has_return;
  char line[HTTP_LINE_BYTES + 1];
};

/** Begins to read a response in this ipa_binding, which says of what media type it must be. */
void http_response_begin(struct http_response *response, uint8_t binding);

/** What is given to the reader and what it gives. */
struct http_step {
  const uint8_t *input;
  uint32_t input_bytes;
  /** Where parts of the body go. */
  uint8_t *body;
  uint32_t body_capacity;
  /** Set by the reader. */
  uint32_t input_taken;
  uint32_t body_given;
};

/** Reads on. After anything but HTTP_WANTS_INPUT and HTTP_BODY_FULL there is nothing more to read. */
enum http_progress http_response_read(struct http_response *response, struct http_step *step);

/** Whether a response is complete because the server has closed the connection, properly, by TLS. */
bool http_response_ends_by_close(const struct http_response *response);

#endif
