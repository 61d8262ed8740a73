// SPDX-License-Identifier: Apache-2.0
// The ES11 functions in the ASN.1 binding (SGP.22 v2.5 §6.6): tags, and the error code for each status code of the JSON binding.
import type { Asn1Function } from '../rsp/asn1-binding.js';
import type { Es11Function } from './log.js';

export const ES11_ASN1: Readonly<Record<Es11Function, Asn1Function>> = {
  initiateAuthentication: {
    requestTag: 0xbf39,
    responseTag: 0xbf39,
    // invalidDpAddress 1, euiccVersionNotSupportedByDp 2, ciPKNotSupported 3; there are none for an SM-DS.
    errorCodes: { '8.9.1/3.8': 1, '8.9.3/3.1': 2, '8.9.2/3.1': 3, '8.9.4/3.7': 3 },
  },
  authenticateClient: {
    requestTag: 0xbf3b,
    responseTag: 0xbf40,
    // eumCertificateInvalid 1, …Expired 2, euiccCertificateInvalid 3, …Expired 4, euiccSignatureInvalid 5, eventIdUnknown 6,
    // invalidTransactionId 7.
    errorCodes: {
      '8.1.2/6.1': 1,
      // An EUM certificate of an unknown CI is as bad as any.
      '8.11.1/3.9': 1,
      '8.1.2/6.3': 2,
      '8.1.3/6.1': 3,
      '8.1.4/6.1': 3,
      '8.1.3/6.3': 4,
      '8.1/6.1': 5,
      '8.9.5/3.9': 6,
      '8.10.1/3.9': 7,
    },
  },
};
