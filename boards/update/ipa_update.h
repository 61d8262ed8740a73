/* SPDX-License-Identifier: Apache-2.0 */
/* Takes a new module in the field: two slots in flash, one to run from and one to write to. UPDATE.md has the states and what is promised.
 *
 *   struct ipa_update_choice choice;
 *   int32_t error = ipa_update_start(&device, &choice);             // choose, start, self-test, go back if need be (ipa_update_start.c)
 *
 *   ipa_update_begin(&update, &device, &choice);                    // a container comes, in pieces of any size
 *   while (error == 0 && (length = read(bytes)) > 0) error = ipa_update_receive(&update, bytes, length);
 *   if (error == 0) error = ipa_update_finish(&update);             // 0: reset now, and the new module is tried
 *
 * All of it blocks for as long as flash and signature take, allocates nothing, and is called from one task. */
#ifndef IPA_UPDATE_H
#define IPA_UPDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "ipa_container.h"
#include "ipa_flash.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How often a module on trial is started, at most, before the device goes back to the old one. */
#define IPA_UPDATE_TRIALS (3u)

/** What the firmware knows of itself. Stays as it is. */
struct ipa_update_device {
  /** The variant that it is built for: "ipad-min". */
  const char *variant;
  /** Keys whose modules it takes. */
  const struct ipa_update_key *keys;
  uint32_t key_count;
  /** What its runtime has: bits of ipa_update_feature. */
  uint32_t features;
  /** Linear memory that it has for a module, in bytes. */
  uint32_t memory_bytes;
  /** The oldest module that it still starts, by its sequence: a number from the firmware, or a counter that cannot go back. 0: any. */
  uint32_t minimum_sequence;
};

/** A module to start. */
struct ipa_update_choice {
  uint32_t slot;
  /** Where the module begins in its slot, and how long it is. */
  uint32_t module_offset;
  uint32_t module_bytes;
  uint32_t sequence;
  /** Not yet confirmed: self-test first, then ipa_update_confirm or ipa_update_reject. */
  bool is_trial;
};

/** A container that is being received. Some 400 bytes, where the caller wants them; its members are nobody else's business. */
struct ipa_update {
  const struct ipa_update_device *device;
  int32_t error;
  uint32_t slot;
  /** A container with a sequence up to this is refused. */
  uint32_t newest_sequence;
  /** 0 until the head is whole and believed. */
  uint32_t head_length;
  uint32_t received_bytes;
  uint32_t module_bytes;
  uint8_t head[IPA_CONTAINER_HEAD_BYTES];
  /** What does not fill a unit of programming yet. */
  uint8_t unit[IPA_FLASH_MAX_PROGRAM_BYTES];
};

/** Bytes at the beginning of a slot that no module is in: head and marks, as whole sectors. */
uint32_t ipa_update_head_bytes(void);

/**
 * Chooses the module to start: signature, digest, interface and all else that was checked when it came are checked again. Counts the start
 * of a module on trial in flash, so call it once for each start. Returns 0, IPA_UPDATE_NO_MODULE or IPA_UPDATE_FLASH_FAILED.
 */
int32_t ipa_update_choose(const struct ipa_update_device *device, struct ipa_update_choice *choice);

/** The module works: it is the one to start from now on. Returns 0 or IPA_UPDATE_FLASH_FAILED: then it stays on trial. */
int32_t ipa_update_confirm(struct ipa_update_choice *choice);

/** The module does not work: it is never started again. Returns 0 or IPA_UPDATE_FLASH_FAILED. */
int32_t ipa_update_reject(const struct ipa_update_choice *choice);

/**
 * Begins to receive a container. `running` is what runs now, NULL when nothing does. Nothing is written before the head is believed.
 * Returns 0 or IPA_UPDATE_ON_TRIAL.
 */
int32_t ipa_update_begin(struct ipa_update *update, const struct ipa_update_device *device, const struct ipa_update_choice *running);

/**
 * Takes the next piece, of any length. Returns 0, or the ipa_update_error by which the container is refused; then, and in all further
 * calls, nothing more is written, and the running module is as it was.
 */
int32_t ipa_update_receive(struct ipa_update *update, const uint8_t *bytes, uint32_t length);

/** No more pieces come: checks the module as it lies in flash, and puts it on trial. Returns 0, or why not; then the slot stays empty. */
int32_t ipa_update_finish(struct ipa_update *update);

#ifdef __cplusplus
}
#endif

#endif
