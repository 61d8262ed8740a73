// SPDX-License-Identifier: Apache-2.0
// The runner: one loop for all procedures. It starts the step of the present row, moves it on as events allow, and follows
// the row to the next one.

import { Action } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import {
  HAS_COAP,
  HAS_COVERAGE,
  HAS_DATA,
  HAS_EMULATION,
  HAS_ESIPA,
  HAS_LOCAL,
  HAS_MODEMS,
  HAS_STATE_CHANGES,
  IS_INDIRECT,
} from '../abi/features';
import { CardLink } from '../abi/options';
import { O, S } from '../abi/state';
import { emulationGoOn, emulationTakeApdus, isEmulationBusy } from '../emulation/virtual-isdr';
import { atBusy, atResponseLength, atTick, atTransmit } from '../link/at';
import { coapMove, coapTick, coapUntilTick } from '../link/coap';
import { ATTACH } from '../proc/attach';
import { ACCESS } from '../proc/card-access';
import { RETRIEVAL } from '../proc/eim-package-retrieval';
import { END } from '../proc/end';
import { ES10 } from '../proc/es10-function';
import { EXECUTION } from '../proc/euicc-package-execution';
import { Go, ROW_BYTES } from '../proc/functions';
import { INDIRECT_DELIVERY } from '../proc/indirect-delivery';
import { INDIRECT_DOWNLOAD } from '../proc/indirect-download';
import { DATA } from '../proc/ipa-euicc-data';
import { LOST } from '../proc/lost-result';
import { DELIVERY } from '../proc/notification-delivery';
import { DOWNLOAD } from '../proc/profile-download';
import { START_UP } from '../proc/start-up';
import { ask } from '../wire/ask';
import { cardFail, cardGoesSmaller, cardResponse } from '../wire/card-lane';
import { CardState } from '../wire/lanes';
import { networkAbort } from '../wire/network-lane';
import { noteError } from './at-once';
import { continueStep } from './finish';
import { startStep } from './start';
import { MOVED, PENDING, REPEAT } from './streams';
import { markOutcome, markRow } from './trail';

/** Turns of the loop in one call at most; bounds the work of a call. */
const MAX_TURNS: u32 = 2;

/** Addresses of the tables, in the order of Go. */
// biome-ignore format: a table a line
const TABLES: usize = memory.data<u16>([
  <u16>START_UP,
  <u16>(IS_INDIRECT ? INDIRECT_DELIVERY : DELIVERY),
  <u16>(HAS_ESIPA ? RETRIEVAL : END),
  <u16>(HAS_ESIPA ? EXECUTION : END),
  <u16>(HAS_DATA ? DATA : END),
  <u16>(IS_INDIRECT ? INDIRECT_DOWNLOAD : DOWNLOAD),
  <u16>END,
  <u16>(HAS_ESIPA ? ATTACH : END),
  <u16>(HAS_STATE_CHANGES ? LOST : END),
  <u16>(HAS_LOCAL ? ES10 : END),
  <u16>(HAS_MODEMS ? ACCESS : END),
]);

/** Address of the present row. */
function row(): usize {
  return <usize>load<u16>(TABLES + ((S.procedure - Go.StartUp) << 1)) + S.step * ROW_BYTES;
}

/** Runs until only an event can help, there is something to ask the host, or the work of one call is done: then it returns true, and the host polls again. */
export function run(): bool {
  let turns = MAX_TURNS;
  while (S.running && turn()) if (S.actions || !--turns) return true;
  return false;
}

/** One turn; false when an event is needed. */
function turn(): bool {
  moveLink();
  if (HAS_COAP && S.scheme) coapMove();
  if (S.apduStale) return false;
  const what: u32 = load<u8>(row());
  const started = S.stepStarted;
  S.stepStarted = true;
  if (HAS_COVERAGE) markRow();
  const result = started ? continueStep(what) : startStep(what);
  if (HAS_COVERAGE) markOutcome(result);
  if (result == PENDING) return (!started && S.stepStarted) || (S.apduWaiting && !S.apduOut);
  if (result != MOVED) follow(result);
  return true;
}

