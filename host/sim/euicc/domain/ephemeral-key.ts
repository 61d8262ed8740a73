// SPDX-License-Identifier: Apache-2.0
// The eUICC's one-time keys for the key agreement with an SM-DP+, and the one it keeps for a server that wants to bind to it again
// (SGP.22 v2.5 §5.7.5).
import { equal } from '../../codec/bytes.js';
import { EphemeralKey } from '../../crypto/key-agreement.js';
import type { RandomSource } from '../random.js';
import type { Euicc } from '../state/euicc.js';

const SCALAR_BYTES = 32;

/** The kept key when `wantedPoint` is its public point and it was made for the same SM-DP+; otherwise a new one, which is kept from now on. */
export function ephemeralKeyFor(euicc: Euicc, smdpOid: Uint8Array, wantedPoint: Uint8Array | undefined): EphemeralKey {
  const { memory } = euicc;
  if (memory.retainedKey && wantedPoint && equal(memory.retainedKey.smdpOid, smdpOid)) {
    const kept = new EphemeralKey(memory.retainedKey.privateScalar);
    if (equal(kept.publicPoint, wantedPoint)) return kept;
  }
  const { scalar, key } = drawKey(euicc.settings.random);
  memory.retainedKey = { smdpOid, privateScalar: scalar };
  return key;
}

function drawKey(random: RandomSource): { scalar: Uint8Array; key: EphemeralKey } {
  for (;;) {
    const scalar = random(SCALAR_BYTES);
    try {
      return { scalar, key: new EphemeralKey(scalar) };
    } catch {
      // Zero, or not below the order of the curve: draw again.
    }
  }
}
