/* SPDX-License-Identifier: Apache-2.0 */
/* MPS2 with FPGA image AN386: Cortex-M4, CMSDK UARTs. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_NAME "mps2-an386"
#define BOARD_CLOCK_HZ 25000000u

#define BOARD_MODEM_UART 0x40004000u
#define BOARD_MODEM_INTERRUPT 0
#define BOARD_NETWORK_UART 0x40005000u
#define BOARD_NETWORK_INTERRUPT 2
/** Entries of the vector table behind the 16 of the processor. */
#define BOARD_INTERRUPTS 3

#include "uart_cmsdk.h"

/** The clocks run and the pins are the UARTs' from the start. */
static inline void board_init(void) {}

#endif
