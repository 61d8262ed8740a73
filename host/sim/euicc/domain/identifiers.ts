// SPDX-License-Identifier: Apache-2.0
// EID and ISD-P AIDs, and finding a profile by its ICCID (SGP.22 v2.5 §4.2).
import { equal, fromHex } from '../../codec/bytes.js';
import type { NonVolatileMemory, StoredProfile } from '../state/non-volatile.js';

/** The 16 bytes of an EID; throws RangeError when it is not 32 digits. */
export function eidBytes(eid: string): Uint8Array {
  if (!/^\d{32}$/.test(eid)) throw new RangeError(`an EID has 32 digits: ${eid}`);
  return fromHex(eid);
}

/** The profile with this ICCID, if it is installed. */
export function findProfile(memory: NonVolatileMemory, iccid: Uint8Array): StoredProfile | undefined {
  return memory.profiles.find((profile) => equal(profile.iccid, iccid));
}

/** The lowest ISD-P AID not in use: A000…8900001000, …1100, …1200 and so on. */
export function freeIsdpAid(memory: NonVolatileMemory): Uint8Array {
  for (let number = 0x1000; ; number += 0x100) {
    const aid = fromHex(`A0000005591010FFFFFFFF89${number.toString(16).padStart(8, '0')}`);
    if (!memory.profiles.some((profile) => equal(profile.aid, aid))) return aid;
  }
}
