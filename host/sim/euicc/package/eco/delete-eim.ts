// SPDX-License-Identifier: Apache-2.0
// eCO deleteEim, A9 (SGP.32 v1.2 §3.5.3). The eIM goes once the result is signed, so an eIM can delete itself.
import { child, type Tlv } from '../../../codec/ber.js';
import { text } from '../../../codec/bytes.js';
import { codeResult, type OperationResult, type PackageExecution } from '../execution.js';

const DELETE_RESULT = { ok: 0, eimNotFound: 1, lastEimDeleted: 2, commandError: 7 } as const;

/** lastEimDeleted(2) is a notice, not a failure: AddInitialEim is possible again. */
export function deleteEim({ euicc, deletedEims }: PackageExecution, element: Tlv): OperationResult {
  const identifier = child(element, 0x80);
  if (identifier === undefined) return codeResult(0x89, DELETE_RESULT.commandError);
  const eimId = text(identifier.value);
  const left = euicc.memory.eims.filter((eim) => !deletedEims.has(eim.eimId));
  if (!left.some((eim) => eim.eimId === eimId)) return codeResult(0x89, DELETE_RESULT.eimNotFound);
  deletedEims.add(eimId);
  const code = left.length === 1 ? DELETE_RESULT.lastEimDeleted : DELETE_RESULT.ok;
  return { ...codeResult(0x89, code), ok: true };
}
