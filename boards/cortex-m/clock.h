/* SPDX-License-Identifier: Apache-2.0 */
/* Milliseconds since the start, by SysTick. A device that sleeps deeply needs a clock that runs on meanwhile: put it here. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/** Cycles of the processor's clock in a millisecond. */
#define CLOCK_CYCLES_PER_MS (BOARD_CLOCK_HZ / 1000u)

void clock_init(void);

/** Milliseconds modulo 2^32. */
uint32_t clock_now_ms(void);

/** Cycles modulo 2^32. */
uint32_t clock_now_cycles(void);

/** For the vector table. */
void clock_interrupt(void);

#endif
