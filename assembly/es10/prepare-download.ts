// SPDX-License-Identifier: Apache-2.0
// ES10b.PrepareDownload (SGP.22 v2.5 §5.7.5): BF21{smdpSigned2, smdpSignature2, [hashCc], smdpCertificate}, each element as it
// came. In the eIM's answer hashCc stands last (SGP.32 v1.2 §6.3.2.2), on the card it comes before the certificate.

import { ErrorCode } from '../abi/errors';
import { MESSAGE, S, SCRATCH } from '../abi/state';
import { cardSendWrapped } from '../wire/card-lane';
import { derEnd, derInteger, derLength, derStart, derTag, derValue, expectTlv, findTlv, readTlv } from '../wire/der-read';
import { expectResponse } from './response';

const HASH_CC_BYTES: u32 = 32;

/** Whether smdpSigned2 between `at` and `end` sets ccRequiredFlag. */
function requiresConfirmationCode(at: usize, end: usize): bool {
  return !findTlv(at, end, 0x01) && derLength == 1 && load<u8>(derValue) != 0;
}

/** Prepares BF21 from the contents of authenticateClientOkDPEsipa in MESSAGE up to collectAt, and starts the command. */
export function sendPrepareDownload(): i32 {
  const end = S.collectAt;
  let result = findTlv(MESSAGE, end, 0x30);
  if (result) return result;
  const signed = derStart;
  const afterSigned = derEnd;
  const needsCode = requiresConfirmationCode(derValue, derEnd);
  result = expectTlv(afterSigned, end, 0x5f37);
  const certificate = derEnd;
  if (!result) result = expectTlv(certificate, end, 0x30);
  if (result) return result;
  let requestEnd = derEnd;
  result = findTlv(requestEnd, end, 0x04);
  if (!result) {
    if (derLength != HASH_CC_BYTES) return ErrorCode.BadValue;
    const hashBytes = derEnd - derStart;
    memory.copy(SCRATCH, derStart, hashBytes);
    memory.copy(certificate + hashBytes, certificate, requestEnd - certificate);
    memory.copy(certificate, SCRATCH, hashBytes);
    requestEnd += hashBytes;
  } else if (result != ErrorCode.MissingElement) return result;
  else if (needsCode) return ErrorCode.ConfirmationCodeMissing;
  cardSendWrapped(0xbf21, signed, requestEnd);
  return 0;
}

/** Reads BF21{A0 … | A1{80, 02 code}}, which goes to the eIM either way. Returns 0; 1 when the eUICC refused (stepDetail: its code); or a wire error. */
export function readPrepareDownload(): i32 {
  const result = expectResponse(0xbf21);
  if (result || readTlv(derValue, derEnd) || derTag != 0xa1 || findTlv(derValue, derEnd, 0x02)) return result;
  S.stepDetail = derInteger();
  return 1;
}
