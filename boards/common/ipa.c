/* SPDX-License-Identifier: Apache-2.0 */
/* The loop between module and port: ask the module what to do, do it, tell it what happened. */

#include "ipa.h"

#include <stdbool.h>
#include <string.h>

#include "ipa_port.h"

/** Bytes of the modem that are told at once. Fewer make the longest call shorter, where an interpreter runs the module. */
#ifndef IPA_MODEM_READ_BYTES
#define IPA_MODEM_READ_BYTES IPA_CARD_WINDOW_BYTES
#endif

static struct ipa_job *job;
static uint32_t request_at;
/** Bytes at the beginning of the modem's window that the module has no room for yet. */
static uint32_t held;
/** That the modem is gone was told. */
static bool lost;
static int32_t result;
static bool done = true;

static void finish(int32_t error) {
  if (error == 0 && job->answer != NULL && job->answer_length > job->answer_capacity) error = IPA_HOST_ANSWER_TOO_LONG;
  result = error;
  done = true;
  ipa_port_log(IPA_LOG_END, error);
}

/** Tells an event whose bytes are in its window. Returns bytes taken, or a negative error: then nothing has changed. */
static int32_t tell(int32_t kind, int32_t argument, uint32_t length) {
  const int32_t taken = ipa_event(kind, argument, length);
  if (taken == IPA_HOST_TRAPPED) finish(taken);
  return taken;
}

/** Gives the next part of what the job brings. */
static void read_request(void) {
  uint32_t size;
  uint8_t *window = ipa_window(IPA_EVENT_REQUEST_DATA, &size);
  const uint32_t left = job->request_length - request_at;
  const uint32_t length = left < size ? left : size;
  if (length > 0) memcpy(window, job->request + request_at, length);
  request_at += length;
  tell(IPA_EVENT_REQUEST_DATA, length < left, length);
}

/** A card without end must not overrun: past the capacity only the length is counted. */
static void collect_answer(const uint8_t *bytes, uint32_t length) {
  const uint32_t at = job->answer_length;
  job->answer_length += length;
  if (job->answer != NULL && job->answer_length <= job->answer_capacity) memcpy(job->answer + at, bytes, length);
}

static void transmit(const uint8_t *apdu, uint32_t length) {
  uint32_t size;
  uint8_t *window = ipa_window(IPA_EVENT_CARD_RESPONSE, &size);
  const int answered = ipa_port_card_transmit(apdu, length, window, size);
  if (answered < 0 || (uint32_t)answered > size) tell(IPA_EVENT_CARD_FAILED, 0, 0);
  else tell(IPA_EVENT_CARD_RESPONSE, 0, (uint32_t)answered);
}

static int32_t consent_to(const uint8_t *offer, uint32_t length) {
  if (job->consent != NULL) return job->consent(offer, length);
  /* 80 LL transactionId, then 01 01 whether a confirmation code is required */
  const uint32_t flag = length > 1 ? 2u + offer[1] : 0;
  const bool required = flag + 2 < length && offer[flag] == 0x01 && offer[flag + 2] != 0;
  return required ? IPA_CONSENT_ANSWER_POSTPONE : IPA_CONSENT_ANSWER_INSTALL;
}

static void store(void) {
  uint32_t length;
  const uint8_t *state = ipa_state(&length);
  const int stored = ipa_port_store(state, length);
  if (stored < 0) ipa_port_log(IPA_LOG_NOT_STORED, stored);
}

static void receive(void) {
  uint32_t size;
  uint8_t *window = ipa_window(IPA_EVENT_NETWORK_DATA, &size);
  ipa_port_network_receive(window, size);
}

