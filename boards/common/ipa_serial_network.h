/* SPDX-License-Identifier: Apache-2.0 */
/* The network of a device that has no IP of its own: HTTPS and datagrams by way of a processor at the other end of a serial line, a modem
 * or a co-processor. SERIAL-NETWORK.md has the protocol. ipa_serial_network.c implements the network functions of ipa_port.h over two
 * functions that the port gives. Where CoAP is left out, compile it with -DIPA_WITHOUT_COAP: there is no buffer for datagrams then.
 *
 * What the port does besides:
 * - ipa_port_wait sleeps no longer than ipa_serial_network_wait_ms(), and not at all while ipa_serial_read has bytes to give.
 * - The line carries all 256 byte values; flow control, where there is any, is RTS and CTS. Without it, bytes that come while the loop is
 *   busy with the modem need room: as many as the line brings in the time that an AT command takes. A frame of which bytes are lost is
 *   dropped, and what waits for it ends by the time-out. */
#ifndef IPA_SERIAL_NETWORK_H
#define IPA_SERIAL_NETWORK_H

#include <stdint.h>

#include "ipa_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How long the processor may take to end what was begun, in milliseconds. Longer than its own time-outs, which tell more. */
#ifndef IPA_SERIAL_TIMEOUT_MS
#define IPA_SERIAL_TIMEOUT_MS 60000u
#endif

/**
 * Given by the port: writes bytes to the line. They are the caller's again when it returns. May block for as long as the line takes.
 * Returns 0, or a negative number when the line is lost: what was begun then ends by NETWORK_FAILED with IPA_NETWORK_FAILURE_UNREACHABLE.
 */
int ipa_serial_write(const uint8_t *bytes, uint32_t length);

/** Given by the port: takes what the line has brought, at most `capacity` bytes (here 1). Returns their number, or 0. Does not block. */
uint32_t ipa_serial_read(uint8_t *bytes, uint32_t capacity);

/** Milliseconds until what was begun has taken too long, and ipa_port_network_event has that to tell. UINT32_MAX: nothing was begun. */
uint32_t ipa_serial_network_wait_ms(void);

/** Frames that came and were not told, modulo 2^32: damaged ones, and those of an exchange that was given up. For diagnosis. */
uint32_t ipa_serial_network_dropped(void);

#ifdef __cplusplus
}
#endif

#endif
