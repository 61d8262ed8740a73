// SPDX-License-Identifier: Apache-2.0
// How a profile is named to the eUICC.

import { tlv } from '../asn1/tlv.js';
import { hexBytes, iccidBytes } from '../asn1/values.js';

/** A profile by its ICCID (18 to 20 digits) or the AID of its ISD-P (hexadecimal digits). */
export type ProfileIdentifier = { readonly iccid: string } | { readonly isdpAid: string };

/** The element that names it. @throws RangeError */
export function identifierTlv(profile: ProfileIdentifier): Uint8Array {
  return 'iccid' in profile ? tlv(0x5a, iccidBytes(profile.iccid)) : tlv(0x4f, hexBytes('isdpAid', profile.isdpAid));
}
