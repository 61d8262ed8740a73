// SPDX-License-Identifier: Apache-2.0
// GetEimConfigurationData: `BF55{[A0{80 eimId}]}` → `BF55{A0{30…}}`, with the token and without the counter (SGP.32 v1.2 §5.9.18).
import { child, type Tlv, tlv } from '../../codec/ber.js';
import { text } from '../../codec/bytes.js';
import { integerElement, optional } from '../domain/elements.js';
import type { Euicc } from '../state/euicc.js';
import type { StoredEim } from '../state/non-volatile.js';

/** All eIMs, or the one asked for; an empty list when there is none. */
export function getEimConfigurationData({ memory }: Euicc, request: Tlv): Uint8Array {
  const criteria = child(request, 0xa0);
  const wanted = criteria && child(criteria, 0x80);
  const eims = memory.eims.filter((eim) => wanted === undefined || eim.eimId === text(wanted.value));
  return tlv(0xbf55, tlv(0xa0, ...eims.map(configurationData)));
}

function configurationData({ fields, associationToken }: StoredEim): Uint8Array {
  const before = fields.filter((field) => field.tag <= 0x82);
  const after = fields.filter((field) => field.tag > 0x82).map((field) => field.raw);
  // Kept in tag-number order, with the token ([4]) between [2] and [5].
  const token = optional(associationToken, (value) => integerElement(0x84, value));
  return tlv(0x30, ...before.map((field) => field.raw), token, ...after);
}
