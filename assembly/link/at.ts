// SPDX-License-Identifier: Apache-2.0
// APDUs over a modem's AT line (3GPP TS 27.007): AT+CSIM (§8.17), or AT+CCHO, AT+CGLA and AT+CCHC (§8.43 to §8.46), AT+CFUN to power
// the card down and up (§8.2), AT+CEREG? (§10.1.22). Echo, empty lines, unsolicited lines anywhere, answers without name, quotation
// marks or length, and any chunking are expected. The line is read byte by byte; a response is decoded straight into RESPONSE.

import { Action } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { HAS_MODEMS } from '../abi/features';
import { LINE_BYTES, RESPONSE_BYTES, SESSION_BYTES } from '../abi/limits';
import { CardAccess, ModemQuirk } from '../abi/options';
import { APDU, LINE, O, RESPONSE, S, SESSION } from '../abi/state';
import { ask } from '../wire/ask';
import { cardPart } from '../wire/card-lane';
import { copyLine, takeHex } from '../wire/each-byte';
import { LinkCommand, ResponsePart, Stale } from '../wire/lanes';
import { answerName } from './at-text';

const STATUS_WORD_BYTES: u32 = 2;
/** More digits than these are no response APDU. */
const RESPONSE_HEX_DIGITS: u32 = 2 * 258;
/** Digits that RESPONSE holds. */
const ROOM_HEX_DIGITS: u32 = HAS_MODEMS ? 2 * RESPONSE_BYTES : RESPONSE_HEX_DIGITS;
/** A modem that is starting up answers nothing; asked once a second. */
const ATTENTION_MS: u32 = 1000;
const ATTENTION_TRIES: u32 = 30;
/** +CME ERROR: 14, SIM busy: asked again after this long. */
const BUSY_MS: u32 = 500;
const BUSY_TRIES: u32 = 40;
const REGISTRATION_MS: u32 = 2000;
/** The question behind a time-out is asked again after 1 s, 2 s, and so on up to 16 s: each time the modem gets longer. */
const QUESTION_TRIES: u32 = 5;
const CME_SIM_NOT_INSERTED: i32 = 10;
const CME_SIM_FAILURE: i32 = 13;
const CME_SIM_BUSY: i32 = 14;

/** OK and the zero byte behind it, in the upper three bytes of a word. */
const TEXT_OK: u32 = 0x004b4f00;
const TEXT_ERROR: usize = memory.data<u8>([0x45, 0x52, 0x52, 0x4f, 0x52, 0]);
/** +CME ERROR: and +CMS ERROR: with any byte where they differ. */
const TEXT_CM_ERROR: usize = memory.data<u8>([0x2b, 0x43, 0x4d, 1, 0x20, 0x45, 0x52, 0x52, 0x4f, 0x52, 0x3a, 0]);
/** The end of "SIM busy". */
const TEXT_BUSY: u32 = 0x79737562;

/** Whether OK alone is no answer to the present command. */
function needsAnswer(): bool {
  const last = HAS_MODEMS ? LinkCommand.Synchronise : LinkCommand.Csim;
  return <u32>(S.linkCommand - LinkCommand.Csim) <= <u32>(last - LinkCommand.Csim);
}

/** Whether the answer of the present command is hexadecimal: a response APDU, or a handle. */
function isHex(): bool {
  const last = HAS_MODEMS ? LinkCommand.OpenSession : LinkCommand.Csim;
  return <u32>(S.linkCommand - LinkCommand.Csim) <= <u32>(last - LinkCommand.Csim);
}

function write(): void {
  S.linkPaused = false;
  S.hexDigits = 0;
  S.hexExpected = 0;
  S.answerSeen = false;
  S.linkFailure = 0;
  S.linkDetail = 0;
  ask(Action.CardWrite);
  startClock();
}

function startClock(): void {
  let wait = O.cardTimeoutMs;
  if (S.linkCommand == LinkCommand.Attention) wait = ATTENTION_MS;
  if (HAS_MODEMS && S.linkCommand == LinkCommand.Synchronise) wait = ATTENTION_MS << S.linkTries;
  S.linkDeadlineMs = S.nowMs + wait;
}

