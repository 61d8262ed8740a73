/* SPDX-License-Identifier: Apache-2.0 */
/* MPS2 with FPGA image AN505: Cortex-M33 in its secure state, CMSDK UARTs at their secure addresses. */
#ifndef BOARD_H
#define BOARD_H

#define BOARD_NAME "mps2-an505"
#define BOARD_CLOCK_HZ 20000000u

#define BOARD_MODEM_UART 0x50200000u
#define BOARD_MODEM_INTERRUPT 32
#define BOARD_NETWORK_UART 0x50201000u
#define BOARD_NETWORK_INTERRUPT 34
/** Entries of the vector table behind the 16 of the processor. */
#define BOARD_INTERRUPTS 35

#include "uart_cmsdk.h"

/** The clocks run and the pins are the UARTs' from the start. */
static inline void board_init(void) {}

#endif
