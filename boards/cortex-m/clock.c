/* SPDX-License-Identifier: Apache-2.0 */
/* The clock: SysTick interrupts once a millisecond. */

#include "clock.h"

#include "board.h"
#include "cortex_m.h"

static volatile uint32_t now_ms;

void clock_init(void) {
  SYSTICK_RELOAD = CLOCK_CYCLES_PER_MS - 1u;
  SYSTICK_VALUE = 0;
  SYSTICK_CONTROL = SYSTICK_ON;
}

uint32_t clock_now_ms(void) { return now_ms; }

uint32_t clock_now_cycles(void) {
  interrupts_off();
  uint32_t ms = now_ms;
  uint32_t left = SYSTICK_VALUE;
  if ((INTERRUPT_STATE & SYSTICK_PENDING) != 0) {
    /* a millisecond is over and not counted yet */
    ms++;
    left = SYSTICK_VALUE;
  }
  interrupts_on();
  /* the interrupt comes with 0, and the cycle after that has the reload value */
  return ms * CLOCK_CYCLES_PER_MS + (left == 0 ? 0 : CLOCK_CYCLES_PER_MS - left);
}

void clock_interrupt(void) { now_ms++; }