/** How often the present command is sent until the modem answers. */
function mostTries(): u32 {
  if (HAS_MODEMS && S.linkCommand == LinkCommand.Synchronise) return QUESTION_TRIES;
  return S.linkCommand == LinkCommand.Attention ? ATTENTION_TRIES : 1;
}

/** Sends a command; atBusy() is true until it is answered, then linkFailure and linkDetail tell how it went. */
export function atSend(command: i32): void {
  S.linkLast = command;
  if (HAS_MODEMS && S.linkStale & Stale.Answer && command != LinkCommand.Attention) {
    S.linkAfter = command;
    command = LinkCommand.Synchronise;
  }
  S.linkCommand = command;
  S.linkTries = 0;
  write();
}

/** Sends the command that follows the last one of the sequence, if there is one. Returns whether there is. */
export function atSendNext(): bool {
  const last = S.linkLast;
  let next = LinkCommand.None;
  if (last < LinkCommand.NumericErrors || last == LinkCommand.PowerDown) next = last + 1;
  if (HAS_MODEMS) {
    if (last == LinkCommand.Restart) next = LinkCommand.Attention;
    if ((last == LinkCommand.NumericErrors || last == LinkCommand.PowerUp) && O.modem & ModemQuirk.SimLock) next = LinkCommand.Lock;
  }
  if (next) atSend(next);
  return next != LinkCommand.None;
}

/** Sends the waiting APDU. MANAGE CHANNEL is AT+CCHO or AT+CCHC where the modem opens the channel. */
export function atTransmit(): void {
  let command = LinkCommand.Csim;
  if (HAS_MODEMS && S.access == CardAccess.Channel) {
    command = LinkCommand.Channel;
    if (load<u8>(APDU, 1) == 0x70) {
      command = load<u8>(APDU, 2) ? LinkCommand.CloseSession : LinkCommand.OpenSession;
      if (!S.sessionLength && command == LinkCommand.CloseSession) {
        // a handle that a host has lost may be that of its channel
        store<u8>(SESSION, 0x30 + load<u8>(APDU, 3));
        S.sessionLength = 1;
      }
    }
  }
  atSend(command);
}

/** True while an answer is awaited. */
export function atBusy(): bool {
  return S.linkCommand != LinkCommand.None;
}

/** Bytes of the response APDU, or of its last part, at RESPONSE. */
export function atResponseLength(): u32 {
  return S.hexDigits >> 1;
}

/** Looks at the clock: repeats what may be repeated, gives up what has taken too long. */
export function atTick(): void {
  // the host may have slept before it wrote the line; and what is not taken yet is not late
  if (S.actions & (1 << Action.CardWrite) || (HAS_MODEMS && S.responsePart == ResponsePart.Given)) return startClock();
  if (!S.linkCommand || <i32>(S.nowMs - S.linkDeadlineMs) < 0) return;
  if (S.linkPaused) return write();
  // each line that was repeated may be answered yet
  if (HAS_MODEMS) S.linkStale |= S.linkCommand == LinkCommand.Synchronise ? Stale.Answer | Stale.Questions : Stale.Answer;
  if (++S.linkTries < mostTries()) return write();
  finish(ErrorCode.ModemTimeout, 0);
}

/** Gives up the command in progress. */
export function atCancel(failure: i32): void {
  S.actions &= ~(1 << Action.CardWrite);
  S.linkCommand = LinkCommand.None;
  S.linkFailure = failure;
}

function pause(milliseconds: u32): void {
  S.linkPaused = true;
  S.linkDeadlineMs = S.nowMs + milliseconds;
}

/** A card that was just reset may not be there yet. */
function isBusy(failure: i32, detail: i32): bool {
  if (failure != ErrorCode.ModemCmeError) return false;
  return detail == CME_SIM_BUSY || (HAS_MODEMS && S.cardIsNew && (detail == CME_SIM_NOT_INSERTED || detail == CME_SIM_FAILURE));
}

