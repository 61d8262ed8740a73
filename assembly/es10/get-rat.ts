// SPDX-License-Identifier: Apache-2.0
// ES10b.GetRAT (SGP.22 v2.5 §5.7.22) and the judgement of a profile's policy rules by it (§2.9.3). The metadata of the profile
// is at METADATA, the table in MESSAGE.

import { METADATA, S } from '../abi/state';
import { cardSendEmpty } from '../wire/card-lane';
import { derEnd, derEquals, derLength, derValue, expectTlv, findTlv, readTlv } from '../wire/der-read';
import { expectResponse } from './response';

/** Bits of PprIds as they stand in the byte behind the number of unused bits. */
export const PPR1: u32 = 0x40;
const PPR2: u32 = 0x20;
const UPDATE_CONTROL: u32 = 0x80;

/** Bits of a BIT STRING of one byte in the element just read; more than 8 bits give an unknown one. */
function namedBits(): u32 {
  return derLength < 2 ? 0 : derLength > 2 ? 1 : load<u8>(derValue, 1);
}

/** The profile's rules: bits of PprIds; 0: none. */
export function profilePolicyRules(): u32 {
  return findTlv(METADATA, METADATA + S.metadataLength, 0x99) ? 0 : namedBits();
}

/** Whether rules can be judged at all: none is unknown, and the profile names its owner. */
export function areRulesKnown(rules: u32): bool {
  return !(rules & ~(PPR1 | PPR2 | UPDATE_CONTROL)) && !findTlv(METADATA, METADATA + S.metadataLength, 0xb7);
}

/** Sends BF43. */
export function sendGetRat(): void {
  cardSendEmpty(0xbf43);
}

let ownerAt: usize = 0;
let ownerEnd: usize = 0;

/** Whether two nibbles of mccMnc match: E in the table stands for any digit. */
function sameDigits(pattern: u32, digits: u32): bool {
  const high = pattern >> 4 == 14 || pattern >> 4 == digits >> 4;
  return high && ((pattern & 15) == 14 || (pattern & 15) == (digits & 15));
}

/** gid1 or gid2 of an operator in the table against the owner's: absent only matches absent, empty matches anything. */
function sameGroup(at: usize, end: usize, tag: u32): bool {
  const inTable = !findTlv(at, end, tag);
  const value = derValue;
  const length = derLength;
  if (inTable && !length) return true;
  const inOwner = !findTlv(ownerAt, ownerEnd, tag);
  return inTable == inOwner && (!inTable || derEquals(value, length));
}

/** Whether the OperatorId between `at` and `end` is the owner of the profile. */
function isOwner(at: usize, end: usize): bool {
  if (findTlv(ownerAt, ownerEnd, 0x80) || derLength != 3) return false;
  const owner = derValue;
  if (findTlv(at, end, 0x80) || derLength != 3) return false;
  for (let i: u32 = 0; i < 3; i++) if (!sameDigits(load<u8>(derValue + i), load<u8>(owner + i))) return false;
  return sameGroup(at, end, 0x81) && sameGroup(at, end, 0x82);
}

/** Whether one of the operators between `at` and `end` is the owner. */
function isOwnerAmong(at: usize, end: usize): bool {
  while (at < end) {
    if (readTlv(at, end)) return false;
    at = derEnd;
    if (isOwner(derValue, derEnd)) return true;
  }
  return false;
}

/** The first rule of the table between `at` and `end` that allows `rule` to the owner. Returns 1 with consent, 0 without, -1 when there is none. */
function judge(at: usize, end: usize, rule: u32): i32 {
  while (at < end) {
    if (expectTlv(at, end, 0x30)) return -1;
    const first = derValue;
    const last = derEnd;
    at = last;
    if (findTlv(first, last, 0x80) || !(namedBits() & rule) || findTlv(first, last, 0xa1) || !isOwnerAmong(derValue, derEnd)) continue;
    return !findTlv(first, last, 0x82) && namedBits() & 0x80 ? 1 : 0;
  }
  return -1;
}

/** Judges `rules` by BF43{A0{…}} in MESSAGE. Returns 0 allowed, 1 allowed with consent, 2 not allowed, or a wire error. */
export function judgeRules(rules: u32): i32 {
  let result = expectResponse(0xbf43);
  if (!result) result = findTlv(derValue, derEnd, 0xa0);
  if (result) return result;
  const at = derValue;
  const end = derEnd;
  findTlv(METADATA, METADATA + S.metadataLength, 0xb7);
  ownerAt = derValue;
  ownerEnd = derEnd;
  let consent = 0;
  for (let rule = PPR2; rule <= PPR1; rule <<= 1) {
    if (!(rules & rule)) continue;
    const judged = judge(at, end, rule);
    if (judged < 0) return 2;
    consent |= judged;
  }
  return consent;
}
