/* SPDX-License-Identifier: Apache-2.0 */
/* The registers of a Cortex-M that this firmware uses, and its few special instructions. */
#ifndef CORTEX_M_H
#define CORTEX_M_H

#include <stdint.h>

#define CORTEX_M_REGISTER(address) (*(volatile uint32_t *)(address))

#define SYSTICK_CONTROL CORTEX_M_REGISTER(0xe000e010u)
#define SYSTICK_RELOAD CORTEX_M_REGISTER(0xe000e014u)
#define SYSTICK_VALUE CORTEX_M_REGISTER(0xe000e018u)
/** Runs, interrupts, counts cycles of the processor. */
#define SYSTICK_ON 7u

#define INTERRUPT_STATE CORTEX_M_REGISTER(0xe000ed04u)
#define SYSTICK_PENDING (1u << 26)

#define APPLICATION_RESET CORTEX_M_REGISTER(0xe000ed0cu)
/** Key of the register, and the request for a system reset. */
#define RESET_REQUEST (0x05fa0000u | 1u << 2)

/** Interrupts below this priority are held back while BASEPRI is the same; the clock's is above it. */
#define INTERRUPT_PRIORITY 0x80u

static inline void interrupt_enable(uint32_t number) { CORTEX_M_REGISTER(0xe000e100u + 4u * (number / 32u)) = 1u << number % 32u; }
static inline void interrupt_disable(uint32_t number) { CORTEX_M_REGISTER(0xe000e180u + 4u * (number / 32u)) = 1u << number % 32u; }
static inline void interrupt_set_priority(uint32_t number) { *(volatile uint8_t *)(0xe000e400u + number) = INTERRUPT_PRIORITY; }

static inline void interrupts_off(void) { __asm volatile("cpsid i" ::: "memory"); }
static inline void interrupts_on(void) { __asm volatile("cpsie i\n\tisb" ::: "memory"); }

/** Sleeps until an interrupt is pending, also one that is off. */
static inline void wait_for_interrupt(void) { __asm volatile("dsb\n\twfi" ::: "memory"); }

/** Holds back the interrupts of INTERRUPT_PRIORITY, or 0: none. */
static inline void interrupts_hold(uint32_t priority) { __asm volatile("msr basepri, %0\n\tisb" ::"r"(priority) : "memory"); }

_Noreturn static inline void system_reset(void) {
  APPLICATION_RESET = RESET_REQUEST;
  for (;;) wait_for_interrupt();
}

#endif
