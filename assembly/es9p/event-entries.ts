// SPDX-License-Identifier: Apache-2.0
// Events of an SM-DS (SGP.22 v2.5 §5.8.2): each names an SM-DP+ and the event by which it knows the profile.

import { ErrorCode } from '../abi/errors';
import { ACTIVATION_CODE_BYTES } from '../abi/limits';
import { ACTIVATION_CODE, MESSAGE, S } from '../abi/state';
import { derCopy, derEnd, derLength, derValue, expectTlv, findTlv, readTlv } from '../wire/der-read';

/** Where the event stands in ACTIVATION_CODE, behind the address of the SM-DS. */
const EVENT_AT: u32 = 128;

/** Finds the entry with number eventSkip; its two elements then lie from eventAt to eventEnd. False when there is none. */
function findEvent(): bool {
  let at = MESSAGE;
  let end = S.collectAt;
  if (!findTlv(at, end, 0xa1)) {
    at = derValue;
    end = derEnd;
    for (let skip = S.eventSkip; skip; skip--) {
      if (readTlv(at, end)) return false;
      at = derEnd;
    }
    if (expectTlv(at, end, 0x30)) return false;
    eventAt = derValue;
    eventEnd = derEnd;
    return true;
  }
  // from JSON they come two by two
  for (let skip = 2 * S.eventSkip; skip; skip--) {
    if (readTlv(at, end)) return false;
    at = derEnd;
  }
  eventAt = at;
  if (readTlv(at, end) || readTlv(derEnd, end)) return false;
  eventEnd = derEnd;
  return true;
}

let eventAt: usize = 0;
let eventEnd: usize = 0;

/** Makes the next event what is downloaded. Returns 0, 1 when there is none, or MissingElement or BadValue. */
export function takeEvent(): i32 {
  if (!findEvent()) return 1;
  S.eventSkip++;
  if (findTlv(eventAt, eventEnd, 0x81)) return ErrorCode.MissingElement;
  const length = derLength;
  const address = derValue;
  if (findTlv(eventAt, eventEnd, 0x80)) return ErrorCode.MissingElement;
  if (!length || length + derLength > <u32>ACTIVATION_CODE_BYTES - EVENT_AT) return ErrorCode.BadValue;
  memory.copy(ACTIVATION_CODE + EVENT_AT, address, length);
  derCopy(ACTIVATION_CODE + EVENT_AT + length);
  S.smdpAddressAt = EVENT_AT;
  S.smdpAddressLength = length;
  S.matchingIdAt = EVENT_AT + length;
  S.matchingIdLength = derLength;
  return 0;
}
