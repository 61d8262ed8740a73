// SPDX-License-Identifier: Apache-2.0
// From status codes of the SM-DP+ or SM-DS (SGP.22 v2.5 §5.2.6) to error codes of ESipa (SGP.32 v1.2 §6.3.2).
import { CodecError } from '../../codec/ber.js';
import type { EimVersion } from '../version.js';
import { RelayError } from './relay-error.js';

type Codes = Readonly<Record<string, number>>;

/** The code for "none of the others", the same in all ESipa functions. */
export const UNDEFINED_ERROR = 127;

/** InitiateAuthentication: invalidDpAddress 1, euiccVersionNotSupportedByDp 2, ciPKIdNotSupported 3. */
export const INITIATE_AUTHENTICATION_CODES: Codes = {
  unknownAddress: 1,
  '8.8.1/3.8': 1,
  '8.9.1/3.8': 1,
  '8.8.3/3.1': 2,
  '8.9.3/3.1': 2,
  '8.8.2/3.1': 3,
  '8.8.4/3.7': 3,
  '8.9.2/3.1': 3,
  '8.9.4/3.7': 3,
};

/**
 * AuthenticateClient: eumCertificateInvalid 1, …Expired 2, euiccCertificateInvalid 3, …Expired 4, euiccSignatureInvalid 5, matchingIdRefused 6,
 * eidMismatch 7, noEligibleProfile 8, ciPKUnknown 9, invalidTransactionId 10, insufficientMemory 11, eventIdUnknown 56.
 */
const AUTHENTICATE_CLIENT_CODES: Codes = {
  '8.1.2/6.1': 1,
  '8.1.2/6.3': 2,
  '8.1.3/6.1': 3,
  '8.1.3/6.3': 4,
  // An EID that the EUM may not certify spoils the eUICC certificate.
  '8.1.4/6.1': 3,
  '8.1/6.1': 5,
  '8.2.6/3.1': 6,
  '8.2.6/3.3': 6,
  '8.2.6/3.8': 6,
  '8.1.1/3.1': 7,
  '8.1.1/3.8': 7,
  '8.2.5/3.7': 8,
  '8.2.5/4.3': 8,
  '8.11.1/3.9': 9,
  '8.10.1/3.9': 10,
  '8.1/4.8': 11,
  '8.9.5/3.9': 56,
};

/** v1.3 adds downloadOrderExpired 18. */
const AUTHENTICATE_CLIENT_CODES_1_3: Codes = { ...AUTHENTICATE_CLIENT_CODES, '8.8.5/4.1': 18, '8.8.5/6.4': 18 };

/** The codes of AuthenticateClient in this version. */
export function authenticateClientCodes(version: EimVersion): Codes {
  return version === '1.3' ? AUTHENTICATE_CLIENT_CODES_1_3 : AUTHENTICATE_CLIENT_CODES;
}

/**
 * GetBoundProfilePackage: euiccSignatureInvalid 1, confirmationCodeMissing 2, …Refused 3, …RetriesExceeded 4, bppRebindingRefused 5,
 * downloadOrderExpired 6, invalidTransactionId 95.
 */
export const GET_BOUND_PROFILE_PACKAGE_CODES: Codes = {
  '8.1/6.1': 1,
  '8.2.7/2.2': 2,
  '8.2.7/3.8': 3,
  '8.2.7/6.4': 4,
  '8.2/3.7': 5,
  '8.8.5/4.1': 6,
  '8.8.5/6.4': 6,
  '8.10.1/3.9': 95,
};

/** CancelSession: invalidTransactionId 1, euiccSignatureInvalid 2. */
export const CANCEL_SESSION_CODES: Codes = { '8.10.1/3.9': 1, '8.1/6.1': 2 };

/** The eIM's own reason to refuse a step of a session, as an ESipa error code. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The ESipa code for a refusal of the eIM, a failed call to the SM-DP+, or signed data that lack a field; rethrows everything else. */
export function esipaError(codes: Codes, error: unknown): { readonly errorCode: number; readonly problem: string } {
  if (error instanceof Refusal) return { errorCode: error.code, problem: error.message };
  if (error instanceof CodecError) return { errorCode: UNDEFINED_ERROR, problem: error.message };
  if (!(error instanceof RelayError)) throw error;
  return { errorCode: codes[error.statusCode ?? error.failure] ?? UNDEFINED_ERROR, problem: error.message };
}
