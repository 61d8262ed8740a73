// SPDX-License-Identifier: Apache-2.0
// The lane to the card: APDU cases with 61xx, 6Cxx and inline data (ETSI TS 102 221 §7.3), and ES10 commands as chains of
// STORE DATA blocks (SGP.22 v2.5 §5.7.2). Knows nothing of how an APDU travels: the engine gives it to a link.

import { ErrorCode } from '../abi/errors';
import { HAS_MODEMS } from '../abi/features';
import { MAX_GET_RESPONSES } from '../abi/limits';
import { APDU, O, RESPONSE, RUNS, S, SCRATCH, SCRATCH_END } from '../abi/state';
import { backAt, backHeader } from './der-back';
import { putHeader, tlvBytes } from './der-write';
import { CardState, ResponsePart } from './lanes';
import { appendToMessage } from './message';

const HEADER_BYTES: usize = 5;
/** A run is two addresses. */
const RUN_BYTES: u32 = 8;

/** Class byte with the logical channel in it: channels 0 to 3, and 4 to 19 (ETSI TS 102 221 §10.1.1). */
function classByte(base: u32): u32 {
  const channel: u32 = S.channel;
  return channel < 4 ? base | channel : base | 0x40 | (channel - 4);
}

function send(length: u32): void {
  S.apduLength = length;
  S.apduWaiting = true;
  if (HAS_MODEMS) {
    S.responsePart = ResponsePart.None;
    // the rest of an answer that comes in parts is not wanted any more
    if (S.apduOut) S.apduStale = true;
  }
  S.cardState = CardState.Waiting;
}

function putApduHeader(cla: u32, ins: u32, p1: u32, p2: u32, p3: u32): void {
  store<u8>(APDU, cla);
  store<u8>(APDU, ins, 1);
  store<u8>(APDU, p1, 2);
  store<u8>(APDU, p2, 3);
  store<u8>(APDU, p3, 4);
}

/** Blocks that a modem may take when it has refused longer ones. */
const SMALLER_BLOCK: u32 = 120;
const SMALLEST_BLOCK: u32 = 63;
const INS_STORE_DATA: u32 = 0xe2;
const INS_GET_RESPONSE: u32 = 0xc0;

/** Ends the present command with an error. */
export function cardFail(error: i32, detail: i32): void {
  S.cardState = CardState.Failed;
  S.cardError = error;
  S.cardDetail = detail;
}

/** Where the data of a plain APDU goes before cardApdu is called. */
export function cardApduData(): usize {
  return APDU + HEADER_BYTES;
}

/** Sends one APDU with `dataLength` bytes already at cardApduData(), or none and P3 as Le. On the present channel when `onChannel`. */
export function cardApdu(cla: u32, onChannel: bool, ins: u32, p1: u32, p2: u32, p3: u32, dataLength: u32): void {
  putApduHeader(onChannel ? classByte(cla) : cla, ins, p1, p2, p3);
  S.chainOpen = false;
  S.getResponses = 0;
  send(HEADER_BYTES + dataLength);
}

/** Starts an ES10 command of `total` bytes, which then come by cardPut. */
export function cardBegin(total: u32): void {
  S.chainOpen = true;
  S.commandRemaining = total;
  S.blockNumber = 0;
  S.blockFill = 0;
  S.getResponses = 0;
  S.cardState = CardState.Filling;
}

/** How many bytes cardPut takes now; a header may overhang by a few. */
export function cardRoom(): i32 {
  return S.cardState == CardState.Filling ? <i32>O.blockBytes - <i32>S.blockFill : 0;
}

/** Adds bytes to the command; sends the block when it is full or the command complete. */
export function cardPut(at: usize, length: u32): void {
  memory.copy(APDU + HEADER_BYTES + S.blockFill, at, length);
  S.blockFill += length;
  S.commandRemaining -= length;
  sendBlockIfReady();
}

