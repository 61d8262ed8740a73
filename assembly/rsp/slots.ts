// SPDX-License-Identifier: Apache-2.0
// How far an answer is read, and where those of its elements lie in MESSAGE that go on to the card or decide what goes there.

import { SLOTS } from '../abi/state';
import { cardRun } from '../wire/card-lane';

/** How far an answer is read. */
export const enum Reply {
  /** The request is still going out. */
  Awaited = 0,
  /** It is being read. */
  Reading = 1,
  /** The header of the element to be streamed was read; what follows is not for this reader. */
  Stream = 2,
}

/** An element of the answer; each has its start and end in SLOTS. */
export const enum Slot {
  None = 0,
  /** serverSigned1 or smdpSigned2 */
  Signed = 1,
  /** serverSignature1 or smdpSignature2 */
  Signature = 2,
  /** euiccCiPKIdentifierToBeUsed or hashCc */
  Octets = 3,
  /** serverCertificate or smdpCertificate */
  Certificate = 4,
  /** ctxParams1 in its tag A2, or from JSON without it */
  Context = 5,
  /** matchingId */
  MatchingId = 6,
  Count = 7,
}

/** Address of its first byte, 0 when it is missing. */
export function slotAt(slot: u32): usize {
  return load<u32>(SLOTS + 8 * slot);
}

/** Address behind it. */
export function slotEnd(slot: u32): usize {
  return load<u32>(SLOTS + 8 * slot, 4);
}

/** Says where it lies. */
export function setSlot(slot: u32, at: usize, end: usize): void {
  store<u32>(SLOTS + 8 * slot, at);
  store<u32>(SLOTS + 8 * slot, end, 4);
}

/** Adds it to what the next ES10 command is made of. False when it is missing. */
export function runSlot(slot: u32): bool {
  const at = slotAt(slot);
  if (at) cardRun(at, slotEnd(slot));
  return at != 0;
}
