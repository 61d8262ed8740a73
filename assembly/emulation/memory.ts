// SPDX-License-Identifier: Apache-2.0
// The memory of the virtual ISD-R, at the end of the state region: what it keeps as an eUICC does, and the function in progress.

import { EMULATION_BYTES, VIRTUAL_ANSWER_BYTES, VIRTUAL_COMMAND_BYTES, VIRTUAL_EIMS_BYTES, VIRTUAL_RESULTS_BYTES } from '../abi/limits';
import { EMULATION } from '../abi/state';

/** What the virtual ISD-R is doing. */
export const enum Phase {
  /** Commands come. */
  Idle = 0,
  /** A command that is for it comes, block by block. */
  Gathering = 1,
  /** Its answer is fetched, piece by piece. */
  Answering = 2,
  /** A command of its own is with the card. */
  Card = 3,
  /** The host checks the eIM's signature. */
  Verifying = 4,
  /** The host signs. */
  Signing = 5,
}

/** What goes on when the card has answered. */
export const enum Next {
  PackageEid = 0,
  FindEnabled = 1,
  Enable = 2,
  Disable = 3,
  Delete = 4,
  ProfileList = 5,
  Rat = 6,
  DefaultDpAddress = 7,
  Rollback = 8,
  ImmediateEnable = 9,
  MemoryReset = 10,
}

/** What is being signed. */
export const enum Signed {
  Result = 0,
  Error = 1,
  RollbackResult = 2,
}

/** The numbers. Fields named …At and …End are addresses. */
@unmanaged
export class Emulation {
  // kept over commands, as in the memory of an eUICC
  resultCount: u32; // number of the last result, without the base
  tokenCount: u32; // the last associationToken
  eimsBytes: u32;
  resultsBytes: u32;
  rollbackAllowed: u32;
  rollbackHeadBytes: u32;
  rollbackNumber: u32; // of the result that goes when the rollback takes place
  immediateEnable: u32;
  immediateBytes: u32; // SM-DP+ of immediate enabling: 81, 82
  plainTags: u32; // the card refuses tag lists with tags of SGP.32

  // the function in progress
  phase: i32;
  next: i32;
  signed: i32;
  commandEnd: usize;
  answerAt: usize;
  answerEnd: usize;
  dataAt: usize; // bytes of action Sign or VerifyEim
  dataEnd: usize;
  collectAt: usize; // the answer of the card
  collectEnd: usize;
  cardError: i32;

  // the package in progress
  inPackage: u32;
  headBytes: u32;
  counter: u32;
  packageEidAt: usize;
  operationAt: usize;
  operationsEnd: usize;
  isEco: u32;
  stopped: u32; // an operation has failed: the rest is not run
  resultEnd: usize;
  enabled: u32; // an enable has succeeded
  disabled: u32;
  previousKnown: u32;
  granted: u32; // an enable with rollbackFlag has succeeded
  wantsRollback: u32;
  iccidAt: usize; // of the operation
  listAt: usize; // contents of the ProfileInfoListRequest
  listEnd: usize;
  listExtended: u32; // its tag list has tags of SGP.32
  resetOptions: u32;
}

/** Room for what SGP.22 calls small: a request to the card. */
export const REQUEST_BYTES: u32 = 320;
export const ICCID_BYTES: u32 = 10;
export const HEAD_BYTES: u32 = 192;
/** SM-DP+ of immediate enabling, as it came. */
export const IMMEDIATE_BYTES: u32 = 192;
/** r and s. */
export const SIGNATURE_BYTES: u32 = 64;

export const V: Emulation = changetype<Emulation>(EMULATION);
const NUMBERS: usize = 256;
/** The request to the card. */
export const REQUEST: usize = EMULATION + NUMBERS;
/** eimId, counterValue and eimTransactionId of the package: 80, 81, 82. */
export const HEAD: usize = REQUEST + REQUEST_BYTES;
/** The same of the package that allowed the rollback. */
export const ROLLBACK_HEAD: usize = HEAD + HEAD_BYTES;
/** ICCID of the profile enabled before this package, and the one to go back to. */
export const PREVIOUS: usize = ROLLBACK_HEAD + HEAD_BYTES;
export const ROLLBACK_ICCID: usize = PREVIOUS + 16;
export const IMMEDIATE: usize = ROLLBACK_ICCID + 16;
/** Where event Signature puts its bytes. */
export const SIGNATURE: usize = IMMEDIATE + IMMEDIATE_BYTES;
export const COMMAND: usize = SIGNATURE + SIGNATURE_BYTES;
export const ANSWER: usize = COMMAND + VIRTUAL_COMMAND_BYTES;
export const ANSWER_END: usize = ANSWER + VIRTUAL_ANSWER_BYTES;
export const EIMS: usize = ANSWER_END;
export const RESULTS: usize = EIMS + VIRTUAL_EIMS_BYTES;
const END: usize = RESULTS + VIRTUAL_RESULTS_BYTES;

/** Behind the head of a package result, which is put before them. */
export const OPERATION_RESULTS: usize = ANSWER + 256;
/** Operations whose results would go past this end the package; the whole result then fits RESULTS. */
export const OPERATION_RESULTS_END: usize = OPERATION_RESULTS + 1536;

/** Forgets the function in progress; checks the map. */
export function forgetFunction(): void {
  if (END > EMULATION + EMULATION_BYTES || offsetof<Emulation>() > NUMBERS) ERROR('the virtual ISD-R does not fit its memory');
  V.phase = Phase.Idle;
}
