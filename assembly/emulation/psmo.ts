// SPDX-License-Identifier: Apache-2.0
// Operations on profiles in an eUICC package (SGP.32 v1.2 §2.11.1.1.3, §3.4): each is the ES10c function of the card, and what the card
// answers is its result.

import { sameBytes } from '../wire/bytes';
import { derEnd, derInteger, derLength, derTag, derValue, findTlv, readTlv } from '../wire/der-read';
import { putByteTlv, putHeader, putTlv } from '../wire/der-write';
import { answeredCode, callCard, callSwitch, isAnswered } from './card-call';
import { configureImmediateEnable } from './immediate-enabling';
import { ICCID_BYTES, Next, OPERATION_RESULTS_END, PREVIOUS, REQUEST, REQUEST_BYTES, V } from './memory';
import { putCode, Termination, terminate } from './operation-result';
import { beginProfileList, profileListAnswered } from './profile-list';

const NOT_FOUND: i32 = 1;
const NOT_DISABLED: i32 = 2;
const FALLBACK_NOT_ALLOWED: i32 = 2;
const NO_FALLBACK_ATTRIBUTE: i32 = 2;
const ROLLBACK_NOT_AVAILABLE: i32 = 20;
const UNDEFINED_ERROR: i32 = 127;
/** Codes of the card that mean the same to the eIM: 0, 1, 2, 3 and, where profiles are switched, 5. */
const SWITCH_CODES: u32 = 0x2f;
const DELETE_CODES: u32 = 0x0f;

/** Begins the operation just read. True when the card is asked, false when its result is there. */
export function beginPsmo(): bool {
  const at = derValue;
  const end = derEnd;
  const tag = derTag;
  if (tag == 0xbf2d) return beginProfileList(at, end);
  if (tag == 0xbf65) return beginDefaultDpAddress(at, end);
  if (tag == 0xa6) {
    callCard(putHeader(REQUEST, 0xbf43, 0), Next.Rat);
    return true;
  }
  if (tag == 0xa7) putCode(0x87, configureImmediateEnable(at, end));
  else if (tag == 0xa9) putCode(0x8e, NO_FALLBACK_ATTRIBUTE);
  else if (tag == 0xa8 || tag - 0xa3 < 3) return beginOnProfile(tag, at, end);
  else terminate(Termination.UnknownOrDamagedCommand);
  return false;
}

/** Operations with an ICCID: enable A3, disable A4, delete A5, setFallbackAttribute A8. */
function beginOnProfile(tag: u32, at: usize, end: usize): bool {
  const found = !findTlv(at, end, 0x5a) && derLength == ICCID_BYTES;
  V.iccidAt = derValue;
  if (!found) return refuse(tag, UNDEFINED_ERROR);
  switch (tag) {
    case 0xa3:
      if (V.enabled) return refuse(tag, UNDEFINED_ERROR);
      V.wantsRollback = findTlv(at, end, 0x05) ? 0 : 1;
      if (!V.wantsRollback || V.previousKnown) callEnable();
      else callFind(Next.FindEnabled);
      return true;
    case 0xa4:
      if (V.enabled || V.disabled) return refuse(tag, UNDEFINED_ERROR);
      callSwitch(0xbf32, V.iccidAt, Next.Disable);
      return true;
    case 0xa5:
      if (V.granted && sameBytes(V.iccidAt, PREVIOUS, ICCID_BYTES)) return refuse(tag, ROLLBACK_NOT_AVAILABLE);
      callCard(putTlv(putHeader(REQUEST, 0xbf33, 12), 0x5a, V.iccidAt, ICCID_BYTES), Next.Delete);
      return true;
  }
  // a consumer eUICC tells of no profile that it may be the fallback profile
  return refuse(tag, FALLBACK_NOT_ALLOWED);
}

/** Results of A3, A4 and A5 are 83, 84 and 85, that of A8 is 8D. */
function refuse(tag: u32, code: i32): bool {
  putCode(tag == 0xa8 ? 0x8d : tag - 0x20, code);
  return false;
}

