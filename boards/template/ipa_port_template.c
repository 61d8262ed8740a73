/* SPDX-License-Identifier: Apache-2.0 */
/* A port to be filled in. Each function says what belongs there; until then it says honestly that it cannot: the modem is lost, the network
 * is unreachable, nothing is stored. So it links and runs as it is, and every command ends with IPA_ERROR_CARD_LOST. */

#include <stdbool.h>
#include <stddef.h>

#include "device.h"
#include "ipa_port.h"

/** Time passes only while the loop waits: there is no clock here. */
static uint32_t waited_ms;
/** The network has to tell that what was begun has failed. */
static bool network_failed;

/* ---- time, chance, store, log ---- */

/* Put here: a counter in milliseconds, cut to 32 bits; extend a shorter one in software. Use one that runs on in the sleep mode that you
 * choose: a real-time clock or low-power timer, not the core's tick timer, which most chips stop. */
uint32_t ipa_port_now_ms(void) { return waited_ms; }

/* Put here: wait, with this time-out, for a flag, event group or semaphore that the interrupts of UART and network set; on bare metal WFI
 * in a loop. Feed the watchdog here, and let it allow for the longest command in ipa_port_card_transmit. */
void ipa_port_wait(uint32_t timeout_ms) {
  if (timeout_ms != UINT32_MAX) waited_ms += timeout_ms;
}

/* Put here: the hardware random number generator, or a seeded DRBG (of your TLS library). Not rand(), serial number or uptime. 0 means to
 * main.c that there is none: CoAP is then refused by the module, HTTPS is not. */
uint32_t ipa_port_random(void) { return 0; }

/* Put here: write counter, checksum of the module, state and CRC to the older of two slots in flash, EEPROM, FRAM or a file; reading takes
 * the newer valid one (device_stored_state). The module asks whenever a report begins or ceases to be owed, some times per package: where
 * the memory's endurance is short, spread the slots over more pages. */
int ipa_port_store(const uint8_t *state, uint32_t length) {
  (void)state;
  (void)length;
  return -1;
}

/* Put here: a line to a trace port, or a ring buffer for the field; numbers suffice, enum ipa_action and enum ipa_error name them. */
void ipa_port_log(int32_t what, int32_t argument) {
  (void)what;
  (void)argument;
}

/* ---- the modem, where the device has one ---- */

/* Put here: start DMA or interrupts with these bytes, or write them one after the other. With CMUX or a second UART for the network the AT
 * port stays free; where AT commands and PPP share one UART, data mode must be left first. Use hardware flow control where there is any. */
int ipa_port_modem_write(const uint8_t *bytes, uint32_t length) {
  (void)bytes;
  (void)length;
  return IPA_PORT_LOST;
}

/* Put here: take what the receive interrupt or DMA has put into a ring buffer of 1 KB or more: a long answer comes without a pause. Return
 * IPA_PORT_LOST when the modem has no power, and always 0 where the card is wired to the device. */
int ipa_port_modem_read(uint8_t *bytes, uint32_t capacity) {
  (void)bytes;
  (void)capacity;
  return IPA_PORT_LOST;
}

/* ---- the card, where it is wired to the device ---- */

/* Put here: T=0 or T=1 over an ISO 7816 UART, or the modem's own function for APDUs. Procedure bytes (60 and INS) are the port's, 61XX and
 * 6CXX the module's. An installation step may take the card many seconds. Where there is an AT modem instead this is never called. */
int ipa_port_card_transmit(const uint8_t *apdu, uint32_t length, uint8_t *response, uint32_t capacity) {
  (void)apdu;
  (void)length;
  (void)response;
  (void)capacity;
  return IPA_PORT_LOST;
}

/* Put here: RST low and high again, read the ATR, and tell the modem to attach anew with the profile that is enabled now. */
int ipa_port_card_reset(void) { return IPA_PORT_LOST; }

/* ---- the network ---- */

/* Choices: (1) sockets and a TLS library on this chip, with a task of its own for what blocks; (2) the modem's own HTTPS and DTLS, over AT
 * commands or the second UART of common/ipa_serial_network.c, which has all functions below: then link it and delete them; (3) CoAP alone
 * (ipad-min-coap), where datagrams and DTLS suffice and there is no HTTP. In every case the server is checked: against the key or
 * certificate in A6 of `peer` where there is one, else against the CIs that you trust. */

/* Put here: read scheme (83), address (81) and trusted key (A6) out of the TLVs, keep them, and begin to connect; tell
 * IPA_EVENT_NETWORK_OPENED when that is done, or at once where connecting is left to the first request. */
void ipa_port_network_open(const uint8_t *peer, uint32_t length) {
  (void)peer;
  (void)length;
  network_failed = true;
}

/* Put here: with the first part the head of a POST whose Content-Length is the low 24 bits of `argument`; then the bytes. Tell
 * IPA_EVENT_NETWORK_SENT when they are taken. assembly/ABI.md has the paths. */
void ipa_port_network_send(const uint8_t *bytes, uint32_t length, int32_t argument) {
  (void)bytes;
  (void)length;
  (void)argument;
  network_failed = true;
}

/* Put here: read the head of the answer once, then parts of its body into `window`, decoded where the server sends chunks; tell
 * IPA_EVENT_NETWORK_DATA with argument 1 while more follows. Another status than 2xx is IPA_EVENT_NETWORK_FAILED. */
void ipa_port_network_receive(uint8_t *window, uint32_t capacity) {
  (void)window;
  (void)capacity;
  network_failed = true;
}

/* Put here: forget the exchange, and an event of it that is waiting. A connection in the middle of an answer cannot be used again. */
void ipa_port_network_abort(void) { network_failed = false; }

/* Put here: close socket and session. Keep what resumes a TLS or DTLS session: it saves the handshake of the next poll. */
void ipa_port_network_close(void) { network_failed = false; }

/* Put here: one send on the DTLS or UDP socket that ipa_port_network_open has made; drop the bytes when it would block. */
void ipa_port_datagram_send(const uint8_t *bytes, uint32_t length) {
  (void)bytes;
  (void)length;
}

/* Put here: look, without blocking, whether what was begun is done, whether its time (some 30 s) is over, and whether a datagram has come.
 * What blocks, such as a TLS handshake, belongs into another task, which hands its event over through a queue. */
int ipa_port_network_event(struct ipa_port_event *event) {
  if (!network_failed) return 0;
  network_failed = false;
  *event = (struct ipa_port_event){.kind = IPA_EVENT_NETWORK_FAILED, .argument = IPA_NETWORK_FAILURE_UNREACHABLE};
  return 1;
}

/* ---- what main.c asks for ---- */

/* Put here: the slot that ipa_port_store wrote last, when its CRC is right and its checksum is that of this module. */
const uint8_t *device_stored_state(uint32_t *length) {
  *length = 0;
  return NULL;
}

/* Put here: set the alarm of the real-time clock, let the modem sleep (PSM, eDRX) and stop the core. Where RAM is lost meanwhile, main()
 * begins anew, with the state that was stored. */
int device_sleep(uint32_t seconds) {
  (void)seconds;
  return -1;
}
