// SPDX-License-Identifier: Apache-2.0
// ProfileRollback: `BF58{80 refreshFlag}` → `BF58{02 code, [BF51 result]}` (SGP.32 v1.2 §5.9.16, §3.3.2).
import { type Tlv, tlv } from '../../codec/ber.js';
import { findEim } from '../domain/eim-configuration.js';
import { integerElement } from '../domain/elements.js';
import { findProfile } from '../domain/identifiers.js';
import { isCatBusy } from '../domain/proactive.js';
import { announce, markEnabled } from '../domain/profile-switch.js';
import { storeSignedResult } from '../package/package-result.js';
import type { Euicc } from '../state/euicc.js';
import type { RollbackAuthorisation } from '../state/non-volatile.js';
import { readRefreshFlag } from './refresh-flag.js';

const CODE = { ok: 0, rollbackNotAllowed: 1, catBusy: 5, commandError: 7 } as const;
const ROLLBACK_OK = integerElement(0x8c, CODE.ok);

/** Goes back to the profile enabled before. The new result carries the granting package's identity, and that package's result is dropped. */
export function profileRollback(euicc: Euicc, request: Tlv): Uint8Array {
  const refresh = readRefreshFlag(request);
  const { rollback, eims } = euicc.memory;
  if (rollback === undefined || !eims.some((eim) => eim.eimId === rollback.eimId)) return answer(CODE.rollbackNotAllowed);
  if (isCatBusy(euicc)) return answer(CODE.catBusy);
  const previous = findProfile(euicc.memory, rollback.previousIccid);
  if (previous === undefined || previous.state === 'enabled') return answer(CODE.commandError);
  const events = markEnabled(euicc.memory, previous);
  const result = replaceResult(euicc, rollback);
  announce(euicc, events, refresh);
  return answer(CODE.ok, result);
}

function replaceResult(euicc: Euicc, rollback: RollbackAuthorisation): Uint8Array {
  const { memory } = euicc;
  const eim = findEim(memory, rollback.eimId)!;
  memory.rollback = undefined;
  memory.packageResults = memory.packageResults.filter((each) => each.seqNumber !== rollback.seqNumber);
  return storeSignedResult(euicc, eim, rollback, [ROLLBACK_OK]).raw;
}

function answer(code: number, result: Uint8Array = new Uint8Array(0)): Uint8Array {
  return tlv(0xbf58, integerElement(0x02, code), result);
}
