/* SPDX-License-Identifier: Apache-2.0 */
/* The network functions of the port over a serial line, device end (SERIAL-NETWORK.md). Frames are written straight from the bytes that are
 * sent, and the payload of NetworkData is decoded straight into the window that waits for it: no frame is ever in memory as a whole. */

#include "ipa_serial_network.h"

#include <stdbool.h>
#include <stddef.h>

#define FLAG 0x7eu
#define ESCAPE 0x7du
#define ESCAPE_BIT 0x20u
#define FCS_START 0xffffu
/** The FCS over a frame and the FCS in it (RFC 1662 §C.2). */
#define FCS_GOOD 0xf0b8u
#define FCS_BYTES 2u
/** Kind, exchange, argument. */
#define HEADER_BYTES 6u
/** Bytes that one call of ipa_port_network_event looks at: two frames at least, so that only a line without end goes beyond it. */
#define MOST_BYTES_AT_ONCE 4500u

/** All of it in one place, which costs less flash than variables of their own. */
static struct {
  /** The event that ends what was begun; 0: nothing was. */
  uint8_t awaited;
  uint8_t exchange;
  /** The last frame could not be written. */
  bool line_lost;
  /** Of the frame that comes in. False: what comes before the next flag is passed over. */
  bool begun;
  bool escaped;
  uint8_t header[HEADER_BYTES];
  /** The last two bytes, which may be the FCS and so have no place yet. */
  uint8_t held[FCS_BYTES];
  uint16_t fcs;
  /** Bytes so far, those of the FCS among them. */
  uint32_t length;
  uint8_t *window;
  uint32_t window_bytes;
  uint32_t began_ms;
  uint32_t dropped;
} serial;

#ifndef IPA_WITHOUT_COAP
static uint8_t datagram[IPA_NETWORK_WINDOW_BYTES + IPA_COAP_HEAD_BYTES];
#endif

/** FCS-16 with one more byte (RFC 1662 §C.1): the eight steps of the division at once, without a table. */
static uint16_t fcs_with(uint32_t fcs, uint32_t byte) {
  uint32_t quotient = (fcs ^ byte) & 0xffu;
  quotient = (quotient ^ (quotient << 4)) & 0xffu;
  return (uint16_t)((fcs >> 8) ^ (quotient << 8) ^ (quotient << 3) ^ (quotient >> 4));
}

/* ---- sending ---- */

static void write_bytes(const uint8_t *bytes, uint32_t length) {
  if (length > 0 && ipa_serial_write(bytes, length) < 0) serial.line_lost = true;
}

/** Writes a part of a frame; what needs no escape goes out in one piece. Returns the FCS with it. */
static uint16_t write_escaped(uint16_t fcs, const uint8_t *bytes, uint32_t length) {
  uint32_t plain = 0;
  for (uint32_t at = 0; at < length; at++) {
    fcs = fcs_with(fcs, bytes[at]);
    if (bytes[at] != FLAG && bytes[at] != ESCAPE) continue;
    const uint8_t escaped[] = {ESCAPE, (uint8_t)(bytes[at] ^ ESCAPE_BIT)};
    write_bytes(bytes + plain, at - plain);
    write_bytes(escaped, sizeof escaped);
    plain = at + 1;
  }
  if (plain < length) write_bytes(bytes + plain, length - plain);
  return fcs;
}

