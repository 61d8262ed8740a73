// SPDX-License-Identifier: Apache-2.0
// Immediate enabling (SGP.32 v1.2 §3.4.4, §5.9.15, §5.9.17): configured by an eIM or, before there is one, by the device; used after a
// download. A server by its OID cannot be recognised: its certificate is seen by the card alone.

import { ACTIVATION_CODE, METADATA, S } from '../abi/state';
import { derEquals, derLength, derValue, findTlv } from '../wire/der-read';
import { answerCode } from './answer';
import { callSwitch } from './card-call';
import { countEims } from './eims';
import { ANSWER, ANSWER_END, COMMAND, ICCID_BYTES, IMMEDIATE, IMMEDIATE_BYTES, Next, V } from './memory';
import { overlayElement } from './overlay';

const SMDP_OID: u32 = 0x81;
const SMDP_ADDRESS: u32 = 0x82;

/** Takes {80?, 81?, 82?} from `at` to `end`. Returns 0, or insufficientMemory(1). */
export function configureImmediateEnable(at: usize, end: usize): i32 {
  const oldEnd = IMMEDIATE + V.immediateBytes;
  // put together where nothing else is, so that nothing is changed when it does not fit
  const room = ANSWER_END - 2 * IMMEDIATE_BYTES;
  if (<u32>(end - at) > IMMEDIATE_BYTES) return 1;
  let to = overlayElement(room, SMDP_OID, at, end, IMMEDIATE, oldEnd);
  to = overlayElement(to, SMDP_ADDRESS, at, end, IMMEDIATE, oldEnd);
  const length = to - room;
  if (<u32>length > IMMEDIATE_BYTES) return 1;
  memory.copy(IMMEDIATE, room, length);
  V.immediateBytes = length;
  V.immediateEnable = findTlv(at, end, 0x80) ? 0 : 1;
  return 0;
}

/** ConfigureImmediateProfileEnabling: associatedEimAlreadyExists(2) when there is an eIM. */
export function configureImmediateProfileEnabling(at: usize, end: usize): void {
  answerCode(0xbf59, 0x80, countEims() ? 2 : configureImmediateEnable(at, end));
}

/** ImmediateEnable: enables the profile of the last download. */
export function immediateEnable(): void {
  const end = IMMEDIATE + V.immediateBytes;
  let available = V.immediateEnable != 0 && findTlv(IMMEDIATE, end, SMDP_OID) != 0;
  if (available && !findTlv(IMMEDIATE, end, SMDP_ADDRESS)) {
    available = derEquals(ACTIVATION_CODE + S.smdpAddressAt, S.smdpAddressLength);
  }
  if (!available) return answerCode(0xbf5a, 0x80, 1);
  const installed = S.profilesInstalled && !S.installationFailed && !findTlv(METADATA, METADATA + S.metadataLength, 0x5a);
  if (!installed || derLength != ICCID_BYTES) return answerCode(0xbf5a, 0x80, 4); // noSessionContext
  V.resultEnd = ANSWER;
  memory.copy(COMMAND, derValue, ICCID_BYTES);
  callSwitch(0xbf31, COMMAND, Next.ImmediateEnable);
}
