// SPDX-License-Identifier: Apache-2.0
// ES10b.LoadCRL (SGP.22 v2.5 §5.7.12).

import { readTlv, TlvError, tlv } from '../asn1/tlv.js';
import { defineEs10, requireAlternative } from './function.js';

const ERRORS = {
  1: 'invalidSignature',
  2: 'invalidCRLFormat',
  3: 'notEnoughMemorySpace',
  4: 'verificationKeyNotFound',
  5: 'fresherCrlAlreadyLoaded',
  6: 'baseCrlMissing',
  127: 'undefinedError',
};

/** Loads a CertificateList in DER; gives the numbers of the parts of a segmented one that are still missing. */
export const loadCrl = defineEs10<Uint8Array, number[]>({
  name: 'LoadCRL',
  tag: 0xbf35,
  request: (crl) => [tlv(0xa0, contentsOf(crl))],
  response: (response) =>
    requireAlternative(response, [0xa0, 'loadCRLResponseOk'], [0x81, 'loadCRLResponseError'], ERRORS)
      .optional(0xa0, 'missingParts')
      ?.list('number', 0x02)
      .map((number) => number.integer()) ?? [],
});

/** The tag of the field takes the place of the SEQUENCE's own. */
function contentsOf(crl: Uint8Array): Uint8Array {
  try {
    const { tag, value } = readTlv(crl);
    if (tag === 0x30) return value;
  } catch (error) {
    if (!(error instanceof TlvError)) throw error;
  }
  throw new RangeError('crl must be one CertificateList in DER');
}
