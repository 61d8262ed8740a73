/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a module works on this device, found out without a modem, a card or a network: what a new one must pass before it is kept. */
#ifndef IPA_SELF_TEST_H
#define IPA_SELF_TEST_H

#include <stdint.h>

#include "ipa_module.h"
#include "ipa_update.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Why a module has failed. Below ipa_update_error. */
enum ipa_self_test_error {
  /** It gives another answer than it must to an option or event that is wrong, or refuses what is right. */
  IPA_SELF_TEST_WRONG_ANSWER = -576,
  /** It asks for something that must not come here. */
  IPA_SELF_TEST_WRONG_ACTION = -577,
  /** What it writes to the modem is not an AT command, or not the one that must come. */
  IPA_SELF_TEST_WRONG_COMMAND = -578,
  /** A command ended, but not as it must with such a modem or card. */
  IPA_SELF_TEST_WRONG_RESULT = -579,
  /** A command does not end. */
  IPA_SELF_TEST_ENDLESS = -580,
  /** The device has too little memory to read the module into. */
  IPA_SELF_TEST_NO_ROOM = -581,
};

/**
 * Starts the module and tries it: refusals of options and events; a card that is no eUICC, behind a modem that works; a modem that
 * refuses, one that says nothing, one that never stops. Time is simulated, so that it takes what the processor takes, some hundred calls.
 * Returns 0, an ipa_host_error (it does not start, it traps), or an ipa_self_test_error. A module that hangs does not return: that is what
 * the watchdog is for. What runs afterwards is an instance that must not be used: ipa_start again.
 */
int32_t ipa_self_test(const uint8_t *wasm, uint32_t length);

/** Where a module goes that cannot be read in place; `bytes` NULL where it can (ipa_flash_map). */
struct ipa_update_ram {
  uint8_t *bytes;
  uint32_t capacity;
};

/**
 * Chooses a module (ipa_update_choose), lets one on trial test itself, confirms or rejects it, and goes on to the next one until one is
 * started. Returns 0 with the instance fresh and `choice` set, which is still on trial when the flash did not take the confirmation; or
 * IPA_UPDATE_NO_MODULE, IPA_UPDATE_FLASH_FAILED, or what a confirmed module could not be started for. `failure` is set to the reason when a
 * module on trial fails, and left alone otherwise.
 */
int32_t ipa_update_start(
  const struct ipa_update_device *device, const struct ipa_update_ram *ram, struct ipa_update_choice *choice, int32_t *failure);

#ifdef __cplusplus
}
#endif

#endif
