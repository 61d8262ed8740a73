// SPDX-License-Identifier: Apache-2.0
// eCO updateEim, AA (SGP.32 v1.2 §3.5.2): elements given replace those stored; the token stays.
import type { Tlv } from '../../../codec/ber.js';
import { checkValues, EIM_RESULT, type EimConfiguration, findEim, readEimConfiguration } from '../../domain/eim-configuration.js';
import type { StoredEim } from '../../state/non-volatile.js';
import { codeResult, type OperationResult, type PackageExecution } from '../execution.js';
import { readable } from './readable.js';

const UPDATE_RESULT = { ok: 0, eimNotFound: 1, commandError: 7 } as const;
const EIM_ID = 0x80;
const EIM_PUBLIC_KEY_DATA = 0xa5;

/** A token, nothing to change, or a lower counter without a new key is answered commandError(7). */
export function updateEim(execution: PackageExecution, element: Tlv): OperationResult {
  return codeResult(0x8a, run(execution, element));
}

function run({ euicc, deletedEims }: PackageExecution, element: Tlv): number {
  const update = readable(() => readEimConfiguration(element));
  if (update === undefined) return UPDATE_RESULT.commandError;
  const eim = deletedEims.has(update.eimId) ? undefined : findEim(euicc.memory, update.eimId);
  if (eim === undefined) return UPDATE_RESULT.eimNotFound;
  if (!acceptable(eim, update)) return UPDATE_RESULT.commandError;
  const code = checkValues(euicc, update);
  if (code !== EIM_RESULT.ok) return code;
  euicc.memory.eims = euicc.memory.eims.map((each) => (each === eim ? overlaid(eim, update) : each));
  return UPDATE_RESULT.ok;
}

function acceptable(eim: StoredEim, update: EimConfiguration): boolean {
  const changes = update.fields.some((field) => field.tag !== EIM_ID) || update.counterValue !== undefined;
  const newKey = update.fields.some((field) => field.tag === EIM_PUBLIC_KEY_DATA);
  const lowered = update.counterValue !== undefined && update.counterValue < eim.counterValue;
  return update.associationToken === undefined && changes && (newKey || !lowered);
}

function overlaid(eim: StoredEim, update: EimConfiguration): StoredEim {
  const kept = eim.fields.filter((old) => !update.fields.some((field) => field.tag === old.tag));
  // By tag number, the low five bits: class and form differ among the elements.
  const fields = [...kept, ...update.fields].sort((a, b) => (a.tag & 0x1f) - (b.tag & 0x1f));
  return { ...eim, counterValue: update.counterValue ?? eim.counterValue, fields };
}
