/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and responses over a connection that is kept: TLS from tls.c, HTTP from http.h. */

#include "https.h"

#include <string.h>

#include "http.h"
#include "tls.h"

enum phase {
  /** Nothing is asked of this file; the exchange, if there is one, waits for the loop. */
  PHASE_IDLE,
  PHASE_CONNECTING,
  PHASE_HEAD,
  PHASE_PART,
  PHASE_RESPONSE,
  /** What comes next is told: an event waits. */
  PHASE_TELL,
};

/** Of NetworkSend's argument. */
#define BODY_LENGTH_MASK (0xffffff)
#define FUNCTION_SHIFT (24)

static struct {
  const struct peer *peer;
  enum phase phase;
  uint32_t deadline_ms;
  struct ipa_port_event event;

  /** Of the request. */
  char head[HTTP_HEAD_BYTES];
  uint32_t head_bytes;
  uint32_t body_bytes;
  uint32_t body_sent;
  /** What is being written now: the head or a part. */
  const uint8_t *out;
  uint32_t out_left;
  const uint8_t *part;
  uint32_t part_bytes;
  bool is_begun;

  /** A server may close a kept connection just when it is used: then the request is sent again, if all of it is still here. */
  uint8_t first_part[IPA_NETWORK_WINDOW_BYTES];
  uint32_t first_part_bytes;
  bool is_on_kept_connection;
  /** The part that is being sent is sent again: the loop knows already. */
  bool is_repeated;
  bool wants_response;

  /** Of the response. */
  struct http_response response;
  uint8_t *window;
  uint32_t capacity;
  uint32_t filled;
  uint8_t in[2048];
  uint32_t in_at;
  uint32_t in_bytes;
} https;

static const char *name_of_peer(void) {
  static char name[ADDRESS_TEXT_BYTES];
  address_write(name, &https.peer->address, 0);
  return name;
}

static void tell(int32_t kind, int32_t argument, uint32_t length) {
  https.event = (struct ipa_port_event){.kind = kind, .argument = argument, .bytes = https.window, .length = length};
  https.phase = PHASE_TELL;
}

/** The exchange is over, and the connection with it: nobody knows what still comes there. */
static void end_by(int32_t failure) {
  tls_close();
  https.is_begun = false;
  tell(IPA_EVENT_NETWORK_FAILED, failure, 0);
}

static void begin_phase(enum phase phase) {
  https.phase = phase;
  https.deadline_ms = network_deadline();
}

static void begin_connecting(void) {
  https.in_at = https.in_bytes = 0;
  tls_connect(https.peer);
  begin_phase(PHASE_CONNECTING);
}

static void begin_head(void) {
  https.out = (const uint8_t *)https.head;
  https.out_left = https.head_bytes;
  http_response_begin(&https.response, https.peer->binding);
  begin_phase(PHASE_HEAD);
}

static void begin_part(void) {
  https.out = https.part;
  https.out_left = https.part_bytes;
  begin_phase(PHASE_PART);
}

void https_abort(void) {
  if (https.is_begun) tls_close();
  https.is_begun = false;
  https.phase = PHASE_IDLE;
}

void https_close(void) {
  tls_close();
  https.is_begun = false;
  https.phase = PHASE_IDLE;
}

void https_open(const struct peer *peer) {
  https_abort();
  https.peer = peer;
  tell(IPA_EVENT_NETWORK_OPENED, 0, 0);
}

/** The first part begins a request: its head tells how long the whole is. Returns false for a function that this port does not know. */
static bool begin_request(const uint8_t *bytes, uint32_t length, int32_t argument) {
  char host[ADDRESS_TEXT_BYTES];
  address_write(host, &https.peer->address, 443);
  const struct http_request request = {
    .kind = https.peer->kind,
    .binding = https.peer->binding,
    .function = (uint8_t)(argument >> FUNCTION_SHIFT),
    .host = host,
    .body_bytes = (uint32_t)argument & BODY_LENGTH_MASK,
  };
  https.is_begun = true;
  https.is_repeated = https.wants_response = false;
  https.body_bytes = request.body_bytes;
  https.body_sent = 0;
  https.head_bytes = http_request_head(https.head, &request);
  https.first_part_bytes = length <= sizeof https.first_part ? length : 0;
  memcpy(https.first_part, bytes, https.first_part_bytes);
  return https.head_bytes > 0;
}

void https_send(const uint8_t *bytes, uint32_t length, int32_t argument) {
  const bool is_first = !https.is_begun || https.body_sent >= https.body_bytes;
  /* an answer that nobody has asked for still comes on this connection */
  if (is_first) https_abort();
  if (is_first && !begin_request(bytes, length, argument)) {
    end_by(fail(IPA_NETWORK_FAILURE_MALFORMED, "function %d is unknown to this port", argument >> FUNCTION_SHIFT));
    return;
  }
  if (length > https.body_bytes - https.body_sent) {
    end_by(fail(IPA_NETWORK_FAILURE_MALFORMED, "the request is longer than it was said to be"));
    return;
  }
  https.part = bytes;
  https.part_bytes = length;
  if (!is_first) {
    begin_part();
    return;
  }
  https.is_on_kept_connection = tls_is_open() && tls_is_quiet();
  if (https.is_on_kept_connection) begin_head();
  else begin_connecting();
}

void https_receive(uint8_t *window, uint32_t capacity) {
  https.window = window;
  https.capacity = capacity;
  https.filled = 0;
  if (!https.is_begun || https.body_sent < https.body_bytes || capacity == 0) {
    end_by(fail(IPA_NETWORK_FAILURE_MALFORMED, "an answer is wanted to what was not asked, or without room for it"));
    return;
  }
  https.wants_response = true;
  begin_phase(PHASE_RESPONSE);
}