function sendBlockIfReady(): void {
  if (S.blockFill < O.blockBytes && S.commandRemaining) return;
  if (S.blockNumber > 0xff) return cardFail(ErrorCode.MessageTooLong, 0);
  const length = min<u32>(S.blockFill, O.blockBytes);
  S.blockFill -= length;
  S.chainOpen = S.blockFill + S.commandRemaining != 0;
  // SGP.22 v2.5 §5.7.2: P1 tells the last block, P2 counts from 0
  putApduHeader(classByte(0x80), INS_STORE_DATA, S.chainOpen ? 0x11 : 0x91, S.blockNumber++, length);
  send(HEADER_BYTES + length);
}

/**
 * The link has refused the APDU that is out. A block longer than all that were answered goes again in smaller ones, in the same chain: it was
 * too long for the modem, and the card has not seen it. A command of one block that may have run all the same (`mayHaveRun`) does not go again, and
 * only those that follow are smaller. Returns whether the block goes again.
 */
export function cardGoesSmaller(mayHaveRun: bool): bool {
  const length: u32 = load<u8>(APDU, 4);
  if (load<u8>(APDU, 1) != INS_STORE_DATA || length <= S.provenBytes || length <= SMALLEST_BLOCK) return false;
  O.blockBytes = length > SMALLER_BLOCK ? SMALLER_BLOCK : SMALLEST_BLOCK;
  S.blockBytes = O.blockBytes;
  if (mayHaveRun && !S.chainOpen && S.blockNumber == 1) return false;
  // what of a header did not fit into the block lies right behind it
  S.blockFill += length;
  S.blockNumber--;
  sendBlockIfReady();
  return true;
}

/** Takes the first `length` bytes of a response whose rest comes in the same answer of the modem. */
export function cardPart(length: u32): void {
  if (S.chainOpen) return cardFail(ErrorCode.BadResponse, 0);
  S.responsePart = ResponsePart.Given;
  takeData(length);
}

function takeData(length: u32): void {
  S.responseAt = RESPONSE;
  S.responseEnd = RESPONSE + length;
  S.cardState = CardState.Chunk;
}

/** Takes a response APDU of `length` bytes at RESPONSE. */
export function cardResponse(length: u32): void {
  if (length < 2) return cardFail(ErrorCode.BadResponse, 0);
  const dataLength = length - 2;
  const sw1: u32 = load<u8>(RESPONSE + dataLength);
  const sw2: u32 = load<u8>(RESPONSE + dataLength, 1);
  // ISO 7816-4: wrong Le, the right one is SW2. Only commands that carry no data can be repeated so.
  if (sw1 == 0x6c && S.apduLength == HEADER_BYTES && S.getResponses++ < MAX_GET_RESPONSES) {
    store<u8>(APDU, sw2, 4);
    return send(HEADER_BYTES);
  }
  const more = sw1 == 0x61;
  // 91xx: success, and a proactive command waits; 62xx and 63xx: success with a warning
  if (!more && sw1 != 0x90 && sw1 != 0x91 && sw1 != 0x62 && sw1 != 0x63) return cardFail(ErrorCode.StatusWord, (sw1 << 8) | sw2);
  if (HAS_MODEMS) learn(sw1, sw2, dataLength);
  if (S.chainOpen) return continueChain(dataLength, more);
  S.responseMore = more;
  S.responseLe = sw2;
  takeData(dataLength);
}

/** What this response says for those that follow. */
function learn(sw1: u32, sw2: u32, dataLength: u32): void {
  if ((sw1 & 0xfe) == 0x90) S.proactiveBytes = sw1 & 1 ? sw2 : 0;
  const ins = load<u8>(APDU, 1);
  const p3: u32 = load<u8>(APDU, 4);
  if (ins == INS_STORE_DATA) S.provenBytes = max(S.provenBytes, p3);
  // nothing came, and is there yet: the modem has no room for so much
  if (ins == INS_GET_RESPONSE && sw1 == 0x61 && !dataLength) O.responseBytes = p3 ? p3 >> 1 : 0xff;
}

