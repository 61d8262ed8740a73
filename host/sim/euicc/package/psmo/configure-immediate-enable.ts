// SPDX-License-Identifier: Apache-2.0
// PSMO configureImmediateEnable, A7 (SGP.32 v1.2 §3.4.4).
import { CodecError, type Tlv } from '../../../codec/ber.js';
import { configureImmediateEnabling } from '../../domain/immediate-enabling.js';
import { codeResult, type OperationResult, type PackageExecution, RESULT } from '../execution.js';

/** An empty element switches the feature off; values that cannot be are answered commandError(7). */
export function configureImmediateEnable({ euicc }: PackageExecution, element: Tlv): OperationResult {
  try {
    configureImmediateEnabling(euicc.memory, element);
    return codeResult(0x87, RESULT.ok);
  } catch (error) {
    if (error instanceof CodecError) return codeResult(0x87, RESULT.commandError);
    throw error;
  }
}
