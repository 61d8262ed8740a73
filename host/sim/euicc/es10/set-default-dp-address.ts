// SPDX-License-Identifier: Apache-2.0
// SetDefaultDpAddress: `BF65{80 address}` → `BF65{80 result}`; the same request and result as a PSMO (SGP.32 v1.2 §5.9.25, §2.11.1.1.3), and
// under tag BF3F as ES10a function (SGP.22 v2.5 §5.7.4).
import { child, type Tlv, tlv } from '../../codec/ber.js';
import { text } from '../../codec/bytes.js';
import { integerElement } from '../domain/elements.js';
import type { Euicc } from '../state/euicc.js';

const OK = 0;
const UNDEFINED_ERROR = 127;

/** An empty address deletes the one that is set; a request without an address is answered undefinedError(127). */
export function setDefaultDpAddress(euicc: Euicc, request: Tlv): Uint8Array {
  const address = child(request, 0x80);
  if (address) euicc.memory.defaultSmdpAddress = text(address.value) || undefined;
  return tlv(request.tag, integerElement(0x80, address ? OK : UNDEFINED_ERROR));
}
