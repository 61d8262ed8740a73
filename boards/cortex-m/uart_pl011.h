/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the UART of Stellaris chips, which is nearly a PL011: 16 bytes of buffer each way. */
#ifndef UART_PL011_H
#define UART_PL011_H

#include <stdbool.h>
#include <stdint.h>

#define UART_REGISTER(base, offset) (*(volatile uint32_t *)((base) + (offset)))
#define UART_DATA(base) UART_REGISTER(base, 0x0u)
#define UART_FLAGS(base) UART_REGISTER(base, 0x18u)
#define UART_DIVISOR(base) UART_REGISTER(base, 0x24u)
#define UART_DIVISOR_FRACTION(base) UART_REGISTER(base, 0x28u)
#define UART_LINE(base) UART_REGISTER(base, 0x2cu)
#define UART_CONTROL(base) UART_REGISTER(base, 0x30u)
#define UART_INTERRUPT_MASK(base) UART_REGISTER(base, 0x38u)

enum {
  UART_FLAG_NOTHING_RECEIVED = 1u << 4,
  UART_FLAG_NO_ROOM = 1u << 5,
  /** 8 bits, with the buffers. */
  UART_LINE_8N1 = 3u << 5 | 1u << 4,
  /** On, sends, receives. */
  UART_CONTROL_ON = 1u << 0 | 1u << 8 | 1u << 9,
  /** When the buffer fills, and when bytes have been in it for a while. */
  UART_INTERRUPT_RECEIVED = 1u << 4 | 1u << 6,
};

/** `divisor` is in 64ths. */
static inline void uart_hardware_init(uint32_t base, uint32_t divisor) {
  UART_CONTROL(base) = 0;
  UART_DIVISOR(base) = divisor / 64u;
  UART_DIVISOR_FRACTION(base) = divisor % 64u;
  UART_LINE(base) = UART_LINE_8N1;
  UART_INTERRUPT_MASK(base) = UART_INTERRUPT_RECEIVED;
  UART_CONTROL(base) = UART_CONTROL_ON;
}

/** Takes a byte that has come; false: there is none. Reading takes the interrupt back. */
static inline bool uart_hardware_receive(uint32_t base, uint8_t *byte) {
  if ((UART_FLAGS(base) & UART_FLAG_NOTHING_RECEIVED) != 0) return false;
  *byte = (uint8_t)UART_DATA(base);
  return true;
}

/** Waits for room, then sends a byte. */
static inline void uart_hardware_send(uint32_t base, uint8_t byte) {
  while ((UART_FLAGS(base) & UART_FLAG_NO_ROOM) != 0) {
  }
  UART_DATA(base) = byte;
}

/** One bit takes 16 cycles of the divided clock. */
#define UART_HARDWARE_DIVISOR(baud) ((BOARD_CLOCK_HZ * 4u + (baud) / 2u) / (baud))

#endif
