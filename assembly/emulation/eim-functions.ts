// SPDX-License-Identifier: Apache-2.0
// The ES10b functions about eIM configurations: GetEimConfigurationData (SGP.32 v1.2 §5.9.18) and AddInitialEim (§5.9.4, §3.5.2).

import { Action } from '../abi/actions';
import { ask } from '../wire/ask';
import { checkTlv, derEnd, derLength, derTag, derValue, findTlv, readTlv } from '../wire/der-read';
import { putHeader, tlvBytes } from '../wire/der-write';
import { answer, answerCode } from './answer';
import { addEim, countEims, EimCode, eimData, eimsEnd, findEim, nextEim, tokenGiven } from './eims';
import { putInteger } from './integer';
import { ANSWER, COMMAND, EIMS, OPERATION_RESULTS, V } from './memory';

/** Answers `outer`{A0{what lies from OPERATION_RESULTS to `end`}}. */
function answerList(outer: u32, end: usize): void {
  const length = end - OPERATION_RESULTS;
  const at = putHeader(putHeader(ANSWER, outer, tlvBytes(0xa0, length)), 0xa0, length);
  memory.copy(at, OPERATION_RESULTS, length);
  answer(ANSWER, at + length);
}

/** Answers BF55{A0{30 …}}: all, or the one of BF55{A0{80 eimId}} (reading I-12: the criterion may stand without A0). */
export function getEimConfigurationData(at: usize, end: usize): void {
  if (!findTlv(at, end, 0xa0)) {
    at = derValue;
    end = derEnd;
  }
  const all = findTlv(at, end, 0x80) != 0;
  const wanted = all ? 0 : findEim(derValue, derLength, false);
  let to = OPERATION_RESULTS;
  for (let eim = EIMS; eim < eimsEnd(); eim = nextEim(eim)) {
    if (!all && eim != wanted) continue;
    const length = nextEim(eim) - eimData(eim);
    memory.copy(to, eimData(eim), length);
    to += length;
  }
  answerList(0xbf55, to);
}

/** Takes BF57{A0{30 …}}: all or nothing. Answers BF57{A0{84 token | 05 00 …}} or BF57{81 code}. */
export function addInitialEim(): void {
  let code: i32 = countEims() ? EimCode.AlreadyExists : EimCode.CommandError;
  const tokens = V.tokenCount;
  let to = OPERATION_RESULTS;
  if (code == EimCode.CommandError && !checkTlv(COMMAND, V.commandEnd)) {
    readTlv(COMMAND, V.commandEnd);
    if (!findTlv(derValue, derEnd, 0xa0) && derLength) {
      const end = derEnd;
      code = EimCode.Ok;
      for (let at = derValue; at < end && !code; ) {
        readTlv(at, end);
        at = derEnd;
        code = derTag == 0x30 ? addEim(derValue, derEnd) : EimCode.CommandError;
        to = tokenGiven ? putInteger(to, 0x84, tokenGiven) : putHeader(to, 0x05, 0);
      }
    }
    if (code) {
      V.eimsBytes = 0;
      V.tokenCount = tokens;
    }
  }
  if (code) return answerCode(0xbf57, 0x81, code);
  ask(Action.Persist);
  answerList(0xbf57, to);
}
