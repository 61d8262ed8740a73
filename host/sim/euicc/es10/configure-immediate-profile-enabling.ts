// SPDX-License-Identifier: Apache-2.0
// ConfigureImmediateProfileEnabling: `BF59{[80], [81 oid], [82 address]}` → `BF59{80 result}` (SGP.32 v1.2 §5.9.17).
import { type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { configureImmediateEnabling } from '../domain/immediate-enabling.js';
import type { Euicc } from '../state/euicc.js';

const RESULT = { ok: 0, associatedEimAlreadyExists: 2 } as const;

/** The IPA may configure it only while no eIM is associated; afterwards the eIM does. */
export function configureImmediateProfileEnabling({ memory }: Euicc, request: Tlv): Uint8Array {
  const allowed = memory.eims.length === 0;
  if (allowed) configureImmediateEnabling(memory, request);
  return tlv(0xbf59, integerElement(0x80, allowed ? RESULT.ok : RESULT.associatedEimAlreadyExists));
}
