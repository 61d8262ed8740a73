// SPDX-License-Identifier: Apache-2.0
// ESipa error codes (SGP.32 v1.2 §6.3.2) as the status codes of a JSON header (SGP.22 v2.5 §5.2.6), which SM-DP+ give for the same reasons.
import type { EsipaFunctionName } from '../functions.js';

/** What statusCodeData says of an error. */
export interface ErrorStatus {
  readonly subjectCode: string;
  readonly reasonCode: string;
  /** The word of the ASN.1 error. */
  readonly message: string;
}

/** "subject/reason word", by code. */
type Statuses = Readonly<Record<number, string>>;

const EID: Statuses = { 2: '8.1.1/3.9 eidNotFound', 3: '8.1.1/2.1 invalidEid', 4: '8.1.1/2.2 missingEid' };

const STATUSES: Readonly<Record<EsipaFunctionName, Statuses>> = {
  initiateAuthentication: {
    1: '8.8.1/3.8 invalidDpAddress',
    2: '8.8.3/3.1 euiccVersionNotSupportedByDp',
    3: '8.8.2/3.1 ciPKIdNotSupported',
    50: '8.8.1/3.10 smdpAddressMismatch',
    51: '8.8/3.10 smdpOidMismatch',
    52: '8.10.1/3.9 invalidEimTransactionId',
  },
  authenticateClient: {
    1: '8.1.2/6.1 eumCertificateInvalid',
    2: '8.1.2/6.3 eumCertificateExpired',
    3: '8.1.3/6.1 euiccCertificateInvalid',
    4: '8.1.3/6.3 euiccCertificateExpired',
    5: '8.1/6.1 euiccSignatureInvalid',
    6: '8.2.6/3.8 matchingIdRefused',
    7: '8.1.1/3.8 eidMismatch',
    8: '8.2.5/4.3 noEligibleProfile',
    9: '8.11.1/3.9 ciPKUnknown',
    10: '8.10.1/3.9 invalidTransactionId',
    11: '8.1/4.8 insufficientMemory',
    18: '8.8.5/4.1 downloadOrderExpired',
    50: '8.2/3.8 pprNotAllowed',
    56: '8.9.5/3.9 eventIdUnknown',
  },
  getBoundProfilePackage: {
    1: '8.1/6.1 euiccSignatureInvalid',
    2: '8.2.7/2.2 confirmationCodeMissing',
    3: '8.2.7/3.8 confirmationCodeRefused',
    4: '8.2.7/6.4 confirmationCodeRetriesExceeded',
    5: '8.2/3.7 bppRebindingRefused',
    6: '8.8.5/4.1 downloadOrderExpired',
    50: '8.2/3.3 metadataMismatch',
    95: '8.10.1/3.9 invalidTransactionId',
  },
  cancelSession: { 1: '8.10.1/3.9 invalidTransactionId', 2: '8.1/6.1 euiccSignatureInvalid' },
  handleNotification: {},
  getEimPackage: EID,
  provideEimPackageResult: EID,
};

const UNDEFINED_ERROR = '1.6/4.2 undefinedError';

/** The status codes for an error code of this function. */
export function errorStatus(functionName: EsipaFunctionName, errorCode: number): ErrorStatus {
  const [codes, message] = (STATUSES[functionName][errorCode] ?? UNDEFINED_ERROR).split(' ') as [string, string];
  const [subjectCode, reasonCode] = codes.split('/') as [string, string];
  return { subjectCode, reasonCode, message };
}
