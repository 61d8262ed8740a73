// SPDX-License-Identifier: Apache-2.0
// eCO listEim, AB: `AB{A0{30{80 eimId, [82 type]}…}}` (SGP.32 v1.2 §3.5.4).
import { type Tlv, tlv } from '../../../codec/ber.js';
import { eimIdInfo } from '../../domain/eim-configuration.js';
import type { OperationResult, PackageExecution } from '../execution.js';

/** Without those that an earlier operation of the package deleted. */
export function listEim({ euicc, deletedEims }: PackageExecution, _element: Tlv): OperationResult {
  const eims = euicc.memory.eims.filter((eim) => !deletedEims.has(eim.eimId));
  return { encoded: tlv(0xab, tlv(0xa0, ...eims.map(eimIdInfo))), ok: true };
}