/** Goes where the row says. */
function follow(result: i32): void {
  S.stepStarted = false;
  if (result == REPEAT) return;
  if (result < 0) fail(result);
  const target: u32 = result < 0 ? load<u8>(row(), 2) : <u32>load<u8>(row(), 1) + result;
  if (target >= Go.StartUp) {
    if (HAS_ESIPA && target == Go.Attach) {
      S.returnProcedure = S.procedure;
      S.returnStep = S.step + 1;
    }
    S.procedure = target;
    S.step = 0;
  } else S.step = target;
}

/** A step has failed: its exchange is given up, and a response that is still to come will not be wanted. */
function fail(error: i32): void {
  S.stepError = error;
  noteError(error);
  networkAbort();
  S.headerPending = false;
  S.forwardDepth = 0;
  S.apduWaiting = false;
  S.apduStale = HAS_EMULATION ? S.apduOut || isEmulationBusy() : S.apduOut;
  if (S.cardState == CardState.Waiting) S.cardState = CardState.Idle;
}

/** Hands a waiting APDU to the link, and a response from it to the card lane. */
function moveLink(): void {
  if (O.cardLink != CardLink.Apdu && S.apduOut && !atBusy()) {
    if (S.linkFailure) linkFailed(S.linkFailure, S.linkDetail);
    else linkResponse(atResponseLength());
  }
  if (HAS_EMULATION) {
    if (S.responsePart) emulationGoOn();
    emulationTakeApdus();
  }
  if (!S.apduWaiting || S.apduOut) return;
  S.apduWaiting = false;
  if (S.cardGone) return HAS_EMULATION ? failCard(ErrorCode.CardLost, 0) : cardFail(ErrorCode.CardLost, 0);
  S.apduOut = true;
  if (O.cardLink != CardLink.Apdu) return atTransmit();
  S.linkDeadlineMs = S.nowMs + O.cardTimeoutMs;
  ask(Action.CardTransmit);
}

/** A response APDU of `length` bytes is at RESPONSE. */
export function linkResponse(length: u32): void {
  S.apduOut = false;
  if (HAS_EMULATION && isEmulationBusy()) {
    cardResponse(length);
    emulationGoOn();
  } else if (S.apduStale) S.apduStale = false;
  else cardResponse(length);
}

/** What the link was given, or was to be given, will not be answered: that may be a command of the virtual ISD-R. */
function failCard(error: i32, detail: i32): void {
  cardFail(error, detail);
  if (HAS_EMULATION && isEmulationBusy()) emulationGoOn();
}

/**
 * There will be no response. After a time-out one may still come, and must not be taken for that of another command: the AT link sees to that,
 * else the card is left alone.
 */
export function linkFailed(error: i32, detail: i32): void {
  S.apduOut = false;
  S.actions &= ~(1 << Action.CardTransmit);
  const overAt = HAS_MODEMS && O.cardLink != CardLink.Apdu;
  if (error == ErrorCode.ModemTimeout && !overAt) S.cardGone = true;
  const mayHaveRun = error == ErrorCode.ModemTimeout || S.procedure == Go.Execution;
  if (overAt && !S.apduStale && error != ErrorCode.ModemGarbage && error != ErrorCode.CardLost && cardGoesSmaller(mayHaveRun)) return;
  if (HAS_EMULATION && isEmulationBusy()) failCard(error, detail);
  else if (S.apduStale) S.apduStale = false;
  else cardFail(error, detail);
}

/** Looks at the clock. */
export function tick(nowMs: u32): void {
  S.nowMs = nowMs;
  if (HAS_COAP && S.scheme) coapTick();
  if (O.cardLink != CardLink.Apdu) atTick();
  else if (S.actions & (1 << Action.CardTransmit)) S.linkDeadlineMs = nowMs + O.cardTimeoutMs;
  else if (S.apduOut && <i32>(nowMs - S.linkDeadlineMs) >= 0) linkFailed(ErrorCode.ModemTimeout, 0);
}

/** Milliseconds until the clock matters again, or -1. */
export function untilNextTick(): i32 {
  if (HAS_STATE_CHANGES && S.pausing) return max<i32>(S.pauseUntilMs - S.nowMs, 0);
  const waits = O.cardLink != CardLink.Apdu ? atBusy() : S.apduOut;
  const card = waits ? max<i32>(S.linkDeadlineMs - S.nowMs, 0) : -1;
  // -1 is the largest of unsigned numbers
  return HAS_COAP && S.scheme ? <i32>min<u32>(card, coapUntilTick()) : card;
}
