// SPDX-License-Identifier: Apache-2.0
// PSMO setDefaultDpAddress, BF65: the ES10 function of the same name, asked for by the eIM (SGP.32 v1.2 §2.11.1.1.3).
import { child, type Tlv } from '../../../codec/ber.js';
import { setDefaultDpAddress as set } from '../../es10/set-default-dp-address.js';
import type { OperationResult, PackageExecution } from '../execution.js';

/** Fails only without an address. */
export function setDefaultDpAddress({ euicc }: PackageExecution, element: Tlv): OperationResult {
  return { encoded: set(euicc, element), ok: child(element, 0x80) !== undefined };
}
