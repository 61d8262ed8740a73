// SPDX-License-Identifier: Apache-2.0
// ES10b.GetCerts (SGP.32 v1.2 §5.9.10).

import { tlv } from '../asn1/tlv.js';
import { hexBytes } from '../asn1/values.js';
import { defineEs10, requireAlternative } from './function.js';

const ERRORS = { 1: 'invalidCiPKId', 127: 'undefinedError' };

/** Certificates in DER. */
export interface EuiccCertificates {
  readonly eum: Uint8Array;
  readonly euicc: Uint8Array;
}

/** The certificates of the eUICC and its maker under a CI, named by 40 hexadecimal digits; default: its first CI. */
export const getCerts = defineEs10<string | undefined, EuiccCertificates>({
  name: 'GetCerts',
  tag: 0xbf56,
  request: (euiccCiPKId) => (euiccCiPKId === undefined ? [] : [tlv(0x80, hexBytes('euiccCiPKId', euiccCiPKId))]),
  response: (response) => {
    const certs = requireAlternative(response, [0xa0, 'certs'], [0x81, 'getCertsError'], ERRORS);
    return { eum: certs.required(0xa5, 'eumCertificate').sequence(), euicc: certs.required(0xa6, 'euiccCertificate').sequence() };
  },
});
