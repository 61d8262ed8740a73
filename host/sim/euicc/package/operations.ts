// SPDX-License-Identifier: Apache-2.0
// Runs the operations of a package one after the other until the first that fails (SGP.32 v1.2 §3.3.1).
import { CodecError, type Tlv } from '../../codec/ber.js';
import { addEim } from './eco/add-eim.js';
import { deleteEim } from './eco/delete-eim.js';
import { listEim } from './eco/list-eim.js';
import { updateEim } from './eco/update-eim.js';
import { codeResult, type Operation, type OperationResult, type PackageExecution } from './execution.js';
import { configureImmediateEnable } from './psmo/configure-immediate-enable.js';
import { deleteProfile } from './psmo/delete.js';
import { disable } from './psmo/disable.js';
import { enable } from './psmo/enable.js';
import { setFallbackAttribute, unsetFallbackAttribute } from './psmo/fallback-attribute.js';
import { getRat } from './psmo/get-rat.js';
import { listProfileInfo } from './psmo/list-profile-info.js';
import { setDefaultDpAddress } from './psmo/set-default-dp-address.js';

const PROFILE_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0xa3, enable],
  [0xa4, disable],
  [0xa5, deleteProfile],
  [0xa6, getRat],
  [0xa7, configureImmediateEnable],
  [0xa8, setFallbackAttribute],
  [0xa9, unsetFallbackAttribute],
  [0xbf2d, listProfileInfo],
  [0xbf65, setDefaultDpAddress],
]);

const EIM_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0xa8, addEim],
  [0xa9, deleteEim],
  [0xaa, updateEim],
  [0xab, listEim],
]);

/** Tags of the two kinds of euiccPackage. */
export const PACKAGE_KIND = { psmoList: 0xa0, ecoList: 0xa1 } as const;

const PROCESSING_TERMINATED = 0x02;
/** Longest result of an operation that changes something: addEim with a token, setDefaultDpAddress. */
const CODE_RESULT_BYTES = 11;
const RESULT_SIZE_OVERFLOW = 1;
const UNKNOWN_OR_DAMAGED_COMMAND = 2;

/** EuiccResultData of the operations that ran, in order. `list` is the A0 or A1 element. */
export function runOperations(execution: PackageExecution, list: Tlv): Uint8Array[] {
  const operations = list.tag === PACKAGE_KIND.psmoList ? PROFILE_OPERATIONS : EIM_OPERATIONS;
  const results: Uint8Array[] = [];
  for (const element of list.children) {
    const result = fitted(execution, results, runOne(operations.get(element.tag), execution, element));
    results.push(result.encoded);
    if (!result.ok) break;
  }
  return results;
}

/** The result, if there is room for it. Only lists and tables can be too long, and those operations change nothing. */
function fitted({ euicc }: PackageExecution, before: readonly Uint8Array[], result: OperationResult): OperationResult {
  const bytes = [...before, result.encoded].reduce((sum, each) => sum + each.length, 0);
  const isCode = result.encoded.length <= CODE_RESULT_BYTES;
  return isCode || bytes <= euicc.settings.maximumResultBytes ? result : codeResult(PROCESSING_TERMINATED, RESULT_SIZE_OVERFLOW);
}

function runOne(operation: Operation | undefined, execution: PackageExecution, element: Tlv): OperationResult {
  const damaged = codeResult(PROCESSING_TERMINATED, UNKNOWN_OR_DAMAGED_COMMAND);
  if (operation === undefined) return damaged;
  try {
    return operation(execution, element);
  } catch (error) {
    if (error instanceof CodecError) return damaged;
    throw error;
  }
}
