// SPDX-License-Identifier: Apache-2.0
// ES10c.GetEID (SGP.22 v2.5 §5.7.20) and the check digits of an EID (SGP.29 §3: modulo 97).

import { ErrorCode } from '../abi/errors';
import { HAS_STRICT_ANSWERS } from '../abi/features';
import { EID, S, SCRATCH } from '../abi/state';
import { cardSend } from '../wire/card-lane';
import { derLength, derValue, expectTlv } from '../wire/der-read';
import { putByteTlv, putHeader } from '../wire/der-write';
import { expectResponse } from './response';

const EID_BYTES: u32 = 16;

/** Sends BF3E{5C 5A}. */
export function sendGetEid(): void {
  cardSend(SCRATCH, putByteTlv(putHeader(SCRATCH, 0xbf3e, 3), 0x5c, 0x5a));
}

/** Whether the 32 digits at `eid` are a number that leaves 1 when divided by 97. */
export function isValidEid(eid: usize): bool {
  let remainder: u32 = 0;
  for (let at = eid; at < eid + EID_BYTES; at++) {
    const byte: u32 = load<u8>(at);
    if (byte >> 4 > 9 || (byte & 15) > 9) return false;
    remainder = (remainder * 100 + (byte >> 4) * 10 + (byte & 15)) % 97;
  }
  return remainder == 1;
}

/** Reads BF3E{5A EID} into EID. Returns 0, a wire error, or BadEid. */
export function readEid(): i32 {
  let result = expectResponse(0xbf3e);
  if (!result) result = expectTlv(derValue, S.collectAt, 0x5a);
  if (result) return result;
  if (derLength != EID_BYTES || (HAS_STRICT_ANSWERS && !isValidEid(derValue))) return ErrorCode.BadEid;
  memory.copy(EID, derValue, EID_BYTES);
  return 0;
}
