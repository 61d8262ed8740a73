// SPDX-License-Identifier: Apache-2.0
// GetCerts: `BF56{[80 CI key identifier]}` → `BF56{A0{A5 CERT.EUM, A6 CERT.EUICC}}` (SGP.32 v1.2 §5.9.10).
import { child, type Tlv, tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import { integerElement, retagged } from '../domain/elements.js';
import type { Euicc } from '../state/euicc.js';

const INVALID_CI_PK_ID = 1;

/** The key identifier may come as 80, as the module's tagging has it, or as 04, as some IPAs send it. Unknown: error 1. */
export function getCerts({ identity }: Euicc, request: Tlv): Uint8Array {
  const wanted = child(request, 0x80) ?? child(request, 0x04);
  const known = wanted === undefined || identity.signingCiPkIds.some((ciPkId) => equal(ciPkId, wanted.value));
  if (!known) return tlv(0xbf56, integerElement(0x81, INVALID_CI_PK_ID));
  return tlv(0xbf56, tlv(0xa0, retagged(0xa5, identity.eumCertificate), retagged(0xa6, identity.certificate)));
}
