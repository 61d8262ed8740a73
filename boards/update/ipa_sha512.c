/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-512 as FIPS 180-4 has it in §6.4, written for little RAM and flash: the message schedule is a ring of 16 words. */

#include "ipa_sha512.h"

#include <string.h>

/** Of the cube roots of the first 80 primes, the first 64 bits behind the point (FIPS 180-4 §4.2.3). */
static const uint64_t ROUND_CONSTANTS[80] = {
  0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
  0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
  0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
  0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
  0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
  0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
  0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
  0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
  0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
  0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
  0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
  0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
  0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
  0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
  0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
  0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
  0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
  0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
  0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
  0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/** Of the square roots of the first 8 primes (§5.3.5). */
static const uint64_t INITIAL_STATE[8] = {
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
  0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static uint64_t rotated(uint64_t word, unsigned by) { return (word >> by) | (word << (64 - by)); }

static uint64_t read_word(const uint8_t *bytes) {
  uint64_t word = 0;
  for (unsigned at = 0; at < 8; at++) word = (word << 8) | bytes[at];
  return word;
}

/** The message schedule goes on: word `round` takes the place of the one 16 rounds before. */
static void extend(uint64_t *ring, unsigned round) {
  const uint64_t early = ring[(round + 1) & 15], late = ring[(round + 14) & 15];
  const uint64_t sigma0 = rotated(early, 1) ^ rotated(early, 8) ^ (early >> 7);
  const uint64_t sigma1 = rotated(late, 19) ^ rotated(late, 61) ^ (late >> 6);
  ring[round & 15] += sigma0 + ring[(round + 9) & 15] + sigma1;
}

/** §6.4.2. The eight variables are a ring, too, so that none of them is moved. */
static void compress(uint64_t *state, const uint8_t *block) {
  uint64_t ring[16], v[8];
  for (unsigned at = 0; at < 16; at++) ring[at] = read_word(block + 8 * at);
  memcpy(v, state, sizeof v);
  for (unsigned round = 0; round < 80; round++) {
    if (round >= 16) extend(ring, round);
    const unsigned shift = 80 - round; /* v[(shift + n) & 7] is the variable that the standard calls a + n */
    const uint64_t a = v[shift & 7], b = v[(shift + 1) & 7], c = v[(shift + 2) & 7];
    const uint64_t e = v[(shift + 4) & 7], f = v[(shift + 5) & 7], g = v[(shift + 6) & 7];
    const uint64_t sum1 = rotated(e, 14) ^ rotated(e, 18) ^ rotated(e, 41);
    const uint64_t first = v[(shift + 7) & 7] + sum1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[round] + ring[round & 15];
    const uint64_t sum0 = rotated(a, 28) ^ rotated(a, 34) ^ rotated(a, 39);
    v[(shift + 3) & 7] += first;
    v[(shift + 7) & 7] = first + sum0 + ((a & b) ^ (a & c) ^ (b & c));
  }
  for (unsigned at = 0; at < 8; at++) state[at] += v[at];
}

void ipa_sha512_begin(struct ipa_sha512 *hash) {
  memcpy(hash->state, INITIAL_STATE, sizeof hash->state);
  hash->length = 0;
}

void ipa_sha512_add(struct ipa_sha512 *hash, const uint8_t *bytes, uint32_t length) {
  while (length > 0) {
    const uint32_t filled = hash->length % IPA_SHA512_BLOCK_BYTES;
    const uint32_t room = IPA_SHA512_BLOCK_BYTES - filled;
    const uint32_t taken = length < room ? length : room;
    memcpy(hash->block + filled, bytes, taken);
    hash->length += taken;
    bytes += taken;
    length -= taken;
    if (taken == room) compress(hash->state, hash->block);
  }
}

void ipa_sha512_end(struct ipa_sha512 *hash, uint8_t digest[IPA_SHA512_BYTES]) {
  static const uint8_t END[136] = {0x80};
  uint8_t bits[8];
  const uint64_t count = (uint64_t)hash->length * 8;
  for (unsigned at = 0; at < 8; at++) bits[at] = (uint8_t)(count >> (56 - 8 * at));
  /* one byte 80, zeros, and the length in bits as 16 bytes, of which the first 8 are zeros as well */
  const uint32_t filled = hash->length % IPA_SHA512_BLOCK_BYTES;
  ipa_sha512_add(hash, END, (filled < 112 ? 120 : 248) - filled);
  ipa_sha512_add(hash, bits, sizeof bits);
  for (unsigned at = 0; at < IPA_SHA512_BYTES; at++) digest[at] = (uint8_t)(hash->state[at / 8] >> (56 - 8 * (at % 8)));
}
