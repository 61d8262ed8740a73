/* SPDX-License-Identifier: Apache-2.0 */
/* ARM semihosting: how a program tells its emulator or debugger something. Where there is none it is a fault. */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stdint.h>

enum {
  SEMIHOSTING_WRITE0 = 0x04,
  SEMIHOSTING_EXIT_EXTENDED = 0x20,
  SEMIHOSTING_APPLICATION_EXIT = 0x20026,
};

static inline void semihosting_call(uint32_t operation, const void *argument) {
  register uint32_t r0 __asm("r0") = operation;
  register const void *r1 __asm("r1") = argument;
  __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

/** Writes text that ends with a NUL. */
static inline void semihosting_write(const char *text) { semihosting_call(SEMIHOSTING_WRITE0, text); }

/** Ends the emulator with this status. */
_Noreturn static inline void semihosting_exit(uint32_t status) {
  const uint32_t arguments[] = {SEMIHOSTING_APPLICATION_EXIT, status};
  semihosting_call(SEMIHOSTING_EXIT_EXTENDED, arguments);
  for (;;) {
  }
}

#endif
