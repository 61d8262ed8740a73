/* SPDX-License-Identifier: Apache-2.0 */
/* Two serial lines: bytes that come are put into a ring by interrupt, bytes that go are sent at once. */
#ifndef UART_H
#define UART_H

#include <stdbool.h>
#include <stdint.h>

enum uart_line { UART_MODEM, UART_NETWORK };

/** Opens both lines; call it once, before interrupts. */
void uart_init(void);

/** Sends; blocks for as long as the line takes. */
void uart_write(enum uart_line line, const uint8_t *bytes, uint32_t length);

/** Takes at most `capacity` bytes that have come. Returns their number. Does not block. */
uint32_t uart_read(enum uart_line line, uint8_t *bytes, uint32_t capacity);

/**
 * Whether there are bytes of the network to be read, or bytes of the modem have come since they were last read or forgotten: those may
 * have to wait until the module has room for them. May be called with interrupts off.
 */
bool uart_has_news(void);
void uart_forget_modem_news(void);

/** A number that changes with each byte that comes. */
uint32_t uart_received(void);

/** Bytes of a line that have come and are not read. */
uint32_t uart_waiting(enum uart_line line);

/** Whether the last bytes that have come, read or not, are these. */
bool uart_ends_with(enum uart_line line, const char *end, uint32_t length);

/** Whether a ring is half full. */
bool uart_is_filling(void);

/** For the vector table. */
void uart_modem_interrupt(void);
void uart_network_interrupt(void);

#endif
