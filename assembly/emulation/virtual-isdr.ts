// SPDX-License-Identifier: Apache-2.0
// The virtual ISD-R: stands between card lane and link, and takes the commands of SGP.32 that a consumer eUICC does not know. Everything
// else passes to the card as it is. It decides by the first block of a chain.

import { Action } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { Event } from '../abi/events';
import { VIRTUAL_COMMAND_BYTES } from '../abi/limits';
import { Assistant } from '../abi/options';
import { APDU, O, S } from '../abi/state';
import { cardFeed } from '../wire/card-lane';
import { CardState } from '../wire/lanes';
import { answerPiece, answerStatus, takeBlock } from './answer';
import { collect } from './card-call';
import { cardAnswered, runFunction } from './functions';
import { signatureChecked } from './load-euicc-package';
import { COMMAND, forgetFunction, Phase, SIGNATURE_BYTES, V } from './memory';
import { takeSignature } from './package-result';
import { isFunction } from './which-function';

const INS_STORE_DATA: u32 = 0xe2;
const INS_GET_RESPONSE: u32 = 0xc0;
const MORE_BLOCKS: u32 = 0x11;

/** A command of the host begins: no function is in progress. */
export function emulationReset(): void {
  forgetFunction();
}

/** Whether a function is being run, so that the card's answers are the virtual ISD-R's. */
export function isEmulationBusy(): bool {
  return V.phase >= Phase.Card;
}

/** Where the bytes of action Sign and VerifyEim are. */
export function emulationDataAt(): usize {
  return V.dataAt;
}

/** Number of these bytes. */
export function emulationDataBytes(): u32 {
  return V.dataEnd - V.dataAt;
}

/** Takes the APDUs that wait for the link, as far as they are for the virtual ISD-R. */
export function emulationTakeApdus(): void {
  while (S.apduWaiting && !S.apduOut && takes()) {}
}

/** Looks at the APDU that waits. True when it is taken; what waits then is another one, or none. */
function takes(): bool {
  if (O.assistant != Assistant.Emulated || V.phase == Phase.Card) return false;
  const ins: u32 = load<u8>(APDU, 1);
  if (ins == INS_GET_RESPONSE && V.phase == Phase.Answering) {
    S.apduWaiting = false;
    answerPiece();
    return true;
  }
  if (ins != INS_STORE_DATA) V.phase = Phase.Idle;
  else if (!load<u8>(APDU, 3)) {
    V.phase = isFunction() ? Phase.Gathering : Phase.Idle;
    V.commandEnd = COMMAND;
  }
  if (V.phase != Phase.Gathering) return false;
  S.apduWaiting = false;
  gather();
  return true;
}

/** Adds the block to the command, and runs the command when it is complete. */
function gather(): void {
  const length: u32 = load<u8>(APDU, 4);
  if (COMMAND + VIRTUAL_COMMAND_BYTES - V.commandEnd < length) return answerStatus(0x6a84); // not enough memory
  memory.copy(V.commandEnd, APDU + 5, length);
  V.commandEnd += length;
  if (load<u8>(APDU, 2) == MORE_BLOCKS) return takeBlock();
  runFunction();
  goOn();
}

/** The card lane has the answer of the card, or the link has failed. */
export function emulationAnswered(): void {
  goOn();
}

/** Moves the commands to the card on, until one waits for the link or none is there. */
function goOn(): void {
  while (V.phase == Phase.Card) {
    switch (S.cardState) {
      case CardState.Filling:
        cardFeed();
        break;
      case CardState.Chunk:
        collect();
        break;
      case CardState.Waiting:
        return;
      default:
        V.cardError = S.cardState == CardState.Failed ? S.cardError : 0;
        cardAnswered();
    }
  }
}

/** Takes event Verified or Signature. Returns the bytes taken, or UnexpectedEvent. */
export function emulationEvent(kind: i32, argument: i32, length: u32): i32 {
  if (kind == Event.Verified) {
    if (V.phase != Phase.Verifying || length || S.actions & (1 << Action.VerifyEim)) return ErrorCode.UnexpectedEvent;
    signatureChecked(argument == 1);
  } else {
    const waits = V.phase == Phase.Signing && !(S.actions & (1 << Action.Sign));
    if (!waits || (length && length != SIGNATURE_BYTES)) return ErrorCode.UnexpectedEvent;
    takeSignature(length);
  }
  goOn();
  return length;
}
