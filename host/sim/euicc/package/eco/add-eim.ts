// SPDX-License-Identifier: Apache-2.0
// eCO addEim, A8 (SGP.32 v1.2 §3.5.1): `A8{84 token}` when a token was asked for, `A8{02 code}` otherwise.
import { type Tlv, tlv } from '../../../codec/ber.js';
import { associateEim, checkNewEim, EIM_RESULT, findEim, readEimConfiguration } from '../../domain/eim-configuration.js';
import { integerElement } from '../../domain/elements.js';
import type { OperationResult, PackageExecution } from '../execution.js';
import { readable } from './readable.js';

/** Associates one more eIM. */
export function addEim(execution: PackageExecution, element: Tlv): OperationResult {
  const { euicc } = execution;
  const configuration = readable(() => readEimConfiguration(element));
  if (configuration === undefined) return result(EIM_RESULT.commandError);
  forgetDeleted(execution, configuration.eimId);
  const code = checkNewEim(euicc, configuration);
  if (code !== EIM_RESULT.ok) return result(code);
  const { associationToken } = associateEim(euicc, configuration);
  if (associationToken === undefined) return result(EIM_RESULT.ok);
  return { encoded: tlv(0xa8, integerElement(0x84, associationToken)), ok: true };
}

function result(code: number): OperationResult {
  return { encoded: tlv(0xa8, integerElement(0x02, code)), ok: code === EIM_RESULT.ok };
}

/** An eIM deleted earlier in this package makes room for a new one with its name. */
function forgetDeleted({ euicc, deletedEims }: PackageExecution, eimId: string): void {
  if (!deletedEims.has(eimId)) return;
  const gone = findEim(euicc.memory, eimId);
  euicc.memory.eims = euicc.memory.eims.filter((eim) => eim !== gone);
  deletedEims.delete(eimId);
}
