// SPDX-License-Identifier: Apache-2.0
// ES10c.GetProfilesInfo (SGP.22 v2.5 §5.7.15), as far as the download needs it: is an operational profile installed?

import { SCRATCH } from '../abi/state';
import { cardSend } from '../wire/card-lane';
import { derEnd, derLength, derValue, findTlv } from '../wire/der-read';
import { putByteTlv, putHeader } from '../wire/der-write';
import { expectResponse } from './response';

const OPERATIONAL: u32 = 2;

/** Sends BF2D{A0{95 operational}, 5C 5A}. */
export function sendListOperationalProfiles(): void {
  let at = putHeader(putHeader(SCRATCH, 0xbf2d, 8), 0xa0, 3);
  at = putByteTlv(at, 0x95, OPERATIONAL);
  cardSend(SCRATCH, putByteTlv(at, 0x5c, 0x5a));
}

/** Reads BF2D{A0{E3 …}}. Returns 0 when there is none, 1 when there is one, or a wire error. */
export function readHasOperationalProfile(): i32 {
  let result = expectResponse(0xbf2d);
  if (!result) result = findTlv(derValue, derEnd, 0xa0);
  return result ? result : derLength ? 1 : 0;
}
