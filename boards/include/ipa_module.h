/* SPDX-License-Identifier: Apache-2.0 */
/* The module, whichever way it runs: runtime/native, runtime/wasm3 and runtime/wamr each implement these functions. Their meaning is that of
 * the exports of the same names (assembly/ABI.md). One instance, no threads: call them from one task, and not from interrupts. */
#ifndef IPA_MODULE_H
#define IPA_MODULE_H

#include <stdint.h>

#include "ipa_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Errors of the host side, below those of the module (enum ipa_error). */
enum ipa_host_error {
  /** The module has trapped: start it again; the command is lost, what is owed is in the state that was stored. */
  IPA_HOST_TRAPPED = -256,
  /** Not a module that this runtime can run: not WebAssembly, damaged, or of another interface version. */
  IPA_HOST_BAD_MODULE = -257,
  /** The runtime has too little memory for this module. */
  IPA_HOST_NO_MEMORY = -258,
  /** The eUICC answers command Es10 with more bytes than there is room for. */
  IPA_HOST_ANSWER_TOO_LONG = -259,
  /** The stored state is of another build or form of the module, or damaged. */
  IPA_HOST_BAD_STATE = -260,
};

/**
 * Makes a fresh instance; one that runs is dropped. `wasm` is the module for the interpreters, which may need it for as long as the
 * instance lives, and NULL for what is translated to C. Returns 0 or an ipa_host_error. Does not block.
 */
int32_t ipa_start(const uint8_t *wasm, uint32_t length);

/** What to do next: an ipa_action, or IPA_HOST_TRAPPED. `now_ms`: any clock that runs on, modulo 2^32. */
int32_t ipa_poll(uint32_t now_ms);

/** The argument of the last action. */
int32_t ipa_argument(void);

/** The bytes of the last action, inside the module's memory; they are read only, until the event that answers the action. */
const uint8_t *ipa_data(uint32_t *length);

/** Where the bytes of an event go before it is told, and how many there may be: 0 when the module has no room now. */
uint8_t *ipa_window(int32_t kind, uint32_t *size);

/** Tells what happened: bytes taken, or an ipa_error, or IPA_HOST_TRAPPED. */
int32_t ipa_event(int32_t kind, int32_t argument, uint32_t length);

/** The state region, to save after any call, and to overwrite right after ipa_start. */
uint8_t *ipa_state(uint32_t *size);

#ifdef __cplusplus
}
#endif

#endif
