/* SPDX-License-Identifier: Apache-2.0 */
/* What a LM3S6965 needs before its UARTs work: a clock from the PLL, clock gates, pins. QEMU has the PLL and does without the rest. */

#include "board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

/** System control. */
#define RAW_INTERRUPTS REGISTER(0x400fe050u)
#define RUN_CLOCK REGISTER(0x400fe060u)
#define GATES_1 REGISTER(0x400fe104u)
#define GATES_2 REGISTER(0x400fe108u)
/** Registers of a GPIO port, from its base. */
#define ALTERNATE_FUNCTION(port) REGISTER((port) + 0x420u)
#define DIGITAL(port) REGISTER((port) + 0x51cu)

enum {
  PLL_LOCKED = 1u << 6,
  PLL_POWERED_DOWN = 1u << 13,
  PLL_BYPASSED = 1u << 11,
  DIVIDED = 1u << 22,
  /** 200 MHz by 4. */
  DIVISOR = 3u << 23,
  CRYSTAL_8_MHZ = 0xeu << 6,
};

/** UART0 is on pins 0 and 1 of this port. */
#define PORT_A 0x40004000u
/** UART1 is on pins 2 and 3 of this one. */
#define PORT_D 0x40007000u

void board_init(void) {
  RUN_CLOCK = PLL_BYPASSED | PLL_POWERED_DOWN | CRYSTAL_8_MHZ;
  RUN_CLOCK = PLL_BYPASSED | CRYSTAL_8_MHZ | DIVIDED | DIVISOR;
  while ((RAW_INTERRUPTS & PLL_LOCKED) == 0) {
  }
  RUN_CLOCK = CRYSTAL_8_MHZ | DIVIDED | DIVISOR;
  GATES_1 |= 1u << 0 | 1u << 1;
  GATES_2 |= 1u << 0 | 1u << 3;
  /* the gates need some cycles to open: reading back takes them */
  (void)GATES_1;
  (void)GATES_2;
  ALTERNATE_FUNCTION(PORT_A) |= 0x3u;
  DIGITAL(PORT_A) |= 0x3u;
  ALTERNATE_FUNCTION(PORT_D) |= 0xcu;
  DIGITAL(PORT_D) |= 0xcu;
}
