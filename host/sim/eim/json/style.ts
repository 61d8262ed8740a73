// SPDX-License-Identifier: Apache-2.0
// The liberties that eIMs take with the JSON binding (SGP.32 v1.2 §6.4), so that an IPA can be tried against each of them.

/** How answers are written; what is left out is as the clause has it. */
export interface JsonStyle {
  /** The members of an answer from the last to the first; the header comes last then. */
  readonly reversedMembers?: boolean;
  /** Line ends and tabulators between all tokens. */
  readonly whiteSpace?: boolean;
  /** Every "/" of a text, and so of base64, as "\/" (RFC 8259 §7). */
  readonly escapedSlashes?: boolean;
  /** Members that no version knows before, between and behind the others, with nested values that look like known members. */
  readonly unknownMembers?: boolean;
  /** No header in answers that are a success. */
  readonly noHeader?: boolean;
  /** `"eimPackageError": 0` beside a package, `"provideEimPackageResultError": 0` beside acknowledgements. */
  readonly zeroErrors?: boolean;
  /** Signatures as 64 bytes without their 5F37. */
  readonly bareSignatures?: boolean;
  /** CI key identifiers as 20 bytes and hashCc as 32 bytes without their 04. */
  readonly bareOctetStrings?: boolean;
  /** The name of the error in the answer to provideEimPackageResult; default "provideEimPackageResultError". */
  readonly provideErrorName?: 'provideEimPackageResultError' | 'eimPackageError';
  /**
   * Where errors of initiateAuthentication, authenticateClient, getBoundProfilePackage and cancelSession stand: as status codes in the header
   * (the default), as an integer under the ASN.1 name beside a successful header, or both. getEimPackage and provideEimPackageResult always
   * tell the integer; with "both" they have a failed header besides, unless there was only no package.
   */
  readonly functionalErrors?: 'header' | 'field' | 'both';
}
