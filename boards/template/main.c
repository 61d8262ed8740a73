/* SPDX-License-Identifier: Apache-2.0 */
/* The whole application: poll the eIM, sleep until the next poll is due, poll again. */

#include <stdbool.h>
#include <stddef.h>

#include "device.h"
#include "ipa.h"
#include "ipa_port.h"

#define POLL_INTERVAL_S (24 * 3600)

/** The command and what it needs to know; `after_power_loss` gives up the command that was cut off, and keeps the reports that are owed. */
static struct ipa_options command(uint8_t *bytes, uint32_t capacity, bool after_power_loss) {
#ifdef IPA_WITHOUT_ESIPA
  struct ipa_options options = ipa_options_begin(bytes, capacity, IPA_COMMAND_DELIVER_NOTIFICATIONS);
#else
  struct ipa_options options = ipa_options_begin(bytes, capacity, IPA_COMMAND_POLL);
#endif
  /* IPA_CARD_LINK_APDU where the card is wired to the device; your own TAC and IMEI come here, too */
  ipa_option_number(&options, IPA_OPTION_CARD_LINK, 1, IPA_CARD_LINK_AT);
  if (after_power_loss) ipa_option_bytes(&options, IPA_OPTION_RESTART, NULL, 0);
#if !defined IPA_WITHOUT_ESIPA && !defined IPA_WITHOUT_MORE_OPTIONS
  /* interval, random addition at most, and no windows of eDRX or PSM: seconds, 4 bytes each, the last three of them 0 */
  const uint8_t schedule[20] = {0, POLL_INTERVAL_S >> 16, POLL_INTERVAL_S >> 8 & 255, POLL_INTERVAL_S & 255, 0, 0, 3600 >> 8, 3600 & 255};
  ipa_option_bytes(&options, IPA_OPTION_POLL_SCHEDULE, schedule, sizeof schedule);
  const uint32_t seed = ipa_port_random();
  if (seed != 0) ipa_option_number(&options, IPA_OPTION_SEED, 4, seed);
#endif
  return options;
}

/** Makes an instance, with what it knew when power was lost. `wasm`: NULL where the module is translated to C. */
static int32_t start(const uint8_t *wasm, uint32_t wasm_length) {
  const int32_t error = ipa_start(wasm, wasm_length);
  uint32_t length;
  const uint8_t *state = device_stored_state(&length);
  /* a state that does not fit is of an older firmware: the module begins without one */
  if (error == 0 && state != NULL) ipa_restore(state, length);
  return error;
}

/** One poll. Returns how it ended, and in `next_poll_s` when the eIM is to be asked again. */
static int32_t poll(bool after_power_loss, uint32_t *next_poll_s) {
  uint8_t bytes[64];
  const struct ipa_options options = command(bytes, sizeof bytes, after_power_loss);
  struct ipa_job job = {.options = bytes, .options_length = options.length};
  const int32_t error = ipa_run(&job);
  const int32_t seconds = ipa_summary(IPA_SUMMARY_NEXT_POLL);
  *next_poll_s = seconds > 0 ? (uint32_t)seconds : POLL_INTERVAL_S;
  return error;
}

int main(void) {
  for (int32_t error = IPA_HOST_TRAPPED;;) {
    const bool is_fresh = error == IPA_HOST_TRAPPED;
    if (is_fresh && start(NULL, 0) != 0) return 1;
    uint32_t next_poll_s;
    error = poll(is_fresh, &next_poll_s);
    if (device_sleep(next_poll_s) < 0) return error == 0 ? 0 : 1;
  }
}
