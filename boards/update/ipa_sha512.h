/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-512 (FIPS 180-4): the hash of Ed25519, and for that reason the digest of the module, too. */
#ifndef IPA_SHA512_H
#define IPA_SHA512_H

#include <stdint.h>

#define IPA_SHA512_BYTES (64u)
#define IPA_SHA512_BLOCK_BYTES (128u)

/** A hash in progress. Lives where the caller wants it; no resources belong to it. */
struct ipa_sha512 {
  uint64_t state[8];
  /** Bytes hashed so far; less than 2^32. */
  uint32_t length;
  uint8_t block[IPA_SHA512_BLOCK_BYTES];
};

/** Begins. */
void ipa_sha512_begin(struct ipa_sha512 *hash);
/** Adds bytes; `bytes` may be NULL when there are none. */
void ipa_sha512_add(struct ipa_sha512 *hash, const uint8_t *bytes, uint32_t length);
/** Ends, and gives the digest. */
void ipa_sha512_end(struct ipa_sha512 *hash, uint8_t digest[IPA_SHA512_BYTES]);

#endif
