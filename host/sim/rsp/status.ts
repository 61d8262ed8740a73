// SPDX-License-Identifier: Apache-2.0
// Status codes with which RSP servers refuse (SGP.22 v2.5 §5.2.6), and those that SM-DP+ and SM-DS have in common.

/** What a function refuses a request with. */
export interface Refusal {
  /** Dotted, as in the tables of SGP.22 v2.5 §5.2.6: "8.2.6". */
  readonly subjectCode: string;
  readonly reasonCode: string;
  readonly message: string;
}

/** Refusals of the bindings and of the authentication of an eUICC, by name. */
export const COMMON_REFUSALS = {
  contentType: refusal('1.2.1', '2.1', 'Content-Type is not application/json'),
  adminProtocol: refusal('1.2.2', '2.1', 'X-Admin-Protocol is not gsma/rsp/v<version>'),
  formatInvalid: refusal('1.3.1', '2.1', 'an element cannot be read'),
  elementMissing: refusal('1.3.1', '2.2', 'a mandatory element is missing'),
  euiccReportedError: refusal('8.1', '4.2', 'the eUICC answered with an error'),
  euiccSignatureInvalid: refusal('8.1', '6.1', 'the eUICC signature or the server challenge is wrong'),
  eumCertificateInvalid: refusal('8.1.2', '6.1', 'the EUM certificate is invalid'),
  eumCertificateExpired: refusal('8.1.2', '6.3', 'the EUM certificate has expired'),
  euiccCertificateInvalid: refusal('8.1.3', '6.1', 'the eUICC certificate is invalid'),
  euiccCertificateExpired: refusal('8.1.3', '6.3', 'the eUICC certificate has expired'),
  eidNotPermitted: refusal('8.1.4', '6.1', 'the EUM may not certify this EID'),
  transactionUnknown: refusal('8.10.1', '3.9', 'the transactionId is unknown'),
  ciUnknown: refusal('8.11.1', '3.9', 'the CI of the EUM certificate is not trusted'),
} as const;

/** A row of a table of refusals. */
export function refusal(subjectCode: string, reasonCode: string, message: string): Refusal {
  return { subjectCode, reasonCode, message };
}

/** Ends a function with a refusal; `detail` says more than the table does. */
export class RspError extends Error {
  override readonly name = 'RspError';

  constructor(
    readonly refusal: Refusal,
    detail?: string,
    options?: ErrorOptions,
  ) {
    super(detail === undefined ? refusal.message : `${refusal.message}: ${detail}`, options);
  }
}
