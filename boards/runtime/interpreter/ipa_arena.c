/* SPDX-License-Identifier: Apache-2.0 */
/* First fit over blocks that lie side by side, with a word before each: the lowest place that is large enough is taken, so the highest end
 * ever reached is also the size that would have done. */

#include "ipa_arena.h"

#include <string.h>

#ifndef IPA_RUNTIME_HEAP_BYTES
#error "IPA_RUNTIME_HEAP_BYTES must say how much memory the interpreter gets; scripts/boards/runtimes.ts has what each module needs"
#endif

/* The sanitizer is told what is taken, so that it finds what runs over in here as it does with malloc. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define UNCHECKED __attribute__((no_sanitize_address))
#define FORBID(address, bytes) __asan_poison_memory_region(address, bytes)
#define ALLOW(address, bytes) __asan_unpoison_memory_region(address, bytes)
#else
#define UNCHECKED
#define FORBID(address, bytes) ((void)0)
#define ALLOW(address, bytes) ((void)0)
#endif

#define ALIGNMENT 8u
#define HEADER_BYTES 4u
#define TAKEN 1u

_Static_assert(IPA_RUNTIME_HEAP_BYTES >= 1024 && IPA_RUNTIME_HEAP_BYTES <= 0x7fffffff, "IPA_RUNTIME_HEAP_BYTES is out of range");

static _Alignas(8) uint8_t arena[IPA_RUNTIME_HEAP_BYTES];
static uint32_t limit = IPA_RUNTIME_HEAP_BYTES;
/** Where the last block ends, and a block below which nothing is free. */
static uint32_t end;
static uint32_t lowest_free;
static uint32_t most_used;
static bool exhausted;

/* A header lies 4 bytes before a multiple of 8: the size of its block, and whether it is taken. */
static UNCHECKED uint32_t header_at(uint32_t block) {
  return *(const uint32_t *)(const void *)(arena + block);
}

static UNCHECKED void set_header(uint32_t block, uint32_t header) { *(uint32_t *)(void *)(arena + block) = header; }

static uint32_t size_at(uint32_t block) { return header_at(block) & ~TAKEN; }

static bool is_free(uint32_t block) { return (header_at(block) & TAKEN) == 0; }

static uint32_t block_of(const void *taken) { return (uint32_t)((const uint8_t *)taken - arena) - HEADER_BYTES; }

/** Bytes of a block that holds `bytes`; more than the arena has when it cannot be. */
static uint32_t block_bytes(uint32_t bytes) {
  if (bytes > IPA_RUNTIME_HEAP_BYTES) return UINT32_MAX;
  return (bytes + HEADER_BYTES + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

void ipa_arena_limit(uint32_t bytes) { limit = bytes < IPA_RUNTIME_HEAP_BYTES ? bytes : IPA_RUNTIME_HEAP_BYTES; }

void ipa_arena_reset(void) {
  const uint32_t usable = limit & ~(ALIGNMENT - 1);
  end = usable > 2 * ALIGNMENT ? usable - HEADER_BYTES : HEADER_BYTES;
  lowest_free = HEADER_BYTES;
  most_used = 0;
  exhausted = false;
  if (end > HEADER_BYTES) set_header(HEADER_BYTES, end - HEADER_BYTES);
  FORBID(arena, sizeof arena);
}

/** Joins a free block with the free ones behind it. Returns its size. */
static uint32_t join(uint32_t block) {
  uint32_t size = size_at(block);
  while (block + size < end && is_free(block + size)) size += size_at(block + size);
  set_header(block, size);
  return size;
}

/** Takes the first `wanted` bytes of a block of `size`; what is left over stays free. */
static void *take_from(uint32_t block, uint32_t size, uint32_t wanted, uint32_t bytes) {
  if (size > wanted) set_header(block + wanted, size - wanted);
  set_header(block, wanted | TAKEN);
  if (block + wanted > most_used) most_used = block + wanted;
  ALLOW(arena + block + HEADER_BYTES, bytes);
  (void)bytes;
  return arena + block + HEADER_BYTES;
}

void *ipa_arena_take(uint32_t bytes) {
  const uint32_t wanted = block_bytes(bytes);
  bool all_taken = true;
  for (uint32_t block = lowest_free; block < end; block += size_at(block)) {
    if (!is_free(block)) continue;
    if (all_taken) lowest_free = block;
    all_taken = false;
    const uint32_t size = join(block);
    if (size >= wanted) return take_from(block, size, wanted, bytes);
  }
  exhausted = true;
  return NULL;
}

void ipa_arena_release(void *taken) {
  if (taken == NULL) return;
  const uint32_t block = block_of(taken);
  set_header(block, size_at(block));
  if (block < lowest_free) lowest_free = block;
  FORBID(taken, size_at(block) - HEADER_BYTES);
}

void *ipa_arena_resize(void *taken, uint32_t bytes) {
  if (taken == NULL) return ipa_arena_take(bytes);
  const uint32_t block = block_of(taken);
  const uint32_t had = size_at(block);
  const uint32_t wanted = block_bytes(bytes);
  uint32_t size = had;
  if (block + had < end && is_free(block + had)) size += join(block + had);
  if (size >= wanted) {
    /* the lowest free block may be the one that is grown into, or the one that is left behind */
    if (lowest_free > block) lowest_free = block + wanted;
    FORBID(taken, size - HEADER_BYTES);
    return take_from(block, size, wanted, bytes);
  }
  void *moved = ipa_arena_take(bytes);
  if (moved == NULL) return NULL;
  const uint32_t kept = had - HEADER_BYTES;
  ALLOW(taken, kept);
  memcpy(moved, taken, kept < bytes ? kept : bytes);
  ipa_arena_release(taken);
  return moved;
}

bool ipa_arena_is_exhausted(void) { return exhausted; }

uint32_t ipa_arena_most_used(void) { return most_used == 0 ? 0 : most_used + HEADER_BYTES; }
