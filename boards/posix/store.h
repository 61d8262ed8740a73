/* SPDX-License-Identifier: Apache-2.0 */
/* The state region over runs: a file with the checksum of the module that it belongs to (assembly/ABI.md, State). */
#ifndef IPA_POSIX_STORE_H
#define IPA_POSIX_STORE_H

#include <stdbool.h>
#include <stdint.h>

#define SHA256_BYTES (32)

/** Says which module runs: the SHA-256 of its .wasm file, also where it was translated to C. */
void store_set_module(const uint8_t sha256[SHA256_BYTES]);

/** What came of reading the file. */
enum store_outcome {
  /** There is no file yet, or none was asked for: a fresh start. */
  STORE_EMPTY,
  STORE_RESTORED,
  /** It is not used, and not touched: last_problem tells why. */
  STORE_REFUSED,
};

/** Puts the state of the file into the instance that was started; refuses also a file that could not be written later. */
enum store_outcome store_restore(void);

/** Stores the state of the instance. Returns false when it cannot; last_problem tells why. */
bool store_save(void);

#endif