function finish(failure: i32, detail: i32): void {
  const command = S.linkCommand;
  if (isBusy(failure, detail) && ++S.linkTries < BUSY_TRIES) return pause(BUSY_MS);
  if (HAS_MODEMS && !failure) {
    if (command == LinkCommand.Synchronise) {
      // where the question was asked more than once the other one shows when all of its answers have come
      if (S.linkStale & Stale.Questions) S.linkStale ^= Stale.Questions | Stale.Other;
      else {
        S.linkStale ^= Stale.Answer | Stale.Other;
        S.linkTries = 0;
        S.linkCommand = S.linkAfter;
      }
      return write();
    }
    if (command == LinkCommand.Registration && !S.isRegistered && <i32>(S.nowMs - S.onlineDeadlineMs) < 0) return pause(REGISTRATION_MS);
    if (command == LinkCommand.OpenSession || command == LinkCommand.CloseSession) answerManageChannel();
    if (isHex()) S.cardIsNew = false;
  }
  atCancel(failure);
  S.linkDetail = detail;
}

/** Makes the response APDU that MANAGE CHANNEL would have had. */
function answerManageChannel(): void {
  store<u16>(RESPONSE, 0x0090);
  const isClosed = S.linkCommand == LinkCommand.CloseSession;
  S.sessionLength = isClosed ? 0 : min<u32>(S.hexDigits, SESSION_BYTES);
  S.hexDigits = 4;
  if (isClosed) return;
  // the modem's number of the channel is not known, nor needed, unless the host has to put it in
  const channel = O.modem & ModemQuirk.PassesClassByte ? load<u8>(SESSION + S.sessionLength - 1) & 3 : 1;
  store<u32>(RESPONSE, 0x9000 | channel);
  S.hexDigits = 6;
}

/** Takes bytes from the modem. Returns how many: fewer when the card lane must first take what came before the others. */
export function atBytes(from: usize, length: u32): u32 {
  const end = from + length;
  let at = from;
  while (at < end) {
    const stopped = copyLine(LINE + S.lineLength, at, min<usize>(end, at + LINE_BYTES - S.lineLength));
    S.lineLength += stopped - at;
    at = stopped;
    if (at == end) break;
    const byte: u32 = load<u8>(at);
    if (byte == 0x0d || byte == 0x0a) {
      endLine();
      at++;
    } else {
      // the line is full
      if (HAS_MODEMS && S.hexDigits > RESPONSE_HEX_DIGITS && !givePart()) break;
      // of other lines only the beginning tells what they are
      if (takeAnswer()) {
        S.lineGoesOn = true;
        S.lineLength = 0;
      } else at++;
    }
  }
  return at - from;
}

/**
 * Hands all of a long response but what may be the status word to the card lane. Returns whether there is room for the rest. What is spoilt
 * already is not handed on: an element of it may seem to end before the answer does.
 */
function givePart(): bool {
  const length = (S.hexDigits >> 1) - STATUS_WORD_BYTES;
  if (!S.apduStale && !S.linkFailure) {
    if (!S.responsePart) cardPart(length);
    if (S.responsePart == ResponsePart.Given) return false;
  }
  S.responsePart = ResponsePart.None;
  store<u32>(RESPONSE, load<u32>(RESPONSE + length));
  S.hexDigits -= 2 * length;
  if (S.hexExpected) S.hexExpected -= 2 * length;
  return true;
}

/**
 * Takes the line so far as an answer, or as the next part of one: `+CSIM: <length>,"<hex>"` without what modems leave out of it. False when it
 * is something else.
 */
function takeAnswer(): bool {
  if (S.linkPaused || !needsAnswer()) return false;
  let from: u32 = 0;
  if (!S.lineGoesOn) {
    from = answerName();
    if (from) {
      S.hexDigits = 0;
      S.hexExpected = 0;
      S.linkFailure = 0;
    } else if (!HAS_MODEMS || !S.lineLength || !isHex() || (S.hexDigits && S.hexDigits >= S.hexExpected)) {
      // without a name it is an answer where there is none yet, or where something has come into it
      return false;
    }
  }
  if (!HAS_MODEMS || isHex()) return takeDigits(from);
  S.answerSeen = S.linkCommand != LinkCommand.Registration || isRegistrationRead(from);
  return true;
}

