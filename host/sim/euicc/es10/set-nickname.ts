// SPDX-License-Identifier: Apache-2.0
// SetNickname: `BF29{5A iccid, 90 nickname}` → `BF29{80 result}` (SGP.22 v2.5 §5.7.21).
import { type Tlv, tlv } from '../../codec/ber.js';
import { text } from '../../codec/bytes.js';
import { integerElement, octets } from '../domain/elements.js';
import { findProfile } from '../domain/identifiers.js';
import type { Euicc } from '../state/euicc.js';

const OK = 0;
const ICCID_NOT_FOUND = 1;

/** An empty nickname removes it. Throws CodecError for a nickname of more than 64 bytes. */
export function setNickname({ memory }: Euicc, request: Tlv): Uint8Array {
  const nickname = text(octets(request, 0x90, 0, 64));
  const profile = findProfile(memory, octets(request, 0x5a, 10));
  if (profile) profile.nickname = nickname || undefined;
  return tlv(0xbf29, integerElement(0x80, profile ? OK : ICCID_NOT_FOUND));
}
