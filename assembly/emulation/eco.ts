// SPDX-License-Identifier: Apache-2.0
// Operations on eIM configurations in an eUICC package (SGP.32 v1.2 §2.11.1.1.2, §3.5.1): done here, the card knows nothing of them.

import { derEnd, derLength, derTag, derValue, findTlv } from '../wire/der-read';
import { putByteTlv, putHeader, tlvBytes } from '../wire/der-write';
import { addEim, countEims, EimCode, eimsEnd, findEim, isDeleted, markDeleted, nextEim, putEimIdInfo, tokenGiven, updateEim } from './eims';
import { putInteger } from './integer';
import { EIMS, OPERATION_RESULTS_END, V } from './memory';
import { putCode, Termination, terminate } from './operation-result';

const EIM_NOT_FOUND: i32 = 1;
const LAST_EIM_DELETED: i32 = 2;
const UNDEFINED_ERROR: i32 = 127;
/** The longest EimIdInfo, with its header. */
const INFO_BYTES: u32 = 140;

/** Runs the operation just read. */
export function runEco(): void {
  const at = derValue;
  const end = derEnd;
  switch (derTag) {
    case 0xa8:
      return add(at, end);
    case 0xa9:
      return remove(at, end);
    case 0xaa:
      return putCode(0x8a, update(at, end));
    case 0xab:
      return list();
  }
  terminate(Termination.UnknownOrDamagedCommand);
}

function add(at: usize, end: usize): void {
  const code = addEim(at, end);
  if (code) V.stopped = 1;
  if (code || !tokenGiven) {
    V.resultEnd = putByteTlv(putHeader(V.resultEnd, 0xa8, 3), 0x02, code);
    return;
  }
  const inner = putInteger(V.resultEnd + 2, 0x84, tokenGiven);
  putHeader(V.resultEnd, 0xa8, inner - V.resultEnd - 2);
  V.resultEnd = inner;
}

/** lastEimDeleted(2) is a notice, not a failure. */
function remove(at: usize, end: usize): void {
  if (findTlv(at, end, 0x80)) return putCode(0x89, EimCode.CommandError);
  const eim = findEim(derValue, derLength, false);
  if (!eim) return putCode(0x89, EIM_NOT_FOUND);
  markDeleted(eim);
  V.resultEnd = putByteTlv(V.resultEnd, 0x89, countEims() ? 0 : LAST_EIM_DELETED);
}

/** UpdateEimResult has no word for too little memory. */
function update(at: usize, end: usize): i32 {
  if (findTlv(at, end, 0x80)) return EimCode.CommandError;
  const eim = findEim(derValue, derLength, false);
  if (!eim) return EIM_NOT_FOUND;
  const code = updateEim(eim, at, end);
  return code == EimCode.InsufficientMemory ? UNDEFINED_ERROR : code;
}

/** AB{A0{30{80, 82?} …}}; the header is put before the list when its length is known. */
function list(): void {
  const contents = V.resultEnd + 8;
  let to = contents;
  for (let eim = EIMS; eim < eimsEnd(); eim = nextEim(eim)) {
    if (to + INFO_BYTES > OPERATION_RESULTS_END) return terminate(Termination.ResultSizeOverflow);
    if (!isDeleted(eim)) to = putEimIdInfo(to, eim);
  }
  const length = to - contents;
  const at = putHeader(putHeader(V.resultEnd, 0xab, tlvBytes(0xa0, length)), 0xa0, length);
  memory.copy(at, contents, length);
  V.resultEnd = at + length;
}
