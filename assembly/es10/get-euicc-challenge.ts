// SPDX-License-Identifier: Apache-2.0
// ES10b.GetEUICCInfo1 and ES10b.GetEUICCChallenge (SGP.22 v2.5 §5.7.8, §5.7.7): what starts an RSP session.

import { ErrorCode } from '../abi/errors';
import { S } from '../abi/state';
import { cardSendEmpty } from '../wire/card-lane';
import { derEnd, derLength, derValue, expectTlv } from '../wire/der-read';
import { expectResponse } from './response';

const CHALLENGE_BYTES: u32 = 16;

/** Sends BF20. */
export function sendGetEuiccInfo1(): void {
  cardSendEmpty(0xbf20);
}

/** Keeps EUICCInfo1 as it came, in MESSAGE up to euiccInfoEnd. */
export function readEuiccInfo1(): i32 {
  const result = expectResponse(0xbf20);
  S.euiccInfoEnd = derEnd;
  S.keepEnd = derEnd;
  return result;
}

/** Sends BF2E; the eUICC forgets an earlier session. */
export function sendGetEuiccChallenge(): void {
  cardSendEmpty(0xbf2e);
}

/** Keeps the 16 bytes of BF2E{80 challenge} in MESSAGE behind EUICCInfo1. */
export function readEuiccChallenge(): i32 {
  let result = expectResponse(0xbf2e);
  if (!result) result = expectTlv(derValue, derEnd, 0x80);
  if (result) return result;
  if (derLength != CHALLENGE_BYTES) return ErrorCode.BadValue;
  memory.copy(S.keepEnd, derValue, CHALLENGE_BYTES);
  return 0;
}