function callEnable(): void {
  callSwitch(0xbf31, V.iccidAt, Next.Enable);
}

/** Asks for ICCID and state of all profiles: BF2D{5C 5A9F70}. */
function callFind(next: Next): void {
  const at = putHeader(putHeader(REQUEST, 0xbf2d, 5), 0x5c, 3);
  store<u32>(at, 0x709f5a);
  callCard(at + 3, next);
}

/** BF65{80 address}: SetDefaultDpAddress of SGP.22. Also the function of this name in SGP.32 §5.9.25. */
export function beginDefaultDpAddress(at: usize, end: usize): bool {
  if (findTlv(at, end, 0x80) || derLength > REQUEST_BYTES - 12) {
    putDefaultDpAddress(UNDEFINED_ERROR);
    return false;
  }
  const from = derValue;
  const length = derLength;
  const inner = putHeader(putHeader(REQUEST, 0xbf3f, length + (length < 0x80 ? 2 : 3)), 0x80, length);
  memory.copy(inner, from, length);
  callCard(inner + length, Next.DefaultDpAddress);
  return true;
}

function putDefaultDpAddress(code: i32): void {
  V.resultEnd = putByteTlv(putHeader(V.resultEnd, 0xbf65, 3), 0x80, code);
  if (code) V.stopped = 1;
}

/** The card has answered the operation. False when it is asked once more. */
export function psmoAnswered(next: Next): bool {
  switch (next) {
    case Next.FindEnabled:
      return enabledFound();
    case Next.Enable:
      putCode(0x83, answeredCode(0xbf31, SWITCH_CODES));
      if (!V.stopped) {
        V.enabled = 1;
        V.granted = V.wantsRollback;
      }
      return true;
    case Next.Disable:
      putCode(0x84, answeredCode(0xbf32, SWITCH_CODES));
      if (!V.stopped) {
        V.disabled = 1;
        keepPrevious(V.iccidAt);
      }
      return true;
    case Next.Delete:
      putCode(0x85, answeredCode(0xbf33, DELETE_CODES));
      return true;
    case Next.ProfileList:
      return profileListAnswered();
    case Next.Rat:
      takeRat();
      return true;
  }
  putDefaultDpAddress(answeredCode(0xbf3f, 1));
  return true;
}

function keepPrevious(iccid: usize): void {
  memory.copy(PREVIOUS, iccid, ICCID_BYTES);
  V.previousKnown = 1;
}

/** The list is there: the enabled profile is the one to go back to. Checks in the order of §3.4.1. */
function enabledFound(): bool {
  const code = findEnabled();
  if (code) {
    putCode(0x83, code);
    return true;
  }
  callEnable();
  return false;
}

function findEnabled(): i32 {
  if (!isAnswered(0xbf2d) || findTlv(derValue, derEnd, 0xa0)) return UNDEFINED_ERROR;
  const end = derEnd;
  let code = NOT_FOUND;
  for (let at = derValue; at < end; ) {
    readTlv(at, end);
    at = derEnd;
    const contents = derValue;
    const isEnabled = !findTlv(contents, at, 0x9f70) && derInteger() == 1;
    if (findTlv(contents, at, 0x5a) || derLength != ICCID_BYTES) continue;
    if (sameBytes(derValue, V.iccidAt, ICCID_BYTES)) code = isEnabled ? NOT_DISABLED : 0;
    if (isEnabled) keepPrevious(derValue);
  }
  return code || V.previousKnown ? code : ROLLBACK_NOT_AVAILABLE;
}

/** BF43{A0{…}} becomes A6{…}. */
function takeRat(): void {
  if (!isAnswered(0xbf43) || findTlv(derValue, derEnd, 0xa0)) return terminate(Termination.UnknownOrDamagedCommand);
  const from = derValue;
  const length = derLength;
  if (V.resultEnd + length > OPERATION_RESULTS_END) return terminate(Termination.ResultSizeOverflow);
  const contents = putHeader(V.resultEnd, 0xa6, length);
  memory.copy(contents, from, length);
  V.resultEnd = contents + length;
}
