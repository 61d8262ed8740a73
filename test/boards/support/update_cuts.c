/* SPDX-License-Identifier: Apache-2.0 */
/* Power goes at every point of an update, from the first erasure to the confirmation: what starts afterwards must be the old module or the
 * new one, and the device must get to its end. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "update_flash_simulator.h"
#include "update_host.h"

/** Ways in which an operation is left: not begun, and mixtures. */
static const uint32_t SEEDS[] = {0, 1, 0x9e3779b9, 0x12345678};

/** One device, over its losses of power. */
struct life {
  struct host_bytes old_module, new_module;
  struct host_bytes container;
  bool is_good;
  uint32_t old_sequence, new_sequence;
};

static struct life life;

static void insist(bool holds, const char *what, uint32_t first, uint32_t second, uint32_t seed) {
  if (holds) return;
  fprintf(stderr, "cuts: %s, when power goes at operation %u and %u, seed %u\n", what, first, second, seed);
  abort();
}

/** Where the module begins in a container, and which it is. */
static struct host_bytes module_of(struct host_bytes container, uint32_t *sequence) {
  struct ipa_container head;
  struct ipa_manifest manifest;
  if (ipa_container_read(container.bytes, container.length, &head) != 0 || ipa_manifest_read(&head, &manifest) != 0) abort();
  *sequence = manifest.sequence;
  return (struct host_bytes){.bytes = container.bytes + head.length, .length = manifest.module_bytes};
}

static bool has_started(const struct ipa_update_choice *choice, struct host_bytes module, uint32_t sequence) {
  return choice->sequence == sequence && choice->module_bytes == module.length &&
         memcmp(ipa_flash_map(choice->slot, choice->module_offset), module.bytes, module.length) == 0;
}

/** What a device does between power-on and the next reset. Returns whether there is nothing left to do. */
static bool live(uint32_t first, uint32_t second, uint32_t seed) {
  struct ipa_update_choice choice;
  insist(ipa_update_choose(&host_device, &choice) == 0, "no module", first, second, seed);
  const bool is_new = has_started(&choice, life.new_module, life.new_sequence);
  insist(is_new || has_started(&choice, life.old_module, life.old_sequence), "neither old nor new", first, second, seed);
  insist(is_new || !choice.is_trial, "the old module is on trial", first, second, seed);
  if (is_new && !choice.is_trial) return true;
  if (is_new) {
    insist((life.is_good ? ipa_update_confirm(&choice) : ipa_update_reject(&choice)) == 0, "no mark", first, second, seed);
    return false;
  }
  const int32_t taken = host_take(&choice, life.container, 64);
  insist(taken == 0 || taken == IPA_UPDATE_NOT_NEWER, "refused", first, second, seed);
  return taken != 0;
}

/** Lives until nothing is left to do; power goes at operation `first`, and after that at operation `second`. */
static void live_on(uint32_t first, uint32_t second, uint32_t seed) {
  volatile uint32_t cuts = 0;
  simulator_cut(first, seed);
  if (setjmp(simulator_power_off) != 0) {
    cuts++;
    simulator_cut(cuts == 1 ? second : UINT32_MAX, seed);
  }
  for (volatile uint32_t starts = 0; !live(first, second, seed); starts++) insist(starts < 16, "no end", first, second, seed);
  simulator_cut(UINT32_MAX, 0);
  struct ipa_update_choice choice;
  insist(ipa_update_choose(&host_device, &choice) == 0, "no module in the end", first, second, seed);
  const bool is_new = has_started(&choice, life.new_module, life.new_sequence);
  insist(!choice.is_trial && is_new == life.is_good, "the wrong module in the end", first, second, seed);
}

void host_cuts(char **words) {
  static struct simulator_image before;
  struct host_bytes old_container = host_bytes_of(words[2]);
  life.container = host_bytes_of(words[3]);
  life.is_good = words[1][0] == '1';
  life.old_module = module_of(old_container, &life.old_sequence);
  life.new_module = module_of(life.container, &life.new_sequence);
  const bool twice = words[4][0] == '1';
  memcpy(&before, simulator_image(), sizeof before);
  live_on(UINT32_MAX, UINT32_MAX, 0);
  memcpy(simulator_image(), &before, sizeof before);
  simulator_cut(UINT32_MAX, 0);
  while (!live(0, 0, 0)) continue;
  const uint32_t operations = simulator_operations();
  uint32_t losses = 0;
  for (uint32_t first = 0; first < operations; first++)
    for (uint32_t second = 0; second < (twice ? operations : 1); second++)
      for (uint32_t seed = 0; seed < (twice ? 2 : sizeof SEEDS / sizeof *SEEDS); seed++) {
        memcpy(simulator_image(), &before, sizeof before);
        live_on(first, twice ? second : UINT32_MAX, SEEDS[twice ? 2 * seed : seed]);
        losses += twice ? 2 : 1;
      }
  memcpy(simulator_image(), &before, sizeof before);
  printf("%u %u\n", operations, losses);
  free(old_container.bytes);
  free(life.container.bytes);
}
