// SPDX-License-Identifier: Apache-2.0
// The ES9+ functions in the ASN.1 binding (SGP.22 v2.5 §6.6): tags, and the error code for each status code of the JSON binding.
import type { Asn1Function } from '../rsp/asn1-binding.js';
import type { Es9Function } from './log.js';

export const ES9_ASN1: Readonly<Record<Es9Function, Asn1Function>> = {
  initiateAuthentication: {
    requestTag: 0xbf39,
    responseTag: 0xbf39,
    // invalidDpAddress 1, euiccVersionNotSupportedByDp 2, ciPKNotSupported 3.
    errorCodes: { '8.8.1/3.8': 1, '8.8.3/3.1': 2, '8.8.2/3.1': 3, '8.8.4/3.7': 3 },
  },
  authenticateClient: {
    requestTag: 0xbf3b,
    responseTag: 0xbf3b,
    // eumCertificateInvalid 1, …Expired 2, euiccCertificateInvalid 3, …Expired 4, euiccSignatureInvalid 5, matchingIdRefused 6, eidMismatch 7,
    // noEligibleProfile 8, ciPKUnknown 9, invalidTransactionId 10, insufficientMemory 11.
    errorCodes: {
      '8.1.2/6.1': 1,
      '8.1.2/6.3': 2,
      '8.1.3/6.1': 3,
      // An EID that the EUM may not certify spoils the eUICC certificate.
      '8.1.4/6.1': 3,
      '8.1.3/6.3': 4,
      '8.1/6.1': 5,
      '8.2.6/3.8': 6,
      '8.1.1/3.8': 7,
      '8.2.5/4.3': 8,
      '8.11.1/3.9': 9,
      '8.10.1/3.9': 10,
      '8.1/4.8': 11,
    },
  },
  getBoundProfilePackage: {
    requestTag: 0xbf3a,
    responseTag: 0xbf3a,
    // euiccSignatureInvalid 1, confirmationCodeMissing 2, …Refused 3, …RetriesExceeded 4, bppRebindingRefused 5, downloadOrderExpired 6,
    // invalidTransactionId 95.
    errorCodes: {
      '8.1/6.1': 1,
      '8.2.7/2.2': 2,
      '8.2.7/3.8': 3,
      '8.2.7/6.4': 4,
      '8.2/3.7': 5,
      '8.8.5/4.1': 6,
      '8.8.5/6.4': 6,
      '8.10.1/3.9': 95,
    },
  },
  handleNotification: { requestTag: 0xbf3d, errorCodes: {} },
  cancelSession: {
    requestTag: 0xbf41,
    responseTag: 0xbf41,
    // invalidTransactionId 1, euiccSignatureInvalid 2.
    errorCodes: { '8.10.1/3.9': 1, '8.1/6.1': 2 },
  },
};