static void write_frame(uint8_t action, int32_t argument, const uint8_t *payload, uint32_t length) {
  static const uint8_t flag = FLAG;
  const uint32_t bits = (uint32_t)argument;
  const uint8_t header[HEADER_BYTES] = {
      action, serial.exchange, (uint8_t)(bits >> 24), (uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits,
  };
  serial.line_lost = false;
  write_bytes(&flag, 1);
  const uint16_t fcs = (uint16_t)~write_escaped(write_escaped(FCS_START, header, HEADER_BYTES), payload, length);
  const uint8_t trailer[FCS_BYTES] = {(uint8_t)fcs, (uint8_t)(fcs >> 8)};
  write_escaped(0, trailer, FCS_BYTES);
  write_bytes(&flag, 1);
}

/** Sends what `answer` will end. */
static void begin(uint8_t answer, uint8_t action, int32_t argument, const uint8_t *payload, uint32_t length) {
  write_frame(action, argument, payload, length);
  serial.awaited = answer;
  serial.began_ms = ipa_port_now_ms();
}

/** Sends that the exchange is given up: whatever still comes of it is not told. */
static void give_up(uint8_t action) {
  serial.exchange++;
  serial.awaited = 0;
  write_frame(action, 0, NULL, 0);
}

void ipa_port_network_open(const uint8_t *peer, uint32_t length) {
  /* not the same numbers after each reset: answers to what was begun before it may still come */
  serial.exchange = (uint8_t)(serial.exchange + 1u + (ipa_port_now_ms() & 0x3fu));
  begin(IPA_EVENT_NETWORK_OPENED, IPA_ACTION_NETWORK_OPEN, 0, peer, length);
}

void ipa_port_network_send(const uint8_t *bytes, uint32_t length, int32_t argument) {
  begin(IPA_EVENT_NETWORK_SENT, IPA_ACTION_NETWORK_SEND, argument, bytes, length);
}

void ipa_port_network_receive(uint8_t *into, uint32_t capacity) {
  serial.window = into;
  serial.window_bytes = capacity;
  begin(IPA_EVENT_NETWORK_DATA, IPA_ACTION_NETWORK_RECEIVE, (int32_t)capacity, NULL, 0);
}

void ipa_port_network_abort(void) { give_up(IPA_ACTION_NETWORK_ABORT); }

void ipa_port_network_close(void) { give_up(IPA_ACTION_NETWORK_CLOSE); }

void ipa_port_datagram_send(const uint8_t *bytes, uint32_t length) {
#ifdef IPA_WITHOUT_COAP
  (void)bytes;
  (void)length;
#else
  write_frame(IPA_ACTION_DATAGRAM_SEND, 0, bytes, length);
#endif
}

/* ---- receiving ---- */

/** Puts a byte of the frame's contents where it belongs. False: there is no place for it, so the frame is not for this device. */
static bool place(uint32_t at, uint8_t byte) {
  if (at < HEADER_BYTES) {
    serial.header[at] = byte;
    return true;
  }
  at -= HEADER_BYTES;
  const uint8_t kind = serial.header[0];
  /* asked for each byte: the window is the module's again when the exchange is given up in the middle of a frame */
  if (kind == IPA_EVENT_NETWORK_DATA && serial.awaited == kind && at < serial.window_bytes) {
    serial.window[at] = byte;
    return true;
  }
#ifndef IPA_WITHOUT_COAP
  if (kind == IPA_EVENT_DATAGRAM && at < sizeof datagram) {
    datagram[at] = byte;
    return true;
  }
#endif
  return false;
}

/** Whether the module may want this event now. */
static bool is_wanted(uint8_t kind) {
#ifndef IPA_WITHOUT_COAP
  if (kind == IPA_EVENT_DATAGRAM || kind == IPA_EVENT_NETWORK_FAILED) return true;
#endif
  return serial.awaited != 0 && (kind == serial.awaited || kind == IPA_EVENT_NETWORK_FAILED);
}

/** Takes the whole frame, which is not damaged, for an event. */
static bool tell_frame(struct ipa_port_event *event) {
  const uint8_t *header = serial.header;
  const uint8_t kind = header[0];
  if (header[1] != serial.exchange || !is_wanted(kind)) return false;
  event->kind = kind;
  event->argument = (int32_t)((uint32_t)header[2] << 24 | (uint32_t)header[3] << 16 | (uint32_t)header[4] << 8 | header[5]);
  event->bytes = serial.window;
  event->length = serial.length - HEADER_BYTES - FCS_BYTES;
#ifndef IPA_WITHOUT_COAP
  if (kind == IPA_EVENT_DATAGRAM) {
    event->bytes = datagram;
    return true;
  }
#endif
  serial.awaited = 0;
  return true;
}

/** Ends a frame and begins the next. Returns whether there is an event. */
static bool end_frame(struct ipa_port_event *event) {
  const bool is_whole = serial.begun && !serial.escaped && serial.length >= HEADER_BYTES + FCS_BYTES && serial.fcs == FCS_GOOD;
  const bool told = is_whole && tell_frame(event);
  if (serial.begun && serial.length > 0 && !told) serial.dropped++;
  serial.begun = true;
  serial.escaped = false;
  serial.fcs = FCS_START;
  serial.length = 0;
  return told;
}

/** Takes the next byte of the line. Returns whether there is an event. */
static bool take(uint8_t byte, struct ipa_port_event *event) {
  if (byte == FLAG) return end_frame(event);
  if (!serial.begun) return false;
  if (byte == ESCAPE) {
    serial.escaped = true;
    return false;
  }
  if (serial.escaped) byte ^= ESCAPE_BIT;
  serial.escaped = false;
  serial.fcs = fcs_with(serial.fcs, byte);
  uint8_t *held = &serial.held[serial.length % FCS_BYTES];
  if (serial.length >= FCS_BYTES && !place(serial.length - FCS_BYTES, *held)) {
    serial.begun = false;
    serial.dropped++;
    return false;
  }
  *held = byte;
  serial.length++;
  return false;
}

uint32_t ipa_serial_network_wait_ms(void) {
  if (serial.awaited == 0) return UINT32_MAX;
  const uint32_t waited_ms = ipa_port_now_ms() - serial.began_ms;
  return serial.line_lost || waited_ms >= IPA_SERIAL_TIMEOUT_MS ? 0 : IPA_SERIAL_TIMEOUT_MS - waited_ms;
}

uint32_t ipa_serial_network_dropped(void) { return serial.dropped; }

int ipa_port_network_event(struct ipa_port_event *event) {
  uint8_t byte;
  for (uint32_t count = 0; count < MOST_BYTES_AT_ONCE && ipa_serial_read(&byte, 1) > 0; count++)
    if (take(byte, event)) return 1;
  if (ipa_serial_network_wait_ms() > 0) return 0;
  event->kind = IPA_EVENT_NETWORK_FAILED;
  event->argument = serial.line_lost ? IPA_NETWORK_FAILURE_UNREACHABLE : IPA_NETWORK_FAILURE_TIMEOUT;
  event->bytes = NULL;
  event->length = 0;
  /* the processor may still be at it, and its answer would be taken for that of the next request */
  ipa_port_network_abort();
  return 1;
}
