// SPDX-License-Identifier: Apache-2.0
// APDUs over a modem's AT line: AT+CSIM (3GPP TS 27.007 §8.17), and AT+CFUN to power the card down and up (§8.2).
// MANAGE CHANNEL and SELECT are ordinary APDUs here. Echo, empty lines, unsolicited result codes anywhere between lines, and
// answers in any chunking are expected; the line is read byte by byte and a response is decoded straight into RESPONSE.
// +CCHO, +CGLA and +CCHC are not spoken.

import { Action } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { APDU, CARD_LINE, LINE, O, RESPONSE, S } from '../abi/state';
import { ask } from '../wire/ask';
import { hexDigit, hexValue, putDecimal } from '../wire/bytes';
import { LinkCommand } from '../wire/lanes';

const LINE_BYTES: u32 = 32;
const RESPONSE_HEX_DIGITS: u32 = 2 * 258;
/** A modem that is starting up answers nothing; asked once a second. */
const ATTENTION_MS: u32 = 1000;
const ATTENTION_TRIES: u32 = 30;
/** +CME ERROR: 14, SIM busy: asked again after this long. */
const BUSY_MS: u32 = 500;
const BUSY_TRIES: u32 = 40;
const CME_SIM_BUSY: i32 = 14;

/** What the line being read is; found out by its first characters. */
const enum LineKind {
  Unknown = 0,
  CsimLength = 1,
  CsimHex = 2,
}

// the words of the line, each ending in a zero byte

/** What follows AT in the commands, in the order of LinkCommand. */
// biome-ignore format: a command a line
const COMMANDS: usize = memory.data<u8>([
  /* AT */ 0x0d, 0,
  /* ATE0 */ 0x45, 0x30, 0x0d, 0,
  /* AT+CMEE=1 */ 0x2b, 0x43, 0x4d, 0x45, 0x45, 0x3d, 0x31, 0x0d, 0,
  /* AT+CSIM= */ 0x2b, 0x43, 0x53, 0x49, 0x4d, 0x3d, 0,
  /* AT+CFUN=0 */ 0x2b, 0x43, 0x46, 0x55, 0x4e, 0x3d, 0x30, 0x0d, 0,
  /* AT+CFUN=1 */ 0x2b, 0x43, 0x46, 0x55, 0x4e, 0x3d, 0x31, 0x0d, 0,
]);
const TEXT_CSIM_ANSWER: usize = memory.data<u8>([0x2b, 0x43, 0x53, 0x49, 0x4d, 0x3a, 0]);
const TEXT_OK: usize = memory.data<u8>([0x4f, 0x4b, 0]);
const TEXT_ERROR: usize = memory.data<u8>([0x45, 0x52, 0x52, 0x4f, 0x52, 0]);
const TEXT_CME_ERROR: usize = memory.data<u8>([0x2b, 0x43, 0x4d, 0x45, 0x20, 0x45, 0x52, 0x52, 0x4f, 0x52, 0x3a, 0]);
const TEXT_CMS_ERROR: usize = memory.data<u8>([0x2b, 0x43, 0x4d, 0x53, 0x20, 0x45, 0x52, 0x52, 0x4f, 0x52, 0x3a, 0]);

/** Writes the present command up to its parameters. */
function putCommand(at: usize): usize {
  let text = COMMANDS;
  for (let left = S.linkCommand; left > LinkCommand.Attention; text++) if (!load<u8>(text)) left--;
  store<u16>(at, 0x5441); // AT
  at += 2;
  for (let byte = load<u8>(text); byte; byte = load<u8>(++text)) store<u8>(at++, byte);
  return at;
}

/** Length of `text` when the line read so far begins with it, else 0. */
function startsWith(text: usize): u32 {
  let i: u32 = 0;
  for (let byte = load<u8>(text); byte; byte = load<u8>(text + ++i)) {
    if (i >= S.lineLength || load<u8>(LINE + i) != byte) return 0;
  }
  return i;
}

/** Writes the parameters of AT+CSIM. */
function putCsim(at: usize): usize {
  at = putDecimal(at, 2 * S.apduLength);
  store<u16>(at, 0x222c); // ,"
  at += 2;
  for (let i: u32 = 0; i < S.apduLength; i++) {
    const byte: u32 = load<u8>(APDU + i);
    store<u8>(at, hexDigit(byte >> 4));
    store<u8>(at, hexDigit(byte & 15), 1);
    at += 2;
  }
  store<u16>(at, 0x0d22); // " and carriage return
  return at + 2;
}

/** Bytes of the command line at CARD_LINE. */
export function atLineLength(): u32 {
  let end = putCommand(CARD_LINE);
  if (S.linkCommand == LinkCommand.Csim) end = putCsim(end);
  return end - CARD_LINE;
}

function write(): void {
  S.linkWaiting = true;
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
  S.linkDeadlineMs = S.nowMs + (S.linkCommand == LinkCommand.Attention ? ATTENTION_MS : O.cardTimeoutMs);
}

/** Sends a command; atBusy() is true until it is answered, then linkFailure and linkDetail tell how it went. */
export function atSend(command: i32): void {
  S.linkCommand = command;
  S.linkTries = 0;
  write();
}

