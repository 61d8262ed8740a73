// SPDX-License-Identifier: Apache-2.0
// PSMO getRAT, A6: the Rules Authorisation Table (SGP.32 v1.2 §2.11.1.1.3).
import { type Tlv, tlv } from '../../../codec/ber.js';
import type { OperationResult, PackageExecution } from '../execution.js';

/** Always succeeds. */
export function getRat({ euicc }: PackageExecution, _element: Tlv): OperationResult {
  return { encoded: tlv(0xa6, euicc.settings.rulesAuthorisationTable), ok: true };
}
