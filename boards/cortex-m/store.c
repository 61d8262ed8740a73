/* SPDX-License-Identifier: Apache-2.0 */
/* The state in RAM that a reset leaves alone, which is enough for an emulator. IPA_STORE_BYTES 0: nothing is stored, and costs nothing.
 *
 * A product writes to flash instead. It needs two sectors, because a sector is erased as a whole; it writes in units that the flash has,
 * and the head last, as here, after what it tells of; and it may wait until the device sleeps, since an erase can take a second. A download
 * with its enabling makes two writes: two sectors of 10,000 erases last for 10,000 of them. */

#include "store.h"

#include <stddef.h>
#include <string.h>

#include "ipa_port.h"

#ifndef IPA_STORE_BYTES
#define IPA_STORE_BYTES 0
#endif

#if IPA_STORE_BYTES == 0

int ipa_port_store(const uint8_t *state, uint32_t length) {
  (void)state, (void)length;
  return 0;
}

const uint8_t *device_stored_state(uint32_t *length) {
  *length = 0;
  return NULL;
}

#else

#ifndef IPA_MODULE_CHECKSUM
#error "a stored state needs the checksum of the module that it is for"
#endif

struct copy {
  uint32_t checksum;
  /** Of the module. */
  uint32_t module;
  /** The newer of two copies has the higher one, modulo 2^32. */
  uint32_t sequence;
  uint32_t length;
  uint8_t state[IPA_STORE_BYTES];
};

__attribute__((section(".noinit"))) static struct copy copies[2];

static uint32_t add(uint32_t sum, const uint8_t *bytes, uint32_t length) {
  for (uint32_t at = 0; at < length; at++) sum = (sum ^ bytes[at]) * 16777619u;
  return sum;
}

static uint32_t checksum(const struct copy *copy) {
  const uint32_t head[] = {copy->module, copy->sequence, copy->length};
  return add(add(2166136261u, (const uint8_t *)head, sizeof head), copy->state, copy->length);
}

static int is_valid(const struct copy *copy) {
  return copy->length > 0 && copy->length <= IPA_STORE_BYTES && copy->module == IPA_MODULE_CHECKSUM && copy->checksum == checksum(copy);
}

static struct copy *newest(void) {
  const int first = is_valid(&copies[0]);
  if (!is_valid(&copies[1])) return first ? &copies[0] : NULL;
  return first && (int32_t)(copies[0].sequence - copies[1].sequence) > 0 ? &copies[0] : &copies[1];
}

int ipa_port_store(const uint8_t *state, uint32_t length) {
  if (length > IPA_STORE_BYTES) return -1;
  const struct copy *last = newest();
  struct copy *next = last == &copies[0] ? &copies[1] : &copies[0];
  next->length = 0;
  /* no copy is valid while its bytes are written, whatever the compiler would rather do */
  __asm volatile("" ::: "memory");
  memcpy(next->state, state, length);
  next->module = IPA_MODULE_CHECKSUM;
  next->sequence = last == NULL ? 1 : last->sequence + 1;
  __asm volatile("" ::: "memory");
  next->length = length;
  next->checksum = checksum(next);
  return 0;
}

const uint8_t *device_stored_state(uint32_t *length) {
  const struct copy *last = newest();
  *length = last == NULL ? 0 : last->length;
  return last == NULL ? NULL : last->state;
}

#endif
