/* SPDX-License-Identifier: Apache-2.0 */
/* What a module in C needs: one memory of IPA_MEMORY_BYTES, whose every access is checked, and a way out when a check fails. Included by
 * ipa_module.c alone. The memory is little endian, as the processor must be. */
#ifndef IPA_NATIVE_H
#define IPA_NATIVE_H

#include <stdint.h>
#include <string.h>

#include "ipa_module.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "a module in C needs a little-endian processor"
#endif

typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;

/** Linear memory: state, buffers, data. */
extern u8 ipa_memory[IPA_MEMORY_BYTES];

/** Leaves the module: a fault in it, or in the firmware around it. */
_Noreturn void ipa_trap(void);

#define UNREACHABLE ipa_trap()

/** Where `size` bytes at this address lie. Both numbers behind the address are constants, so that a check is one comparison. */
static inline u8 *ipa_at(u32 address, u32 offset, u32 size) {
  if (__builtin_expect(address > IPA_MEMORY_BYTES - size - offset, 0)) ipa_trap();
  return ipa_memory + address + offset;
}

typedef u32 ipa_aliased_word __attribute__((may_alias));
/** A word of the state region, at an address that is known and a multiple of 4. */
#define ipa_word(address) (*(ipa_aliased_word *)(void *)(ipa_memory + (address)))

#define IPA_DEFINE_LOAD(name, stored, extended)         \
  static inline u32 name(u32 address, u32 offset) {     \
    stored value;                                       \
    memcpy(&value, ipa_at(address, offset, sizeof value), sizeof value); \
    return (u32)(extended)value;                        \
  }

#define IPA_DEFINE_STORE(name, stored)                        \
  static inline void name(u32 address, u32 offset, u32 value) { \
    const stored cut = (stored)value;                         \
    memcpy(ipa_at(address, offset, sizeof cut), &cut, sizeof cut); \
  }

IPA_DEFINE_LOAD(i32_load, u32, u32)
IPA_DEFINE_LOAD(i32_load8_u, u8, u32)
IPA_DEFINE_LOAD(i32_load8_s, s8, s32)
IPA_DEFINE_LOAD(i32_load16_u, u16, u32)
IPA_DEFINE_LOAD(i32_load16_s, s16, s32)
IPA_DEFINE_STORE(i32_store, u32)
IPA_DEFINE_STORE(i32_store8, u8)
IPA_DEFINE_STORE(i32_store16, u16)

/** Blocks have their length from the module, so the sum of address and length may wrap. */
static u8 *ipa_block(u32 address, u32 length) {
  if (length > IPA_MEMORY_BYTES || address > IPA_MEMORY_BYTES - length) ipa_trap();
  return ipa_memory + address;
}

static inline void memory_copy(u32 to, u32 from, u32 length) { memmove(ipa_block(to, length), ipa_block(from, length), length); }
static inline void memory_fill(u32 at, u32 value, u32 length) { memset(ipa_block(at, length), (int)(value & 0xff), length); }

/** Where `length` bytes of a data segment of `size` bytes lie. It is no part of the memory: it is constant, and stays in flash. */
static inline const u8 *ipa_constant(const u8 *segment, u32 size, u32 at, u32 length) {
  if (length > size || at > size - length) ipa_trap();
  return segment + at;
}

static inline void memory_init(const u8 *segment, u32 size, u32 to, u32 from, u32 length) {
  u8 *const block = ipa_block(to, length);
  memcpy(block, ipa_constant(segment, size, from, length), length);
}

static inline u32 ipa_nonzero(u32 divisor) {
  if (divisor == 0) ipa_trap();
  return divisor;
}

#define DIV_U(dividend, divisor) ((dividend) / ipa_nonzero(divisor))
#define REM_U(dividend, divisor) ((dividend) % ipa_nonzero(divisor))
#define I32_ROTL(value, count) ((value) << ((count) & 31) | (value) >> (-(count) & 31))
#define I32_ROTR(value, count) ((value) >> ((count) & 31) | (value) << (-(count) & 31))
#define I32_CLZ(value) ((value) ? (u32)__builtin_clz(value) : 32u)
#define I32_CTZ(value) ((value) ? (u32)__builtin_ctz(value) : 32u)
#define I32_POPCNT(value) ((u32)__builtin_popcount(value))

/** For the parts of an interpreter's loop, whatever their size: what they work on is in registers then. */
#define IPA_IN_PLACE static inline __attribute__((always_inline))

#define FUNC_PROLOGUE
#define FUNC_EPILOGUE

#endif
