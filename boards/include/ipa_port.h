/* SPDX-License-Identifier: Apache-2.0 */
/* What a device gives to the loop (common/ipa.c): these functions, and nothing else. template/ has each of them to be filled in.
 *
 * For all of them: called from the task that calls ipa_run or ipa_step, never from an interrupt, never twice at the same time. Bytes that a
 * function is given are the caller's, and stay as they are at least until the function returns; where they stay longer it is said. "Does not
 * block" means: returns within a few milliseconds whatever the world does. Nothing here allocates on behalf of the loop. */
#ifndef IPA_PORT_H
#define IPA_PORT_H

#include <stdint.h>

#include "ipa_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The modem, the card or its reader is gone: the command ends with IPA_ERROR_CARD_LOST. */
#define IPA_PORT_LOST (-1)

/* ---- time, chance, store, log ---- */

/** Milliseconds since any moment, modulo 2^32. Runs on while the device sleeps. Does not block. */
uint32_t ipa_port_now_ms(void);

/**
 * Sleeps until the modem or the network may have something to tell, or until `timeout_ms` are over; UINT32_MAX: no limit. May return early,
 * for no reason. Blocks: this is the only place where the loop waits.
 */
void ipa_port_wait(uint32_t timeout_ms);

/** A random number that nobody can guess, other at each call and after each reset: message IDs and tokens of CoAP are drawn from it. */
uint32_t ipa_port_random(void);

/**
 * Stores the state region, `length` bytes, together with the checksum of the module that it is for, so that it survives a loss of power. May
 * block for as long as the memory takes. Returns 0, or a negative number when it could not: the loop goes on, and stores again next time.
 * A write that is cut off must leave the old state or the new one.
 */
int ipa_port_store(const uint8_t *state, uint32_t length);

/** Tells people what happens, for a log: an event of the loop (`ipa_log`), and what belongs to it. May do nothing. Does not block. */
void ipa_port_log(int32_t what, int32_t argument);

/* ---- the modem (option CardLink At), where the device has one ---- */

/**
 * Writes bytes to the modem's line. They stay as they are until the modem has answered, so the port may send them in the background. May block
 * for as long as the line takes. Returns 0 or IPA_PORT_LOST.
 */
int ipa_port_modem_write(const uint8_t *bytes, uint32_t length);

/** Takes what the modem has sent, at most `capacity` bytes, in any chunking. Does not block. Returns their number, 0, or IPA_PORT_LOST. */
int ipa_port_modem_read(uint8_t *bytes, uint32_t capacity);

/* ---- the card (option CardLink Apdu), where it is wired to the device ---- */

/**
 * Transmits a command APDU of `length` bytes and takes the response, data with SW1 SW2, at most `capacity` bytes (258 and more). 61XX and 6CXX
 * are the module's. Blocks for as long as the card takes. Returns the length of the response, or IPA_PORT_LOST.
 */
int ipa_port_card_transmit(const uint8_t *apdu, uint32_t length, uint8_t *response, uint32_t capacity);

/** Resets the card, warm or cold, and lets the modem attach anew. Blocks. Returns 0 or IPA_PORT_LOST. */
int ipa_port_card_reset(void);

/* ---- the network: HTTP over TLS for scheme Https, datagrams over DTLS or UDP for Coaps and Coap ----
 *
 * Each thing that is begun ends by an event within a time that the port sets (some 30 s): at the latest by NETWORK_FAILED with
 * IPA_NETWORK_FAILURE_TIMEOUT. The module itself does not watch HTTP exchanges; it does watch datagrams. */

/** What the network tells. */
struct ipa_port_event {
  /** IPA_EVENT_NETWORK_OPENED, _SENT, _DATA, _FAILED or IPA_EVENT_DATAGRAM. */
  int32_t kind;
  /** That of the event: more follows (Data); ipa_network_failure plus 256 times the HTTP status (Failed). */
  int32_t argument;
  /** Of Data and Datagram: valid until the next call of a network function. Data may lie where ipa_port_network_receive was told. */
  const uint8_t *bytes;
  uint32_t length;
};

/**
 * Begins to select the peer: `peer` has the TLVs of action NetworkOpen (kind, binding, scheme, address, trusted key). Valid until this returns.
 * A channel or connection that is open to another peer is dropped. Told by NETWORK_OPENED or NETWORK_FAILED. Does not block.
 */
void ipa_port_network_open(const uint8_t *peer, uint32_t length);

/**
 * Begins to send the next part of a request body. `argument`: length of the whole body (bits 0 to 23), function (bits 24 to 30); the first part
 * begins the request, the last one completes it. The bytes stay until NETWORK_SENT or NETWORK_FAILED is told. Does not
 * block, but for the time that a serial line takes for them.
 */
void ipa_port_network_send(const uint8_t *bytes, uint32_t length, int32_t argument);

/** Begins to wait for the next part of the answer: at most `capacity` bytes, which may be put at `window`. Told by NETWORK_DATA or NETWORK_FAILED. Does not block. */
void ipa_port_network_receive(uint8_t *window, uint32_t capacity);

/** Drops the exchange: nothing more of it is told. The peer stays selected. Does not block. */
void ipa_port_network_abort(void);

/** Closes connection or channel: nothing more of it is told. Does not block for long. */
void ipa_port_network_close(void);

/** Sends one datagram at once, or drops it when that cannot be: the module sends it again. Does not block. */
void ipa_port_datagram_send(const uint8_t *bytes, uint32_t length);

/** Takes the next thing that the network has to tell. Returns 1, or 0 when there is nothing. Does not block. */
int ipa_port_network_event(struct ipa_port_event *event);

#ifdef __cplusplus
}
#endif

#endif
