/* SPDX-License-Identifier: Apache-2.0 */
/* Sends READY on both lines; then what comes on either goes back. It is busy with something else most of the time, so that the rings get
 * full. */

#include <stddef.h>

#include "ipa_port.h"
#include "ipa_serial_network.h"
#include "uart.h"

/** Fewer than a ring holds, and no divisor of it. */
#define PART_BYTES 37u
#define BUSY_MS 2u
#define READY '!'

static void be_busy(void) {
  for (const uint32_t began_ms = ipa_port_now_ms(); ipa_port_now_ms() - began_ms <= BUSY_MS;) {
  }
}

int main(void) {
  uint8_t part[PART_BYTES] = {READY};
  ipa_port_modem_write(part, 1);
  ipa_serial_write(part, 1);
  for (;;) {
    ipa_port_wait(UINT32_MAX);
    be_busy();
    for (int taken; (taken = ipa_port_modem_read(part, sizeof part)) > 0;) ipa_port_modem_write(part, (uint32_t)taken);
    for (uint32_t taken; (taken = ipa_serial_read(part, sizeof part)) > 0;) ipa_serial_write(part, taken);
  }
}
