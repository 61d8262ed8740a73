// SPDX-License-Identifier: Apache-2.0
// Which ES10 commands are the virtual ISD-R's: by tag, and by what a command asks for where the card has the function, too.

import { APDU } from '../abi/state';
import { derEnd, derLength, derTag, derValue, findTlv, readTlv } from '../wire/der-read';
import { hasIotTag } from './profile-list';
import { isResultNumber } from './results';

/** Second bytes of the tags that are always its own. */
function ownTags(): usize {
  return memory.data<u8>([0x51, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f, 0x64, 0x65, 0]);
}
const LAST_BLOCK: u32 = 0x91;

/** Looks at the first block of a command, in APDU. */
export function isFunction(): bool {
  const length: u32 = load<u8>(APDU, 4);
  if (length < 3 || load<u8>(APDU, 5) != 0xbf) return false;
  const tag: u32 = load<u8>(APDU, 6);
  for (let at = ownTags(); load<u8>(at); at++) if (load<u8>(at) == tag) return true;
  // what these ask for fits one block; else it is for the card to refuse
  if (load<u8>(APDU, 2) != LAST_BLOCK || readTlv(APDU + 5, APDU + 5 + length)) return false;
  switch (tag) {
    case 0x2b:
      return asksForResults(derValue, derEnd);
    case 0x30:
      return !findTlv(derValue, derEnd, 0x80) && isResultNumber(derValue, derLength);
    case 0x2d:
      return !findTlv(derValue, derEnd, 0x5c) && hasIotTag(derValue, derEnd);
  }
  return false;
}

/** BF2B{A0{82 00}}, or BF2B{A0{80 seq}} with a number of its own. */
function asksForResults(at: usize, end: usize): bool {
  if (findTlv(at, end, 0xa0) || readTlv(derValue, derEnd)) return false;
  return derTag == 0x82 || (derTag == 0x80 && isResultNumber(derValue, derLength));
}
