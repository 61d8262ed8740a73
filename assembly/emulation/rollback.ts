// SPDX-License-Identifier: Apache-2.0
// ProfileRollback (SGP.32 v1.2 §5.9.16, §3.3.2): the profile that was enabled before is enabled again, and a result of its own takes the
// place of that of the package.

import { Action } from '../abi/actions';
import { ask } from '../wire/ask';
import { answerCode } from './answer';
import { answeredCode, callSwitch } from './card-call';
import { isDeleted } from './eims';
import { ANSWER, Next, ROLLBACK_HEAD, ROLLBACK_ICCID, V } from './memory';
import { eimOfHead, signRollbackResult } from './package-result';

const ROLLBACK_NOT_ALLOWED: u32 = 1;
const CAT_BUSY: i32 = 5;
const COMMAND_ERROR: u32 = 7;
/** Codes of EnableProfile that are told apart: 0 and catBusy. */
const CODES: u32 = 0x21;

function grantingEim(): usize {
  const eim = eimOfHead(ROLLBACK_HEAD, V.rollbackHeadBytes);
  return eim && !isDeleted(eim) ? eim : 0;
}

/** Begins BF58. */
export function profileRollback(): void {
  if (!V.rollbackAllowed || !grantingEim()) return answerRollback(ROLLBACK_NOT_ALLOWED);
  V.resultEnd = ANSWER;
  callSwitch(0xbf31, ROLLBACK_ICCID, Next.Rollback);
}

function answerRollback(code: u32): void {
  answerCode(0xbf58, 0x02, code);
}

/** The card has answered BF31. The authorisation is used up; only when the card is busy it may be asked again. */
export function rollbackAnswered(): void {
  const code = answeredCode(0xbf31, CODES);
  if (code == CAT_BUSY) return answerRollback(CAT_BUSY);
  V.rollbackAllowed = 0;
  ask(Action.Persist);
  if (code) answerRollback(COMMAND_ERROR);
  else signRollbackResult(grantingEim());
}
