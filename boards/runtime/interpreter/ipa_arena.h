/* SPDX-License-Identifier: Apache-2.0 */
/* The one block of memory that an interpreter lives in: IPA_RUNTIME_HEAP_BYTES, a static array. Nothing else is allocated. */
#ifndef IPA_ARENA_H
#define IPA_ARENA_H

#include <stdbool.h>
#include <stdint.h>

/** Forgets everything that was taken. */
void ipa_arena_reset(void);

/** Takes `bytes`, aligned to 8; what they hold is left over from before. NULL when there is no room. */
void *ipa_arena_take(uint32_t bytes);

/** Makes what was taken longer or shorter; it may move. `taken` NULL: takes. NULL when there is no room: then it is as it was. */
void *ipa_arena_resize(void *taken, uint32_t bytes);

/** Gives back what was taken. NULL is nothing. */
void ipa_arena_release(void *taken);

/** Whether something did not fit since the last reset. */
bool ipa_arena_is_exhausted(void);

/** The smallest arena that would have done since the last reset, in bytes. */
uint32_t ipa_arena_most_used(void);

/** From the next reset on only the first `bytes` are used: to find out how small the arena may be. */
void ipa_arena_limit(uint32_t bytes);

#endif
