/* SPDX-License-Identifier: Apache-2.0 */
/* From reset to main: vector table, stack, data. Faults start the device anew, because nothing is known about what still works. */

#include <stdint.h>
#include <string.h>

#include "board.h"
#include "clock.h"
#include "cortex_m.h"
#include "startup.h"
#include "uart.h"

int main(void);

/** Of the linker script. */
extern uint32_t __stack_bottom[], __stack_top[];
extern uint8_t __data_load[], __data_start[], __data_end[], __bss_start[], __bss_end[];

/** Bytes below the stack pointer that the loop that paints may use itself. */
#define IN_USE_BYTES 64u

_Noreturn void reset(void);
_Noreturn void after_fault(void);
static void fault(void);

/** The first word is the stack pointer. What is not named here is never enabled. */
typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16 + BOARD_INTERRUPTS] = {
    [0] = (vector)__stack_top,
    [1] = reset,
    [2] = fault,
    [3] = fault,
    [4] = fault,
    [5] = fault,
    [6] = fault,
    [7] = fault,
    [15] = clock_interrupt,
    [16 + BOARD_MODEM_INTERRUPT] = uart_modem_interrupt,
    [16 + BOARD_NETWORK_INTERRUPT] = uart_network_interrupt,
};

/** Fills what is free of the stack, so that it can be seen how deep it has been. */
static void paint_stack(void) {
  uint32_t *const end = (uint32_t *)((uintptr_t)__builtin_frame_address(0) - IN_USE_BYTES);
  for (volatile uint32_t *word = __stack_bottom; word < end; word++) *word = STACK_PAINT;
}

uint32_t stack_used_bytes(void) {
  const uint32_t *word = __stack_bottom;
  while (word < __stack_top && *word == STACK_PAINT) word++;
  return (uint32_t)((uintptr_t)__stack_top - (uintptr_t)word);
}

void reset(void) {
#ifdef __ARM_ARCH_8M_MAIN__
  /* here the processor itself watches the end of the stack */
  __asm volatile("msr msplim, %0" ::"r"(__stack_bottom));
#endif
  paint_stack();
  memcpy(__data_start, __data_load, (uintptr_t)__data_end - (uintptr_t)__data_start);
  memset(__bss_start, 0, (uintptr_t)__bss_end - (uintptr_t)__bss_start);
  board_init();
  clock_init();
  uart_init();
  main();
  for (;;) wait_for_interrupt();
}

__attribute__((weak)) void startup_on_fault(void) {}

__attribute__((used)) void after_fault(void) {
  startup_on_fault();
  system_reset();
}

/** The stack may be what is at fault: it begins anew. */
__attribute__((naked)) static void fault(void) { __asm volatile("ldr r0, =__stack_top\n\tmsr msp, r0\n\tb after_fault"); }
