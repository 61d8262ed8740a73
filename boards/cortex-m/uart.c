/* SPDX-License-Identifier: Apache-2.0 */
/* The serial lines. A ring that is full turns its interrupt off, so that no byte is overwritten: the rest waits in the UART and, where the
 * line has RTS and CTS, or is QEMU's, at the other end. */

#include "uart.h"

#include "board.h"
#include "cortex_m.h"

/** A power of two. What comes during the longest call of the module must fit where the line has no flow control. */
#ifndef IPA_UART_RING_BYTES
#define IPA_UART_RING_BYTES 128u
#endif
#ifndef IPA_UART_BAUD
#define IPA_UART_BAUD 115200u
#endif

_Static_assert((IPA_UART_RING_BYTES & (IPA_UART_RING_BYTES - 1u)) == 0 && IPA_UART_RING_BYTES <= 32768u, "a power of two");

/** The counters run on, modulo 2^16; the ring holds the bytes from `taken` to `put`. */
struct ring {
  volatile uint16_t put;
  volatile uint16_t taken;
  /** `put` when somebody has last looked. */
  uint16_t seen;
  uint8_t bytes[IPA_UART_RING_BYTES];
};

struct port {
  uint32_t base;
  uint32_t interrupt;
};

static const struct port ports[] = {
    [UART_MODEM] = {BOARD_MODEM_UART, BOARD_MODEM_INTERRUPT},
    [UART_NETWORK] = {BOARD_NETWORK_UART, BOARD_NETWORK_INTERRUPT},
};
static struct ring rings[2];

void uart_init(void) {
  for (uint32_t line = 0; line < 2; line++) {
    uart_hardware_init(ports[line].base, UART_HARDWARE_DIVISOR(IPA_UART_BAUD));
    interrupt_set_priority(ports[line].interrupt);
    interrupt_enable(ports[line].interrupt);
  }
}

void uart_write(enum uart_line line, const uint8_t *bytes, uint32_t length) {
  for (uint32_t at = 0; at < length; at++) uart_hardware_send(ports[line].base, bytes[at]);
}

uint32_t uart_read(enum uart_line line, uint8_t *bytes, uint32_t capacity) {
  struct ring *ring = &rings[line];
  uint16_t taken = ring->taken;
  const uint16_t put = ring->put;
  uint32_t length = 0;
  for (; length < capacity && taken != put; taken++) bytes[length++] = ring->bytes[taken % IPA_UART_RING_BYTES];
  /* the bytes are copied before their places are free */
  __asm volatile("" ::: "memory");
  ring->taken = taken;
  ring->seen = put;
  interrupt_enable(ports[line].interrupt);
  return length;
}

bool uart_has_news(void) {
  return rings[UART_NETWORK].put != rings[UART_NETWORK].taken || rings[UART_MODEM].put != rings[UART_MODEM].seen;
}

uint32_t uart_received(void) { return (uint32_t)rings[UART_NETWORK].put << 16 | rings[UART_MODEM].put; }

uint32_t uart_waiting(enum uart_line line) { return (uint16_t)(rings[line].put - rings[line].taken); }

bool uart_ends_with(enum uart_line line, const char *end, uint32_t length) {
  const struct ring *ring = &rings[line];
  const uint16_t first = (uint16_t)(ring->put - length);
  for (uint32_t at = 0; at < length; at++)
    if (ring->bytes[(uint16_t)(first + at) % IPA_UART_RING_BYTES] != (uint8_t)end[at]) return false;
  return true;
}

bool uart_is_filling(void) {
  for (uint32_t line = 0; line < 2; line++)
    if (uart_waiting((enum uart_line)line) >= IPA_UART_RING_BYTES / 2u) return true;
  return false;
}

void uart_forget_modem_news(void) { rings[UART_MODEM].seen = rings[UART_MODEM].put; }

static void receive(enum uart_line line) {
  struct ring *ring = &rings[line];
  uint16_t put = ring->put;
  for (uint8_t byte; (uint16_t)(put - ring->taken) < IPA_UART_RING_BYTES; put++) {
    if (!uart_hardware_receive(ports[line].base, &byte)) {
      ring->put = put;
      return;
    }
    ring->bytes[put % IPA_UART_RING_BYTES] = byte;
  }
  ring->put = put;
  interrupt_disable(ports[line].interrupt);
}

void uart_modem_interrupt(void) { receive(UART_MODEM); }
void uart_network_interrupt(void) { receive(UART_NETWORK); }
