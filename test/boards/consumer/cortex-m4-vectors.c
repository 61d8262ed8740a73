/* SPDX-License-Identifier: Apache-2.0 */
/* Where a Cortex-M4 begins on the board mps2-an386, whose memory at 0 can be written: newlib's own start does the rest. */

#include <stdint.h>

extern void _start(void);

#define STACK_TOP 0x00400000u

__attribute__((section(".vectors"), used)) static const struct {
  uint32_t stack_top;
  void (*reset)(void);
} vectors = {STACK_TOP, _start};
