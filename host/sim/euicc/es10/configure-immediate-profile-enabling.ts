// SPDX-License-Identifier: Apache-2.0
// ConfigureImmediateProfileEnabling: `BF59{[80], [81 oid], [82 address]}` → `BF59{80 result}` (SGP.32 v1.2 §5.9.17).
import { CodecError, type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { configureImmediateEnabling } from '../domain/immediate-enabling.js';
import type { Euicc } from '../state/euicc.js';

const RESULT = { ok: 0, associatedEimAlreadyExists: 2, undefinedError: 127 } as const;

/** The IPA may configure it only while no eIM is associated; afterwards the eIM does. Values that cannot be: undefinedError(127). */
export function configureImmediateProfileEnabling(euicc: Euicc, request: Tlv): Uint8Array {
  return tlv(0xbf59, integerElement(0x80, configure(euicc, request)));
}

function configure({ memory }: Euicc, request: Tlv): number {
  if (memory.eims.length > 0) return RESULT.associatedEimAlreadyExists;
  try {
    configureImmediateEnabling(memory, request);
    return RESULT.ok;
  } catch (error) {
    if (error instanceof CodecError) return RESULT.undefinedError;
    throw error;
  }
}