/** True while an answer is awaited. */
export function atBusy(): bool {
  return S.linkCommand != LinkCommand.None;
}

/** Bytes of the response APDU of the last AT+CSIM. */
export function atResponseLength(): u32 {
  return S.hexDigits >> 1;
}

/** Looks at the clock: repeats what may be repeated, gives up what has taken too long. */
export function atTick(): void {
  // the host may have slept before it wrote the line
  if (S.actions & (1 << Action.CardWrite)) return startClock();
  if (!S.linkWaiting || <i32>(S.nowMs - S.linkDeadlineMs) < 0) return;
  if (S.linkPaused) return write();
  if (S.linkCommand == LinkCommand.Attention && ++S.linkTries < ATTENTION_TRIES) return write();
  finish(ErrorCode.ModemTimeout, 0);
}

/** Gives up the command in progress. */
export function atCancel(failure: i32): void {
  S.actions &= ~(1 << Action.CardWrite);
  S.linkWaiting = false;
  S.linkCommand = LinkCommand.None;
  S.linkFailure = failure;
}

function finish(failure: i32, detail: i32): void {
  if (failure == ErrorCode.ModemCmeError && detail == CME_SIM_BUSY && ++S.linkTries < BUSY_TRIES) {
    S.linkPaused = true;
    S.linkDeadlineMs = S.nowMs + BUSY_MS;
    return;
  }
  atCancel(failure);
  S.linkDetail = detail;
}

/** Takes one byte from the modem. */
export function atByte(byte: u32): void {
  if (byte == 0x0d || byte == 0x0a) return endLine();
  const kind = S.lineKind;
  if (kind == LineKind.CsimLength) return csimLength(byte);
  if (kind == LineKind.CsimHex) return csimHex(byte);
  if (S.lineLength == LINE_BYTES) return; // only the beginning tells what it is
  store<u8>(LINE + S.lineLength++, byte);
  if (byte == 0x3a && S.linkCommand == LinkCommand.Csim && !S.linkPaused && startsWith(TEXT_CSIM_ANSWER)) beginCsimAnswer();
}

function beginCsimAnswer(): void {
  S.lineKind = LineKind.CsimLength;
  S.answerSeen = true;
  S.hexDigits = 0;
  S.hexExpected = 0;
  S.linkFailure = 0;
}

/** `+CSIM: <length>,"<hex>"`: blanks and quotation marks vary between modems. */
function csimLength(byte: u32): void {
  if (byte == 0x20) return;
  if (byte == 0x2c) S.lineKind = LineKind.CsimHex;
  else if (byte - 0x30 < 10 && S.hexExpected <= RESPONSE_HEX_DIGITS) S.hexExpected = S.hexExpected * 10 + (byte - 0x30);
  else S.linkFailure = ErrorCode.ModemGarbage;
}

function csimHex(byte: u32): void {
  if (byte == 0x22 || byte == 0x20) return;
  const value = hexValue(byte);
  if (value < 0 || S.hexDigits >= RESPONSE_HEX_DIGITS) {
    S.linkFailure = ErrorCode.ModemGarbage;
    return;
  }
  const digits = S.hexDigits++;
  if (digits & 1) store<u8>(RESPONSE + (digits >> 1), (S.hexHigh << 4) | value);
  else S.hexHigh = value;
}

/** Number behind "+CME ERROR:", or -1 where the modem sends words. */
function errorNumber(from: u32): i32 {
  let value = -1;
  for (let i = from; i < S.lineLength; i++) {
    const digit: u32 = load<u8>(LINE + i) - 0x30;
    if (digit < 10) value = (value < 0 ? 0 : value * 10) + digit;
    else if (digit != 0x20 - 0x30) return -1;
  }
  return value;
}

function endLine(): void {
  const kind = S.lineKind;
  if (kind == LineKind.CsimHex && (S.hexDigits != S.hexExpected || S.hexDigits & 1)) S.linkFailure = ErrorCode.ModemGarbage;
  else if (kind == LineKind.CsimLength) S.linkFailure = ErrorCode.ModemGarbage;
  if (kind == LineKind.Unknown && S.linkWaiting && !S.linkPaused) finalResult();
  S.lineKind = LineKind.Unknown;
  S.lineLength = 0;
}

function finalResult(): void {
  if (S.lineLength == 2 && startsWith(TEXT_OK)) {
    // an OK without +CSIM belongs to an earlier command that was given up
    if (S.linkCommand != LinkCommand.Csim || S.answerSeen) finish(S.linkFailure, 0);
    return;
  }
  if (S.lineLength == 5 && startsWith(TEXT_ERROR)) return refused(ErrorCode.ModemError, 0);
  const length = startsWith(TEXT_CME_ERROR) | startsWith(TEXT_CMS_ERROR);
  if (length) refused(ErrorCode.ModemCmeError, errorNumber(length));
}

/**
 * ATE0 and AT+CMEE are conveniences: a modem that does not know them is used as it is. One that refuses AT is alive: it still
 * had a part of an earlier line.
 */
function refused(failure: i32, detail: i32): void {
  const command = S.linkCommand;
  const optional = command <= LinkCommand.NumericErrors;
  finish(optional ? 0 : failure, optional ? 0 : detail);
}