function continueChain(dataLength: u32, more: bool): void {
  if (dataLength || more) return cardFail(ErrorCode.BadResponse, 0);
  // bytes of a header that did not fit into the last block come first in this one
  memory.copy(APDU + HEADER_BYTES, APDU + HEADER_BYTES + O.blockBytes, S.blockFill);
  S.cardState = CardState.Filling;
  sendBlockIfReady();
}

/** The piece of the response is used: asks for the next one, or the command is done. */
export function cardChunkTaken(): void {
  if (HAS_MODEMS && S.responsePart) {
    S.responsePart = ResponsePart.Taken;
    S.cardState = CardState.Waiting;
    return;
  }
  if (!S.responseMore) {
    S.cardState = CardState.Done;
    return;
  }
  if (S.getResponses++ >= MAX_GET_RESPONSES) return cardFail(ErrorCode.EndlessResponse, 0);
  let le = S.responseLe;
  // 00 is 256, and more than any limit
  if (HAS_MODEMS && O.responseBytes && le - 1 >= O.responseBytes) le = O.responseBytes;
  putApduHeader(classByte(0), INS_GET_RESPONSE, 0, 0, le);
  send(HEADER_BYTES);
}

/** Gathers the piece of the response in MESSAGE. */
export function cardCollect(): void {
  if (!appendToMessage(S.responseAt, S.responseEnd - S.responseAt)) return cardFail(ErrorCode.MessageTooLong, 0);
  cardChunkTaken();
}

/** Feeds the ES10 command from memory, between cardSourceAt and cardSourceEnd and then the other runs, as far as the block takes it. */
export function cardFeed(): void {
  while (cardRoom() > 0) {
    if (S.cardSourceAt == S.cardSourceEnd) {
      if (S.runNext == S.runEnd) return;
      S.cardSourceAt = load<u32>(RUNS + S.runNext);
      S.cardSourceEnd = load<u32>(RUNS + S.runNext, 4);
      S.runNext += RUN_BYTES;
    }
    const at = S.cardSourceAt;
    const length = min<u32>(S.cardSourceEnd - at, cardRoom());
    S.cardSourceAt = at + length;
    cardPut(at, length);
  }
}

/** Forgets the runs of the command before. */
export function cardNoRuns(): void {
  S.cardSourceAt = 0;
  S.cardSourceEnd = 0;
  S.runNext = 0;
  S.runEnd = 0;
}

/** Adds the bytes from `at` to `end`, which stay where they are, to what the next ES10 command is made of: at most 6 runs. */
export function cardRun(at: usize, end: usize): void {
  store<u32>(RUNS + S.runEnd, at);
  store<u32>(RUNS + S.runEnd, end, 4);
  S.runEnd += RUN_BYTES;
}

/** Sends the ES10 command that lies in memory from `at` to `end`. */
export function cardSend(at: usize, end: usize): void {
  cardNoRuns();
  cardRun(at, end);
  cardBegin(end - at);
}

/** Sends the ES10 command `tag` whose contents were written from SCRATCH_END backwards. */
export function cardSendBack(tag: u32): void {
  backHeader(tag, SCRATCH_END);
  cardSend(backAt, SCRATCH_END);
}

/** Sends an ES10 command without content. */
export function cardSendEmpty(tag: u32): void {
  cardSend(SCRATCH, putHeader(SCRATCH, tag, 0));
}

/** Sends the ES10 command `tag` whose contents are the runs. */
export function cardSendRuns(tag: u32): void {
  let length: u32 = 0;
  for (let run: u32 = 0; run < S.runEnd; run += RUN_BYTES) length += load<u32>(RUNS + run, 4) - load<u32>(RUNS + run);
  cardBegin(tlvBytes(tag, length));
  cardPut(SCRATCH, putHeader(SCRATCH, tag, length) - SCRATCH);
}
