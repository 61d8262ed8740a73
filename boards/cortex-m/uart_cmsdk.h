/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the CMSDK APB UART: one byte of buffer each way. */
#ifndef UART_CMSDK_H
#define UART_CMSDK_H

#include <stdbool.h>
#include <stdint.h>

#define UART_REGISTER(base, offset) (*(volatile uint32_t *)((base) + (offset)))
#define UART_DATA(base) UART_REGISTER(base, 0x0u)
#define UART_STATE(base) UART_REGISTER(base, 0x4u)
#define UART_CONTROL(base) UART_REGISTER(base, 0x8u)
#define UART_INTERRUPTS(base) UART_REGISTER(base, 0xcu)
#define UART_DIVISOR(base) UART_REGISTER(base, 0x10u)

enum {
  UART_STATE_SENDING = 1u << 0,
  UART_STATE_RECEIVED = 1u << 1,
  UART_INTERRUPT_RECEIVED = 1u << 1,
  /** Sends, receives, interrupts when a byte has come. */
  UART_CONTROL_ON = 1u << 0 | 1u << 1 | 1u << 3,
};

static inline void uart_hardware_init(uint32_t base, uint32_t divisor) {
  UART_DIVISOR(base) = divisor;
  UART_CONTROL(base) = UART_CONTROL_ON;
}

/** Takes a byte that has come; false: there is none. */
static inline bool uart_hardware_receive(uint32_t base, uint8_t *byte) {
  if ((UART_STATE(base) & UART_STATE_RECEIVED) == 0) return false;
  /* before the data is read: the next byte may come at once, and its interrupt must stay */
  UART_INTERRUPTS(base) = UART_INTERRUPT_RECEIVED;
  *byte = (uint8_t)UART_DATA(base);
  return true;
}

/** Waits for room, then sends a byte. */
static inline void uart_hardware_send(uint32_t base, uint8_t byte) {
  while ((UART_STATE(base) & UART_STATE_SENDING) != 0) {
  }
  UART_DATA(base) = byte;
}

#define UART_HARDWARE_DIVISOR(baud) (BOARD_CLOCK_HZ / (baud))

#endif