/** The hexadecimal digits of the line from there on, behind those that came before. False when it is no answer at all. */
function takeDigits(from: u32): bool {
  const before = S.hexDigits;
  let digits = before;
  let expected = S.hexExpected;
  const end = LINE + S.lineLength;
  for (let at = LINE + from; ; at++) {
    const begin = at;
    at = takeHex(RESPONSE, digits, at, min<usize>(end, at + ROOM_HEX_DIGITS - digits));
    const taken = at - begin;
    // a handle stays as the modem writes it
    if (HAS_MODEMS && S.linkCommand == LinkCommand.OpenSession && digits < <u32>SESSION_BYTES) {
      memory.copy(SESSION + digits, begin, min<u32>(taken, SESSION_BYTES - digits));
    }
    digits += taken;
    if (at == end) break;
    const byte: u32 = load<u8>(at);
    if (byte == 0x2c && !before) {
      // what was read so far was the length
      expected = numberIn(LINE + from, at);
      digits = 0;
    } else if (byte != 0x22 && byte != 0x20) {
      if (!from && !S.lineGoesOn) return false;
      S.linkFailure = ErrorCode.ModemGarbage;
      break;
    }
  }
  S.hexDigits = digits;
  S.hexExpected = expected;
  if (expected) S.lengthSeen = true;
  S.answerSeen = true;
  return true;
}

/** Number in the bytes from `at` up to `end`, or -1 where there are words. */
function numberIn(at: usize, end: usize): i32 {
  let value = -1;
  for (; at < end; at++) {
    const digit: u32 = load<u8>(at) - 0x30;
    if (digit < 10) value = (value < 0 ? 0 : value * 10) + digit;
    else if (digit != 0x20 - 0x30) return -1;
  }
  return value;
}

/**
 * `+CEREG: <n>,<stat>[,…]` with <stat> 1, registered, or 5, roaming (3GPP TS 27.007 §10.1.22). False for the unsolicited form
 * `+CEREG: <stat>[,<tac>…]`.
 */
function isRegistrationRead(from: u32): bool {
  let at = LINE + from;
  if (load<u8>(at) == 0x20) at++;
  const end = load<u8>(at, 3);
  const isRead = load<u8>(at, 1) == 0x2c && (!end || end == 0x2c);
  // of the digits, 1 and 5 alone are odd without bit 1
  S.isRegistered = isRead && (load<u8>(at, 2) & 0xfb) == 0x31;
  return isRead;
}

function endLine(): void {
  store<u8>(LINE + S.lineLength, 0);
  if (!takeAnswer() && S.linkCommand && !S.linkPaused) finalResult();
  S.lineGoesOn = false;
  S.lineLength = 0;
}

/** Length of `text` when the line begins with it, else 0; 1 stands for any byte. */
function startsWith(text: usize): u32 {
  let i: u32 = 0;
  for (let byte = load<u8>(text); byte; byte = load<u8>(text + ++i)) if (byte != 1 && load<u8>(LINE + i) != byte) return 0;
  return i;
}

function finalResult(): void {
  if (load<u32>(LINE) << 8 == TEXT_OK) {
    // an OK without an answer belongs to an earlier command that was given up
    if (needsAnswer() && !S.answerSeen) return;
    const isOpen = HAS_MODEMS && S.linkCommand == LinkCommand.OpenSession;
    // of an answer whose beginning is spoilt the rest looks like one without a length
    const isBroken = !isOpen && (S.hexDigits & 1 || (S.lengthSeen && S.hexDigits != S.hexExpected));
    return finish(isBroken ? ErrorCode.ModemGarbage : S.linkFailure, 0);
  }
  if (startsWith(TEXT_ERROR) && !load<u8>(LINE, 5)) return refused(ErrorCode.ModemError, 0);
  const length = startsWith(TEXT_CM_ERROR);
  const isBusy = HAS_MODEMS && load<u32>(LINE + S.lineLength - 4) == TEXT_BUSY;
  if (length) refused(ErrorCode.ModemCmeError, isBusy ? CME_SIM_BUSY : numberIn(LINE + length, LINE + S.lineLength));
}

/**
 * ATE0 and AT+CMEE are conveniences: a modem that does not know them is used as it is. One that refuses AT is alive: it still
 * had a part of an earlier line. What comes for a question may be the error of the command before it.
 */
function refused(failure: i32, detail: i32): void {
  const command = S.linkCommand;
  if (HAS_MODEMS && command == LinkCommand.Synchronise) return;
  const optional =
    !isBusy(failure, detail) && (command <= LinkCommand.NumericErrors || (HAS_MODEMS && command >= LinkCommand.CloseSession));
  finish(optional ? 0 : failure, optional ? 0 : detail);
}