static void perform(int32_t action) {
  uint32_t length;
  const uint8_t *bytes = ipa_data(&length);
  const int32_t argument = ipa_argument();
  ipa_port_log(IPA_LOG_ACTION, action);
  switch (action) {
    case IPA_ACTION_CARD_WRITE:
      if (ipa_port_modem_write(bytes, length) < 0) tell(IPA_EVENT_CARD_FAILED, 0, 0);
      break;
    case IPA_ACTION_CARD_TRANSMIT: transmit(bytes, length); break;
    case IPA_ACTION_CARD_RESET: tell(ipa_port_card_reset() < 0 ? IPA_EVENT_CARD_FAILED : IPA_EVENT_CARD_READY, 0, 0); break;
    case IPA_ACTION_NETWORK_OPEN: ipa_port_network_open(bytes, length); break;
    case IPA_ACTION_NETWORK_SEND: ipa_port_network_send(bytes, length, argument); break;
    case IPA_ACTION_NETWORK_RECEIVE: receive(); break;
    case IPA_ACTION_NETWORK_ABORT: ipa_port_network_abort(); break;
    case IPA_ACTION_NETWORK_CLOSE: ipa_port_network_close(); break;
    case IPA_ACTION_DATAGRAM_SEND:
      if (length > 0) ipa_port_datagram_send(bytes, length);
      break;
    case IPA_ACTION_REQUEST_READ: read_request(); break;
    case IPA_ACTION_ANSWER: collect_answer(bytes, length); break;
    case IPA_ACTION_CONSENT: tell(IPA_EVENT_CONSENT, consent_to(bytes, length), 0); break;
    /* this device has no key to sign with for a consumer eUICC, so nothing is begun */
    case IPA_ACTION_SIGN: tell(IPA_EVENT_SIGNATURE, 0, 0); break;
    case IPA_ACTION_VERIFY_EIM: tell(IPA_EVENT_VERIFIED, 0, 0); break;
    case IPA_ACTION_PERSIST: store(); break;
    case IPA_ACTION_FINISHED: finish(argument); break;
    case IPA_HOST_TRAPPED: finish(action); break;
  }
}

/** Gives the module what the modem has sent; a long response goes on as fast as the network takes it. Returns whether anything was taken. */
static bool give_modem_bytes(void) {
  uint32_t size;
  uint8_t *window = ipa_window(IPA_EVENT_CARD_DATA, &size);
  if (held == 0) {
    const int read = ipa_port_modem_read(window, size < IPA_MODEM_READ_BYTES ? size : IPA_MODEM_READ_BYTES);
    if (read < 0) {
      if (lost) return false;
      lost = true;
      tell(IPA_EVENT_CARD_FAILED, 0, 0);
      return true;
    }
    held = (uint32_t)read;
  }
  if (held == 0) return false;
  const int32_t taken = tell(IPA_EVENT_CARD_DATA, 0, held);
  if (taken <= 0) return false;
  held -= (uint32_t)taken;
  memmove(window, window + taken, held);
  return true;
}

/** Tells what the network has; what the module has no place for is dropped as a network would. Returns whether there was anything. */
static bool give_network_event(void) {
  struct ipa_port_event event;
  if (!ipa_port_network_event(&event)) return false;
  uint32_t size = 0;
  uint8_t *window = ipa_window(event.kind, &size);
  if (event.length > size) ipa_port_log(IPA_LOG_DATAGRAM_DROPPED, (int32_t)event.length);
  else {
    if (event.length > 0 && event.bytes != window) memmove(window, event.bytes, event.length);
    tell(event.kind, event.argument, event.length);
  }
  return true;
}

int32_t ipa_begin(struct ipa_job *begun) {
  uint32_t size;
  uint8_t *window = ipa_window(IPA_EVENT_COMMAND, &size);
  if (begun->options_length > size) return IPA_ERROR_WINDOW_OVERFLOW;
  job = begun;
  job->answer_length = 0;
  request_at = 0;
  held = 0;
  lost = false;
  done = false;
  ipa_port_log(IPA_LOG_BEGIN, 0);
  memcpy(window, job->options, job->options_length);
  const int32_t taken = tell(IPA_EVENT_COMMAND, 0, job->options_length);
  if (taken < 0 && !done) finish(taken);
  return taken < 0 ? taken : 0;
}

int32_t ipa_step(void) {
  while (!done) {
    const int32_t action = ipa_poll(ipa_port_now_ms());
    if (action != IPA_ACTION_IDLE) {
      perform(action);
      continue;
    }
    const int32_t wait_ms = ipa_argument();
    const bool told = give_network_event();
    if (!give_modem_bytes() && !told) return wait_ms;
  }
  return IPA_STEP_DONE;
}

int32_t ipa_result(void) { return result; }

int32_t ipa_run(struct ipa_job *begun) {
  const int32_t error = ipa_begin(begun);
  if (error < 0) return error;
  for (int32_t wait_ms; (wait_ms = ipa_step()) != IPA_STEP_DONE;) ipa_port_wait(wait_ms < 0 ? UINT32_MAX : (uint32_t)wait_ms);
  return result;
}
