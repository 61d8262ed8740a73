/* SPDX-License-Identifier: Apache-2.0 */
/* Which module is started, and what becomes of one on trial. */

#include "ipa_update.h"

#include "ipa_slot.h"

/** What is known of both slots. */
struct slots {
  struct ipa_slot slot[IPA_FLASH_SLOTS];
  bool is_usable[IPA_FLASH_SLOTS];
};

static void read_slots(const struct ipa_update_device *device, struct slots *slots) {
  uint8_t head[IPA_CONTAINER_HEAD_BYTES];
  for (uint32_t at = 0; at < IPA_FLASH_SLOTS; at++)
    slots->is_usable[at] = ipa_slot_read(device, at, head, &slots->slot[at]) == 0 && !slots->slot[at].is_rejected;
}

/** The slot with the newest module that is confirmed; IPA_FLASH_SLOTS: none. */
static uint32_t find_confirmed(const struct slots *slots) {
  uint32_t best = IPA_FLASH_SLOTS;
  for (uint32_t at = 0; at < IPA_FLASH_SLOTS; at++) {
    if (!slots->is_usable[at] || !slots->slot[at].is_confirmed) continue;
    if (best == IPA_FLASH_SLOTS || slots->slot[at].sequence > slots->slot[best].sequence) best = at;
  }
  return best;
}

/** The slot with the newest module that may still be tried, and is newer than the confirmed one; IPA_FLASH_SLOTS: none. */
static uint32_t find_trial(const struct slots *slots, uint32_t confirmed) {
  uint32_t newest = confirmed == IPA_FLASH_SLOTS ? 0 : slots->slot[confirmed].sequence;
  uint32_t best = IPA_FLASH_SLOTS;
  for (uint32_t at = 0; at < IPA_FLASH_SLOTS; at++) {
    const struct ipa_slot *slot = &slots->slot[at];
    if (!slots->is_usable[at] || slot->is_confirmed || slot->trials >= IPA_UPDATE_TRIALS || slot->sequence <= newest) continue;
    newest = slot->sequence;
    best = at;
  }
  return best;
}

static void choose(struct ipa_update_choice *choice, const struct slots *slots, uint32_t slot, bool is_trial) {
  *choice = (struct ipa_update_choice){
    .slot = slot,
    .module_offset = ipa_update_head_bytes(),
    .module_bytes = slots->slot[slot].module_bytes,
    .sequence = slots->slot[slot].sequence,
    .is_trial = is_trial,
  };
}

int32_t ipa_update_choose(const struct ipa_update_device *device, struct ipa_update_choice *choice) {
  struct slots slots;
  read_slots(device, &slots);
  const uint32_t confirmed = find_confirmed(&slots);
  const uint32_t trial = find_trial(&slots, confirmed);
  /* a start that is not counted could be repeated for ever */
  const int32_t error = trial == IPA_FLASH_SLOTS ? 0 : ipa_slot_mark_trial(trial, slots.slot[trial].trials);
  if (trial != IPA_FLASH_SLOTS && error == 0) choose(choice, &slots, trial, true);
  else if (confirmed != IPA_FLASH_SLOTS) choose(choice, &slots, confirmed, false);
  else return error != 0 ? error : IPA_UPDATE_NO_MODULE;
  return 0;
}

int32_t ipa_update_confirm(struct ipa_update_choice *choice) {
  if (!choice->is_trial) return 0;
  const int32_t error = ipa_slot_mark_confirmed(choice->slot);
  if (error == 0) choice->is_trial = false;
  return error;
}

int32_t ipa_update_reject(const struct ipa_update_choice *choice) { return ipa_slot_mark_rejected(choice->slot); }
