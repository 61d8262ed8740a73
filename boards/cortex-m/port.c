/* SPDX-License-Identifier: Apache-2.0 */
/* ipa_port.h on these boards, but for the network (common/ipa_serial_network.c) and the store (store.c). */

#include "ipa_port.h"

#include <stdbool.h>

#include "clock.h"
#include "cortex_m.h"
#include "ipa_serial_network.h"
#include "uart.h"

/** A line that has not brought a byte for so long has nothing more to say for now. */
#ifndef IPA_QUIET_MS
#define IPA_QUIET_MS 20u
#endif

/**
 * Put there by whoever starts the emulator, other for each start, because these boards have no source of chance: a number is as hard to
 * guess as this. A device has a source (a generator, noise of a converter); use that. How many numbers were drawn is not forgotten by a
 * reset, so that the same seed goes on with others.
 */
__attribute__((section(".noinit"), used)) volatile uint32_t ipa_seed;
__attribute__((section(".noinit"))) static uint32_t numbers_drawn;

uint32_t ipa_port_now_ms(void) { return clock_now_ms(); }

/** Whether what has come looks whole: it ends with the final line of a modem's answer (V.250 §5.7.1), or the flag behind a frame. */
static bool is_complete(void) {
  if (uart_waiting(UART_MODEM) > 0 && (uart_ends_with(UART_MODEM, "OK\r\n", 4) || uart_ends_with(UART_MODEM, "ERROR\r\n", 7))) return true;
  return uart_waiting(UART_NETWORK) > 1 && uart_ends_with(UART_NETWORK, "\x7e", 1);
}

/** Whether the bytes that have come are worth waking for: waking for each of them would cost a round of the loop each. */
static bool is_worth_waking(uint32_t *received, uint32_t *changed_ms) {
  if (!uart_has_news()) return false;
  const uint32_t now_ms = clock_now_ms();
  if (uart_received() != *received) {
    *received = uart_received();
    *changed_ms = now_ms;
  }
  return is_complete() || uart_is_filling() || now_ms - *changed_ms >= IPA_QUIET_MS;
}

void ipa_port_wait(uint32_t timeout_ms) {
  const uint32_t began_ms = clock_now_ms();
  const uint32_t network_ms = ipa_serial_network_wait_ms();
  const uint32_t limit_ms = timeout_ms < network_ms ? timeout_ms : network_ms;
  uint32_t received = 0;
  uint32_t changed_ms = began_ms;
  for (;;) {
    /* with interrupts off nothing can come between the question and the sleep, and the sleep ends nevertheless */
    interrupts_off();
    if (is_worth_waking(&received, &changed_ms) || clock_now_ms() - began_ms >= limit_ms) break;
    wait_for_interrupt();
    interrupts_on();
  }
  /* what the loop leaves in the modem's ring, because the module has no room for it, must not wake it again */
  uart_forget_modem_news();
  interrupts_on();
}

uint32_t ipa_port_random(void) {
  numbers_drawn += 0x9e3779b9u;
  uint32_t number = ipa_seed + numbers_drawn;
  number = (number ^ number >> 16) * 0x85ebca6bu;
  number = (number ^ number >> 13) * 0xc2b2ae35u;
  return number ^ number >> 16;
}

int ipa_port_modem_write(const uint8_t *bytes, uint32_t length) {
  uart_write(UART_MODEM, bytes, length);
  return 0;
}

int ipa_port_modem_read(uint8_t *bytes, uint32_t capacity) { return (int)uart_read(UART_MODEM, bytes, capacity); }

/** No card is wired to these boards. */
int ipa_port_card_transmit(const uint8_t *apdu, uint32_t length, uint8_t *response, uint32_t capacity) {
  (void)apdu, (void)length, (void)response, (void)capacity;
  return IPA_PORT_LOST;
}

int ipa_port_card_reset(void) { return IPA_PORT_LOST; }

#ifndef IPA_MEASURED
/** The plain image has nobody to tell. */
void ipa_port_log(int32_t what, int32_t argument) { (void)what, (void)argument; }
#endif

int ipa_serial_write(const uint8_t *bytes, uint32_t length) {
  uart_write(UART_NETWORK, bytes, length);
  return 0;
}

uint32_t ipa_serial_read(uint8_t *bytes, uint32_t capacity) { return uart_read(UART_NETWORK, bytes, capacity); }
