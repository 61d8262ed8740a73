// SPDX-License-Identifier: Apache-2.0
// The profile an ES10c function is for, named by ICCID or by the AID of its ISD-P (SGP.22 v2.5 §5.7.16 to §5.7.18).
import { CodecError, child, type Tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import type { NonVolatileMemory, StoredProfile } from '../state/non-volatile.js';
import { octets } from './elements.js';
import { findProfile } from './identifiers.js';

/** Finds the profile by `4F` or `5A` among the children of `choice`. Throws CodecError when neither is there or it has an impossible length. */
export function identifiedProfile(memory: NonVolatileMemory, choice: Tlv): StoredProfile | undefined {
  if (child(choice, 0x5a)) return findProfile(memory, octets(choice, 0x5a, 10));
  if (child(choice, 0x4f) === undefined) throw new CodecError('a profile is identified by 4F or 5A');
  const aid = octets(choice, 0x4f, 5, 16);
  return memory.profiles.find((profile) => equal(profile.aid, aid));
}