/** The connection has broken. A kept one that has not answered a byte may have been closed before it saw the request. */
static void handle_break(const char *doing) {
  const bool is_all_here = https.body_sent == 0 || (https.first_part_bytes > 0 && https.body_sent == https.first_part_bytes);
  if (!https.is_on_kept_connection || https.response.has_begun || !is_all_here) {
    end_by(tls_failure(doing));
    return;
  }
  https.is_on_kept_connection = false;
  if (https.body_sent > 0) {
    https.is_repeated = true;
    https.part = https.first_part;
    https.part_bytes = https.first_part_bytes;
    https.body_sent = 0;
  }
  begin_connecting();
}

/** Connects. Returns whether it got further. */
static bool run_connecting(void) {
  const int32_t result = tls_run();
  if (result == TLS_AGAIN) return false;
  if (result == 0) begin_head();
  else end_by(result);
  return true;
}

/** The part has left. */
static void finish_part(void) {
  https.body_sent += https.part_bytes;
  if (!https.is_repeated) tell(IPA_EVENT_NETWORK_SENT, 0, 0);
  else if (https.wants_response) begin_phase(PHASE_RESPONSE);
  else https.phase = PHASE_IDLE;
}

static int32_t refused(void) {
  const int32_t status = https.response.status;
  return fail(IPA_NETWORK_FAILURE_HTTP_STATUS + 256 * status, "%s answered with HTTP status %d", name_of_peer(), status);
}

/** A server that does not want all of a request may say why, and close: what it says is the better reason. */
static void handle_broken_request(void) {
  enum http_progress progress = HTTP_WANTS_INPUT;
  while (progress == HTTP_WANTS_INPUT) {
    const int32_t read = tls_read(https.in, sizeof https.in);
    if (read <= 0) break;
    struct http_step step = {.input = https.in, .input_bytes = (uint32_t)read, .body = https.in, .body_capacity = 0};
    progress = http_response_read(&https.response, &step);
  }
  if (progress == HTTP_REFUSED) end_by(refused());
  else handle_break("a request was sent");
}

/** Writes head or part. Returns whether it got further. */
static bool run_writing(void) {
  if (https.out_left > 0) {
    const int32_t written = tls_write(https.out, https.out_left);
    if (written == TLS_AGAIN) return false;
    if (written == TLS_BROKEN) {
      handle_broken_request();
      return true;
    }
    https.out += written;
    https.out_left -= (uint32_t)written;
  }
  if (https.out_left == 0) {
    if (https.phase == PHASE_HEAD) begin_part();
    else finish_part();
  }
  return true;
}

/** A part of the answer is told when there is no more of it now, or no more room. */
static void tell_part(bool more) {
  if (https.filled > 0 || !more) tell(IPA_EVENT_NETWORK_DATA, more, https.filled);
}

static void finish_response(void) {
  if (!https.response.keeps_connection || https.in_at < https.in_bytes) tls_close();
  https.is_begun = false;
  tell_part(false);
}

/** Reads on in what has come. Returns whether that has told anything. */
static bool use_input(void) {
  struct http_step step = {
    .input = https.in + https.in_at,
    .input_bytes = https.in_bytes - https.in_at,
    .body = https.window + https.filled,
    .body_capacity = https.capacity - https.filled,
  };
  const enum http_progress progress = http_response_read(&https.response, &step);
  https.in_at += step.input_taken;
  https.filled += step.body_given;
  switch (progress) {
    case HTTP_WANTS_INPUT: return false;
    case HTTP_BODY_FULL: tell_part(true); break;
    case HTTP_COMPLETE: finish_response(); break;
    case HTTP_REFUSED: end_by(refused()); break;
    case HTTP_MALFORMED: end_by(fail(IPA_NETWORK_FAILURE_MALFORMED, "%s: %s", name_of_peer(), https.response.problem)); break;
  }
  return true;
}

/** Reads the answer. Returns whether it got further. */
static bool run_response(void) {
  if (use_input()) return true;
  const int32_t read = tls_read(https.in, sizeof https.in);
  https.in_at = 0;
  https.in_bytes = read > 0 ? (uint32_t)read : 0;
  if (read > 0) return true;
  if (read == TLS_AGAIN) {
    tell_part(true);
    return https.phase == PHASE_TELL;
  }
  if (read == 0 && http_response_ends_by_close(&https.response)) finish_response();
  else handle_break("it answered");
  return true;
}

int https_event(struct ipa_port_event *event) {
  bool goes_on = true;
  while (goes_on) {
    switch (https.phase) {
      case PHASE_IDLE: return 0;
      case PHASE_CONNECTING: goes_on = run_connecting(); break;
      case PHASE_HEAD:
      case PHASE_PART: goes_on = run_writing(); break;
      case PHASE_RESPONSE: goes_on = run_response(); break;
      case PHASE_TELL:
        *event = https.event;
        https.phase = PHASE_IDLE;
        return 1;
    }
    if (!goes_on && is_due(https.deadline_ms)) {
      end_by(fail(IPA_NETWORK_FAILURE_TIMEOUT, "%s did not answer within %u ms", name_of_peer(), settings.network_timeout_ms));
      goes_on = true;
    }
  }
  return 0;
}

void https_wait(struct wait_set *set) {
  if (https.phase == PHASE_IDLE || https.phase == PHASE_TELL) return;
  wait_until(set, https.deadline_ms);
  tls_wait(set, https.phase == PHASE_RESPONSE ? POLLIN : POLLOUT);
}
