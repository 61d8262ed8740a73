/* SPDX-License-Identifier: Apache-2.0 */
/* Option TLVs of a command, its summary, and the state that is put back. */

#include <string.h>

#include "ipa.h"

static void put(struct ipa_options *options, uint32_t byte) {
  if (options->length < options->capacity) options->bytes[options->length] = (uint8_t)byte;
  options->length++;
}

struct ipa_options ipa_options_begin(uint8_t *bytes, uint32_t capacity, int32_t command) {
  struct ipa_options options = {bytes, capacity, 0};
  ipa_option_number(&options, IPA_OPTION_COMMAND, 1, (uint32_t)command);
  return options;
}

void ipa_option_number(struct ipa_options *options, int32_t tag, uint32_t size, uint32_t value) {
  put(options, (uint32_t)tag);
  put(options, size);
  while (size-- > 0) put(options, value >> (8 * size));
}

void ipa_option_bytes(struct ipa_options *options, int32_t tag, const uint8_t *value, uint32_t length) {
  put(options, (uint32_t)tag);
  put(options, length);
  for (uint32_t at = 0; at < length; at++) put(options, value[at]);
}

int32_t ipa_summary(int32_t tag) {
  uint32_t length;
  const uint8_t *bytes = ipa_data(&length);
  for (; length >= 6; bytes += 6, length -= 6)
    if (bytes[0] == tag) return (int32_t)((uint32_t)bytes[2] << 24 | (uint32_t)bytes[3] << 16 | (uint32_t)bytes[4] << 8 | bytes[5]);
  return 0;
}

int32_t ipa_restore(const uint8_t *state, uint32_t length) {
  uint32_t size;
  uint8_t *region = ipa_state(&size);
  const uint32_t version = length >= 4 ? state[0] | (uint32_t)state[1] << 8 | (uint32_t)state[2] << 16 | (uint32_t)state[3] << 24 : 0;
  if (length != size || version != IPA_ABI_VERSION) return IPA_HOST_BAD_STATE;
  memcpy(region, state, length);
  return 0;
}
