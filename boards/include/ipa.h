/* SPDX-License-Identifier: Apache-2.0 */
/* The loop between module and port, and how a command is put together: all that an application calls.
 *
 *   uint8_t options[64];
 *   struct ipa_options writer = ipa_options_begin(options, sizeof options, IPA_COMMAND_POLL);
 *   ipa_option_number(&writer, IPA_OPTION_CARD_LINK, 1, IPA_CARD_LINK_AT);
 *   struct ipa_job job = { .options = options, .options_length = writer.length };
 *   int32_t error = ipa_start(wasm, wasm_length);
 *   if (error == 0) error = ipa_run(&job);
 *   if (error == 0) installed = ipa_summary(IPA_SUMMARY_PROFILES_INSTALLED);
 */
#ifndef IPA_H
#define IPA_H

#include <stdint.h>

#include "ipa_abi.h"
#include "ipa_module.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One command, and what it brings. Everything it points at stays as it is until the command is over. */
struct ipa_job {
  /** Option TLVs. */
  const uint8_t *options;
  uint32_t options_length;
  /** The ES10 request of command Es10, or the AddInitialEimRequest of a blank eUICC; NULL: none. */
  const uint8_t *request;
  uint32_t request_length;
  /** Where the eUICC's answer to command Es10 goes; NULL: it is dropped. */
  uint8_t *answer;
  uint32_t answer_capacity;
  /** Set by the loop. */
  uint32_t answer_length;
  /**
   * Says whether a profile may be installed: `offer` has the TLVs of action Consent. Returns an ipa_consent_answer. NULL: every profile may,
   * unless a confirmation code is required, which postpones it.
   */
  int32_t (*consent)(const uint8_t *offer, uint32_t length);
};

/** What ipa_port_log is told. */
enum ipa_log {
  /** A command begins. Argument: 0. */
  IPA_LOG_BEGIN = 0,
  /** A command is over. Argument: 0 or the error. */
  IPA_LOG_END = 1,
  /** An action of the module is performed. Argument: its ipa_action. */
  IPA_LOG_ACTION = 2,
  /** The state could not be stored. Argument: what the port said. */
  IPA_LOG_NOT_STORED = 3,
  /** A datagram came that the module has no place for or that is too long: it is dropped. Argument: its length. */
  IPA_LOG_DATAGRAM_DROPPED = 4,
};

/** Runs a command to its end. Blocks in ipa_port_wait alone. Returns 0, the first error of the command (enum ipa_error), or an ipa_host_error. */
int32_t ipa_run(struct ipa_job *job);

/**
 * For devices with a scheduler of their own: ipa_begin, then ipa_step until it says IPA_STEP_DONE, whenever something may have happened, and
 * after the milliseconds it says at the latest.
 */
int32_t ipa_begin(struct ipa_job *job);
/** Does what can be done now. Returns milliseconds until it must be called again, IPA_STEP_WAIT, or IPA_STEP_DONE. Does not wait. */
int32_t ipa_step(void);
/** Only something that happens needs the next step. */
#define IPA_STEP_WAIT (-1)
/** The command is over: ipa_result tells how. */
#define IPA_STEP_DONE (-2)
/** How the last command ended: as ipa_run returns it. */
int32_t ipa_result(void);

/**
 * Puts a stored state into the instance that ipa_start has just made. The first command after a loss of power then has IPA_OPTION_RESTART.
 * Returns 0, or IPA_HOST_BAD_STATE when it is of another size or interface version: then the instance is as it was. That it belongs to
 * the same build and form of the module is for the port to know, by the checksum it keeps beside it.
 */
int32_t ipa_restore(const uint8_t *state, uint32_t length);

/** A number of the summary of the command that ended last (tags in enum ipa_summary), 0 when it is not there. Valid until the next command. */
int32_t ipa_summary(int32_t tag);

/** Writes option TLVs into a buffer of the caller. */
struct ipa_options {
  uint8_t *bytes;
  uint32_t capacity;
  /** Bytes written; larger than `capacity` when they did not fit, and then ipa_run refuses the command. */
  uint32_t length;
};

/** Begins a command's options. */
struct ipa_options ipa_options_begin(uint8_t *bytes, uint32_t capacity, int32_t command);
/** An option whose value is a number of `size` bytes, big endian. */
void ipa_option_number(struct ipa_options *options, int32_t tag, uint32_t size, uint32_t value);
/** An option whose value is bytes, at most 127 of them; longer ones are written by hand. */
void ipa_option_bytes(struct ipa_options *options, int32_t tag, const uint8_t *value, uint32_t length);

#ifdef __cplusplus
}
#endif

#endif
