/* SPDX-License-Identifier: Apache-2.0 */
/* Stellaris LM3S6965: Cortex-M3, 256 KB of flash, 64 KB of RAM, UARTs like PL011. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#define BOARD_NAME "lm3s6965evb"
#define BOARD_CLOCK_HZ 50000000u

#define BOARD_MODEM_UART 0x4000c000u
#define BOARD_MODEM_INTERRUPT 5
#define BOARD_NETWORK_UART 0x4000d000u
#define BOARD_NETWORK_INTERRUPT 6
/** Entries of the vector table behind the 16 of the processor. */
#define BOARD_INTERRUPTS 7

#include "uart_pl011.h"

/** Clock at 50 MHz from the crystal, both UARTs with their pins. */
void board_init(void);

#endif
