// SPDX-License-Identifier: Apache-2.0
// StoreMetadataRequest as it stands in a bound profile package: 88 elements with pieces of BF25, each with 8 bytes of MAC behind
// it (SGP.22 v2.5 §2.5.4, §5.5.3). It must be the profile that AuthenticateClient announced (§3.1.3).

import { ErrorCode } from '../abi/errors';
import { MESSAGE_END, METADATA, S } from '../abi/state';
import { sameBytes } from '../wire/bytes';
import { derEnd, derLength, derStart, derTag, derValue, expectTlv, findTlv, readTlv } from '../wire/der-read';

const MAC_BYTES: u32 = 8;

/** Puts the pieces in A1 between `at` and `end` together behind `to`. Returns the end, or 0 when they are none or do not fit. */
function join(at: usize, end: usize, to: usize): usize {
  while (at < end) {
    if (expectTlv(at, end, 0x88) || derLength < MAC_BYTES) return 0;
    const length = derLength - MAC_BYTES;
    if (MESSAGE_END - to < length) return 0;
    memory.copy(to, derValue, length);
    to += length;
    at = derEnd;
  }
  return to;
}

/** Whether what is compared of the metadata is in both the same: each element kept of the announced ones, in the contents from `at` to `end`. */
function areSame(at: usize, end: usize): bool {
  const last = METADATA + S.metadataLength;
  for (let kept = METADATA; kept < last; ) {
    if (readTlv(kept, last)) return false;
    const tag = derTag;
    const start = derStart;
    const length = derEnd - derStart;
    kept = derEnd;
    // profileClass has a default and may be left out on one side
    if (tag == 0x95) continue;
    if (findTlv(at, end, tag) || derEnd - derStart != length || !sameBytes(derStart, start, length)) return false;
  }
  // rules that were not announced were not judged
  return !findTlv(METADATA, last, 0x99) || findTlv(at, end, 0x99) != 0;
}

/** Compares the metadata in the beginning of a package, BF36 header, BF23, A0, A1, between `at` and `end`. Returns 0, MetadataMismatch or MessageTooLong. */
export function isAnnouncedProfile(at: usize, end: usize): i32 {
  // the header of BF36 is longer than what is gathered of it
  at += S.replayHeader;
  if (findTlv(at, end, 0xa1)) return ErrorCode.MetadataMismatch;
  const joined = join(derValue, derEnd, end);
  if (!joined) return ErrorCode.MessageTooLong;
  if (expectTlv(end, joined, 0xbf25)) return ErrorCode.MetadataMismatch;
  return areSame(derValue, derEnd) ? 0 : ErrorCode.MetadataMismatch;
}
