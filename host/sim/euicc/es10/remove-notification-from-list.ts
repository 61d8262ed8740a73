// SPDX-License-Identifier: Apache-2.0
// RemoveNotificationFromList: `BF30{80 seqNumber}` → `BF30{80 status}`, for notifications and package results alike
// (SGP.22 v2.5 §5.7.11, SGP.32 v1.2 §5.9.12).
import { type Tlv, tlv } from '../../codec/ber.js';
import { integerElement, tryInteger } from '../domain/elements.js';
import type { Euicc } from '../state/euicc.js';

const STATUS_CODE = { ok: 0, nothingToDelete: 1, undefinedError: 127 } as const;

/** Removing the result of a package that allowed a rollback ends that permission: its result was delivered. */
export function removeNotificationFromList({ memory }: Euicc, request: Tlv): Uint8Array {
  const seqNumber = tryInteger(request, 0x80);
  if (seqNumber === undefined) return answer(STATUS_CODE.undefinedError);
  const before = memory.notifications.length + memory.packageResults.length;
  memory.notifications = memory.notifications.filter((each) => each.seqNumber !== seqNumber);
  memory.packageResults = memory.packageResults.filter((each) => each.seqNumber !== seqNumber);
  if (memory.rollback?.seqNumber === seqNumber) memory.rollback = undefined;
  const removed = before - memory.notifications.length - memory.packageResults.length;
  return answer(removed > 0 ? STATUS_CODE.ok : STATUS_CODE.nothingToDelete);
}

function answer(code: number): Uint8Array {
  return tlv(0xbf30, integerElement(0x80, code));
}
