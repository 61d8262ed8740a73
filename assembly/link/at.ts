// SPDX-License-Identifier: Apache-2.0
// APDUs over a modem's AT line (3GPP TS 27.007): AT+CSIM (§8.17), or AT+CCHO, AT+CGLA and AT+CCHC (§8.43 to §8.46), AT+CFUN to power
// the card down and up (§8.2), AT+CEREG? (§10.1.22). Echo, empty lines, unsolicited lines anywhere, answers without name, quotation
// marks or length, and any chunking are expected. The line is read byte by byte; a response is decoded straight into RESPONSE.

import { Action } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { HAS_MODEMS } from '../abi/features';
import { SESSION_BYTES } from '../abi/limits';
import { CardAccess, ModemQuirk } from '../abi/options';
import { APDU, LINE, O, RESPONSE, S, SESSION } from '../abi/state';
import { ask } from '../wire/ask';
import { hexValue } from '../wire/bytes';
import { cardPart } from '../wire/card-lane';
import { LinkCommand, Stale } from '../wire/lanes';
import { answerName } from './at-text';

const LINE_BYTES: u32 = 32;
const RESPONSE_HEX_DIGITS: u32 = 2 * 258;
/** What goes to the card lane of a response that is longer: all but what may be the status word. */
const PART_HEX_DIGITS: u32 = 2 * 256;
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

/** What the line being read is; found out by its first characters. */
const enum LineKind {
  Text = 0,
  /** It begins with the name of the answer. */
  Answer = 1,
  /** It may be an answer without a name, or the rest of one that something came into. */
  Bare = 2,
}

const TEXT_OK: u32 = 0x4b4f;
const TEXT_ERROR: usize = memory.data<u8>([0x45, 0x52, 0x52, 0x4f, 0x52, 0]);
const TEXT_CME_ERROR: usize = memory.data<u8>([0x2b, 0x43, 0x4d, 0x45, 0x20, 0x45, 0x52, 0x52, 0x4f, 0x52, 0x3a, 0]);
const TEXT_CMS_ERROR: usize = memory.data<u8>([0x2b, 0x43, 0x4d, 0x53, 0x20, 0x45, 0x52, 0x52, 0x4f, 0x52, 0x3a, 0]);
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
  S.linkWaiting = true;
  S.linkPaused = false;
  S.hexDigits = 0;
  S.hexBase = 0;
  S.hexExpected = 0;
  S.answerSeen = false;
  if (HAS_MODEMS) S.partGiven = false;
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
    if ((last == LinkCommand.NumericErrors || last == LinkCommand.PowerUp) && O.modemQuirks & ModemQuirk.SimLock) next = LinkCommand.Lock;
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
  return (S.hexDigits - S.hexBase) >> 1;
}

/** Looks at the clock: repeats what may be repeated, gives up what has taken too long. */
export function atTick(): void {
  // the host may have slept before it wrote the line; and what is not taken yet is not late
  if (S.actions & (1 << Action.CardWrite) || (HAS_MODEMS && S.responsePart)) return startClock();
  if (!S.linkWaiting || <i32>(S.nowMs - S.linkDeadlineMs) < 0) return;
  if (S.linkPaused) return write();
  // each line that was repeated may be answered yet
  if (HAS_MODEMS) S.linkStale |= S.linkCommand == LinkCommand.Synchronise ? Stale.Answer | Stale.Questions : Stale.Answer;
  if (++S.linkTries < mostTries()) return write();
  finish(ErrorCode.ModemTimeout, 0);
}

/** Gives up the command in progress. */
export function atCancel(failure: i32): void {
  S.actions &= ~(1 << Action.CardWrite);
  S.linkWaiting = false;
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
  // the modem's number of the channel is not known, nor needed, unless the host has to put it in
  const channel = O.modemQuirks & ModemQuirk.PassesClassByte ? load<u8>(SESSION + S.sessionLength - 1) & 3 : 1;
  store<u32>(RESPONSE, 0x9000 | channel);
  S.hexDigits = 6;
  if (S.linkCommand == LinkCommand.OpenSession) return;
  store<u16>(RESPONSE, 0x0090);
  S.hexDigits = 4;
  S.sessionLength = 0;
}

/** Takes one byte from the modem. False when it cannot be taken yet: the card lane must first take what came before it. */
export function atByte(byte: u32): bool {
  if (byte == 0x0d || byte == 0x0a) {
    endLine();
    return true;
  }
  if (S.linkWaiting && !S.linkPaused && needsAnswer()) {
    if (!S.lineKind) beginAnswer(byte);
    else if (!takeAnswer(byte)) return false;
  }
  // only the beginning tells what it is
  if (S.lineLength < LINE_BYTES) store<u8>(LINE + S.lineLength++, byte);
  return true;
}

/** Looks whether an answer begins. */
function beginAnswer(byte: u32): void {
  if (byte == 0x3a) {
    const from = answerName();
    if (!from) return;
    S.lineKind = LineKind.Answer;
    S.lineFrom = from;
    S.hexDigits = 0;
    S.hexExpected = 0;
    S.linkFailure = 0;
    S.answerSeen = true;
  } else if (HAS_MODEMS && !S.lineLength && isHex() && (byte == 0x22 || hexValue(byte) >= 0)) {
    if (S.hexDigits && S.hexDigits >= S.hexExpected) return; // there is one
    S.lineKind = LineKind.Bare;
    S.lineFrom = 0;
    S.lineDigits = S.hexDigits;
    takeAnswer(byte);
  }
}

