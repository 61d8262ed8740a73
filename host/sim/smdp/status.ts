// SPDX-License-Identifier: Apache-2.0
// Status codes of ES9+ functions (SGP.22 v2.5 §5.2.6, §6.5) and the header that carries them.

/** What a function refuses a request with. */
export interface Refusal {
  /** Dotted, as in the tables of SGP.22 v2.5 §5.2.6: "8.2.6". */
  readonly subjectCode: string;
  readonly reasonCode: string;
  readonly message: string;
}

/** Every refusal this SM-DP+ gives, by name. */
export const REFUSALS = {
  contentType: refusal('1.2.1', '2.1', 'Content-Type is not application/json'),
  adminProtocol: refusal('1.2.2', '2.1', 'X-Admin-Protocol is not gsma/rsp/v<version>'),
  formatInvalid: refusal('1.3.1', '2.1', 'an element cannot be read'),
  elementMissing: refusal('1.3.1', '2.2', 'a mandatory element is missing'),
  memoryInsufficient: refusal('8.1', '4.8', 'the eUICC has not enough memory'),
  euiccReportedError: refusal('8.1', '4.2', 'the eUICC answered with an error'),
  euiccSignatureInvalid: refusal('8.1', '6.1', 'the eUICC signature or the server challenge is wrong'),
  eidMismatch: refusal('8.1.1', '3.8', 'the download order is for another EID'),
  eumCertificateInvalid: refusal('8.1.2', '6.1', 'the EUM certificate is invalid'),
  eumCertificateExpired: refusal('8.1.2', '6.3', 'the EUM certificate has expired'),
  euiccCertificateInvalid: refusal('8.1.3', '6.1', 'the eUICC certificate is invalid'),
  euiccCertificateExpired: refusal('8.1.3', '6.3', 'the eUICC certificate has expired'),
  eidNotPermitted: refusal('8.1.4', '6.1', 'the EUM may not certify this EID'),
  profileNotReleased: refusal('8.2', '1.2', 'the profile is not released'),
  rebindingRefused: refusal('8.2', '3.7', 'the profile is not available for a new binding'),
  noEligibleProfile: refusal('8.2.5', '4.3', 'no profile is eligible for this eUICC'),
  matchingIdRefused: refusal('8.2.6', '3.8', 'the MatchingID is refused'),
  confirmationCodeMissing: refusal('8.2.7', '2.2', 'the confirmation code is missing'),
  confirmationCodeRefused: refusal('8.2.7', '3.8', 'the confirmation code is refused'),
  confirmationCodeRetriesExceeded: refusal('8.2.7', '6.4', 'too many wrong confirmation codes'),
  smdpOidInvalid: refusal('8.8', '3.10', 'the OID is not that of this SM-DP+'),
  addressInvalid: refusal('8.8.1', '3.8', 'the address is not that of this SM-DP+'),
  ciNotSupported: refusal('8.8.2', '3.1', 'none of the CIs of the eUICC is supported'),
  versionNotSupported: refusal('8.8.3', '3.1', 'the specification version of the eUICC is not supported'),
  noAuthenticationCertificate: refusal('8.8.4', '3.7', 'the eUICC can verify no certificate of this SM-DP+'),
  orderExpired: refusal('8.8.5', '4.1', 'the download order has expired'),
  downloadsExceeded: refusal('8.8.5', '6.4', 'the profile was downloaded too often'),
  transactionUnknown: refusal('8.10.1', '3.9', 'the transactionId is unknown'),
  ciUnknown: refusal('8.11.1', '3.9', 'the CI of the EUM certificate is not trusted'),
} as const;

function refusal(subjectCode: string, reasonCode: string, message: string): Refusal {
  return { subjectCode, reasonCode, message };
}

/** Ends a function with a refusal; `detail` says more than the table does. */
export class SmdpError extends Error {
  override readonly name = 'SmdpError';

  constructor(
    readonly refusal: Refusal,
    detail?: string,
    options?: ErrorOptions,
  ) {
    super(detail === undefined ? refusal.message : `${refusal.message}: ${detail}`, options);
  }
}

/** A JSON object as sent and received. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const SUCCESS_HEADER: JsonObject = { functionExecutionStatus: { status: 'Executed-Success' } };

/** A response body that tells the refusal. */
export function failed({ subjectCode, reasonCode }: Refusal, message: string): JsonObject {
  return { header: { functionExecutionStatus: { status: 'Failed', statusCodeData: { subjectCode, reasonCode, message } } } };
}
