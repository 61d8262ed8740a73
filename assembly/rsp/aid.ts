// SPDX-License-Identifier: Apache-2.0
// The AID of ISD-R, and what those of ISD-Ps have in common with it (SGP.02 §2.2.3).

import { sameBytes } from '../wire/bytes';

export const ISDR_AID: usize = memory.data<u8>([0xa0, 0, 0, 0x05, 0x59, 0x10, 0x10, 0xff, 0xff, 0xff, 0xff, 0x89, 0, 0, 0x01, 0]);
export const AID_BYTES: u32 = 16;
/** Where the two bytes stand in which ISD-Ps differ. */
export const PROFILE_NUMBER_AT: u32 = 13;

/** Whether this is the AID of an ISD-P: that of ISD-R but for two bytes, with 00 behind them. */
export function isProfileAid(at: usize, length: u32): bool {
  return length == AID_BYTES && sameBytes(at, ISDR_AID, PROFILE_NUMBER_AT) && !load<u8>(at, 15);
}