/** Blanks, quotation marks and the length before the comma vary between modems. */
function takeAnswer(byte: u32): bool {
  if (byte == 0x22 || byte == 0x20 || !isHex()) return true;
  const isBare = HAS_MODEMS && S.lineKind == LineKind.Bare;
  if (byte == 0x2c && !(isBare && S.lineDigits)) {
    // what was read so far was the length
    S.hexExpected = numberIn(S.lineFrom);
    S.hexDigits = 0;
    return true;
  }
  const value = hexValue(byte);
  if (value < 0) {
    if (!isBare) S.linkFailure = ErrorCode.ModemGarbage;
    else {
      S.lineKind = LineKind.Text;
      S.hexDigits = S.lineDigits;
      if (!S.lineDigits) S.hexExpected = 0;
    }
    return true;
  }
  let digits = S.hexDigits - S.hexBase;
  if (digits >= RESPONSE_HEX_DIGITS) {
    if (!HAS_MODEMS) {
      S.linkFailure = ErrorCode.ModemGarbage;
      return true;
    }
    if (!givePart()) return false;
    digits -= PART_HEX_DIGITS;
  }
  S.hexDigits++;
  if (digits & 1) store<u8>(RESPONSE + (digits >> 1), (S.hexHigh << 4) | value);
  else S.hexHigh = value;
  return true;
}

/** Hands the first 256 bytes of a long response to the card lane. Returns whether there is room for the rest, behind what may be the status word. */
function givePart(): bool {
  if (!S.partGiven) {
    S.partGiven = true;
    if (!S.apduStale) cardPart(PART_HEX_DIGITS >> 1);
  }
  if (S.responsePart && !S.apduStale) return false;
  S.partGiven = false;
  S.hexBase += PART_HEX_DIGITS;
  store<u16>(RESPONSE, load<u16>(RESPONSE + (PART_HEX_DIGITS >> 1)));
  return true;
}

/** Number from there on in the line, or -1 where there are words; 14 for "SIM busy". */
function numberIn(from: u32): i32 {
  const length = S.lineLength;
  if (HAS_MODEMS && load<u32>(LINE + length - 4) == TEXT_BUSY) return CME_SIM_BUSY;
  let value = -1;
  for (let i = from; i < length; i++) {
    const digit: u32 = load<u8>(LINE + i) - 0x30;
    if (digit < 10) value = (value < 0 ? 0 : value * 10) + digit;
    else if (digit != 0x20 - 0x30) return -1;
  }
  return value;
}

function endLine(): void {
  const kind = S.lineKind;
  if (kind) {
    S.answerSeen = true;
    if (HAS_MODEMS) keepAnswer();
  } else if (S.linkWaiting && !S.linkPaused) finalResult();
  S.lineKind = LineKind.Text;
  S.lineLength = 0;
}

/** An answer that is text: the handle, or the registration. */
function keepAnswer(): void {
  const command = S.linkCommand;
  if (command == LinkCommand.OpenSession) keepSession();
  if (command == LinkCommand.Registration) keepRegistration();
}

function keepSession(): void {
  S.sessionLength = 0;
  for (let i = S.lineFrom; i < S.lineLength && S.sessionLength < <u32>SESSION_BYTES; i++) {
    const byte = load<u8>(LINE + i);
    if (hexValue(byte) >= 0) store<u8>(SESSION + S.sessionLength++, byte);
  }
}

/**
 * `+CEREG: <n>,<stat>[,…]` with <stat> 1, registered, or 5, roaming (3GPP TS 27.007 §10.1.22). The unsolicited form `+CEREG: <stat>[,<tac>…]`
 * is no answer.
 */
function keepRegistration(): void {
  const at = LINE + S.lineFrom + (load<u8>(LINE + S.lineFrom) == 0x20 ? 1 : 0);
  const end = load<u8>(at, 3);
  S.answerSeen = load<u8>(at, 1) == 0x2c && (at + 3 == LINE + S.lineLength || end == 0x2c);
  // of the digits, 1 and 5 alone are odd without bit 1
  S.isRegistered = S.answerSeen && (load<u8>(at, 2) & 0xfb) == 0x31;
}

/** Length of `text` when the line read so far begins with it, else 0. */
function startsWith(text: usize): u32 {
  let i: u32 = 0;
  for (let byte = load<u8>(text); byte; byte = load<u8>(text + ++i)) {
    if (i >= S.lineLength || load<u8>(LINE + i) != byte) return 0;
  }
  return i;
}

function finalResult(): void {
  if (S.lineLength == 2 && load<u16>(LINE) == TEXT_OK) {
    // an OK without an answer belongs to an earlier command that was given up
    if (needsAnswer() && !S.answerSeen) return;
    const isApdu = S.linkCommand == LinkCommand.Csim || (HAS_MODEMS && S.linkCommand == LinkCommand.Channel);
    // of an answer whose beginning is spoilt the rest looks like one without a length
    const isBroken = isApdu && (S.hexDigits & 1 || ((S.hexExpected || (HAS_MODEMS && S.lengthSeen)) && S.hexDigits != S.hexExpected));
    if (HAS_MODEMS && isApdu && S.hexExpected) S.lengthSeen = true;
    return finish(isBroken ? ErrorCode.ModemGarbage : S.linkFailure, 0);
  }
  if (S.lineLength == 5 && startsWith(TEXT_ERROR)) return refused(ErrorCode.ModemError, 0);
  const length = startsWith(TEXT_CME_ERROR) | startsWith(TEXT_CMS_ERROR);
  if (length) refused(ErrorCode.ModemCmeError, numberIn(length));
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
