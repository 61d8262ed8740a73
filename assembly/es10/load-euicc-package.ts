// SPDX-License-Identifier: Apache-2.0
// ES10b.LoadEuiccPackage (SGP.32 v1.2 §5.9.1): the request is streamed to the card unread; here is what the eUICC's result says.

import { ErrorCode } from '../abi/errors';
import { S } from '../abi/state';
import { derEnd, derInteger, derLength, derTag, derValue, expectTlv, findTlv, readTlv } from '../wire/der-read';
import { keepSequence } from './remove-notification-from-list';
import { expectResponse } from './response';

/** What an EuiccPackageResult means for the procedure. */
export const enum PackageOutcome {
  /** Signed result, the enabled profile is the same as before. */
  Unchanged = 0,
  /** Signed result, another profile is enabled or none. */
  ProfileChanged = 1,
  /** Signed or unsigned error: the eUICC does not keep it. */
  NotKept = 2,
}

/** Reads BF51{A0|A1|A2} from keepEnd to collectAt. Returns a PackageOutcome or a wire error. */
export function readPackageResult(): i32 {
  let result = expectResponse(0xbf51);
  if (!result) result = readTlv(derValue, derEnd);
  if (result) return result;
  if (derTag == 0xa1 || derTag == 0xa2) return readPackageError();
  if (derTag != 0xa0) return ErrorCode.UnexpectedTag;
  result = expectTlv(derValue, derEnd, 0x30);
  if (result) return result;
  const dataEnd = derEnd;
  result = findTlv(derValue, dataEnd, 0x83);
  if (result) return result;
  result = keepSequence();
  if (!result) result = findTlv(derEnd, dataEnd, 0x30);
  return result ? result : changesProfile(derValue, derEnd);
}

/** euiccPackageErrorCode of A1{30{… 02}} goes to stepDetail; A2 has none. */
function readPackageError(): i32 {
  const signed = !findTlv(derValue, derEnd, 0x30) && !findTlv(derValue, derEnd, 0x02);
  S.stepDetail = signed ? derInteger() : 0;
  return PackageOutcome.NotKept;
}

/** Looks for a successful enable (83 00) or disable (84 00) among the results. */
function changesProfile(at: usize, end: usize): i32 {
  while (at < end) {
    const result = readTlv(at, end);
    if (result) return result;
    if ((derTag == 0x83 || derTag == 0x84) && derLength == 1 && derInteger() == 0) return PackageOutcome.ProfileChanged;
    at = derEnd;
  }
  return PackageOutcome.Unchanged;
}
