// SPDX-License-Identifier: Apache-2.0
// ES10b.PrepareDownload (SGP.22 v2.5 §5.7.5): BF21{smdpSigned2, smdpSignature2, [hashCc], smdpCertificate}, each element as it
// came; hashCc from the eIM (SGP.32 v1.2 §6.3.2.2), or made by the host from the user's confirmation code.

import { ErrorCode } from '../abi/errors';
import { HAS_ESIPA, HAS_POLICY } from '../abi/features';
import { HASH_CC, S } from '../abi/state';
import { runSlot, Slot, slotAt, slotEnd } from '../rsp/slots';
import { cardNoRuns, cardRun, cardSendRuns } from '../wire/card-lane';
import { derEnd, derInteger, derLength, derTag, derValue, expectTlv, findTlv, readTlv } from '../wire/der-read';
import { expectResponse } from './response';

const HASH_CC_BYTES: usize = 34;

/** Whether smdpSigned2 sets ccRequiredFlag. */
export function isConfirmationCodeRequired(): bool {
  if (expectTlv(slotAt(Slot.Signed), slotEnd(Slot.Signed), 0x30)) return false;
  return !findTlv(derValue, derEnd, 0x01) && derLength == 1 && load<u8>(derValue) != 0;
}

/** Whether there is a hashCc. */
export function hasHashCc(): bool {
  return S.hashCcLength || slotAt(Slot.Octets);
}

/** Starts BF21 from the elements of authenticateClientOk in MESSAGE. Returns 0, MissingElement, BadValue or ConfirmationCodeMissing. */
export function sendPrepareDownload(): i32 {
  cardNoRuns();
  if (!runSlot(Slot.Signed) || !runSlot(Slot.Signature)) return ErrorCode.MissingElement;
  const given: usize = HAS_ESIPA ? slotAt(Slot.Octets) : 0;
  if (given) {
    if (slotEnd(Slot.Octets) - given != HASH_CC_BYTES) return ErrorCode.BadValue;
    cardRun(given, given + HASH_CC_BYTES);
  } else if (HAS_POLICY && S.hashCcLength) cardRun(HASH_CC, HASH_CC + HASH_CC_BYTES);
  else if (HAS_POLICY && isConfirmationCodeRequired()) return ErrorCode.ConfirmationCodeMissing;
  if (!runSlot(Slot.Certificate)) return ErrorCode.MissingElement;
  cardSendRuns(0xbf21);
  return 0;
}

/** Reads BF21{A0 … | A1{80, 02 code}}, which goes to the eIM either way. Returns 0; 1 when the eUICC refused (stepDetail: its code); or a wire error. */
export function readPrepareDownload(): i32 {
  const result = expectResponse(0xbf21);
  if (result || readTlv(derValue, derEnd) || derTag != 0xa1 || findTlv(derValue, derEnd, 0x02)) return result;
  S.stepDetail = derInteger();
  return 1;
}
