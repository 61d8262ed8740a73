// SPDX-License-Identifier: Apache-2.0
// ES10b.LoadBoundProfilePackage (SGP.22 v2.5 §5.7.6): which parts of a bound profile package are commands of their own
// (§2.5.5), and the ProfileInstallationResult at the end.

import { ErrorCode } from '../abi/errors';
import { S, TRANSACTION_ID } from '../abi/state';
import { derEnd, derEquals, derInteger, derTag, derValue, expectTlv, findTlv, readTlv } from '../wire/der-read';
import { readSequence } from './remove-notification-from-list';
import { expectResponse } from './response';

/** Depth of BF36 in GetBoundProfilePackageResponseEsipa: BF3A{A0{BF36}}. */
export const BPP_DEPTH: u32 = 3;

/**
 * The segment rule of §2.5.5 for the element `tag` with `whole` bytes, of which `header` are tag and length, at `depth`
 * under `parent`. Returns the length of the command that begins with it, 0 when it belongs to the present command or is
 * kept for the next one (BF36), or UnexpectedTag.
 */
export function segmentBytes(depth: u32, parent: u32, tag: u32, header: u32, whole: u32): i32 {
  if (depth == BPP_DEPTH + 1) {
    if (tag == 0xbf23) return S.segmentHeaderLength + whole;
    if (tag == 0xa0 || tag == 0xa2) return whole;
    return tag == 0xa1 || tag == 0xa3 ? <i32>header : ErrorCode.UnexpectedTag;
  }
  return depth == BPP_DEPTH + 2 && (parent == 0xa1 || parent == 0xa3) ? <i32>whole : 0;
}

/** Whether the notification from `at` to `end` is the ProfileInstallationResult of the present session. */
export function isWantedResult(at: usize, end: usize): i32 {
  const isInstallation = !expectTlv(at, end, 0xbf37) && !expectTlv(derValue, derEnd, 0xbf27) && !findTlv(derValue, derEnd, 0x80);
  return isInstallation && derEquals(TRANSACTION_ID, S.transactionIdLength) ? 1 : 0;
}

/**
 * Reads BF37{BF27{…, BF2F{80 seq}, …, A2{A0 success | A1{80,81 reason}}}, 5F37} from keepEnd to collectAt: keeps the
 * sequence number. Returns 0 installed, 1 not installed (stepDetail: errorReason), or a wire error.
 */
export function readInstallationResult(): i32 {
  let result = expectResponse(0xbf37);
  if (!result) result = expectTlv(derValue, derEnd, 0xbf27);
  if (result) return result;
  const data = derValue;
  const dataEnd = derEnd;
  result = findTlv(data, dataEnd, 0xbf2f);
  if (!result) result = readSequence(derValue, derEnd);
  if (!result) result = findTlv(data, dataEnd, 0xa2);
  if (!result) result = readTlv(derValue, derEnd);
  if (result) return result;
  if (derTag == 0xa0) return 0;
  S.stepDetail = findTlv(derValue, derEnd, 0x81) ? 0 : derInteger();
  return 1;
}
