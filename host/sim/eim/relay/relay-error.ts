// SPDX-License-Identifier: Apache-2.0
// Why an SM-DP+ did not do what the eIM asked.

/** unknownAddress: no such server; unreachable: no answer that counts; refused: it said no; malformed: its answer makes no sense. */
export type RelayFailure = 'unknownAddress' | 'unreachable' | 'refused' | 'malformed';

/** A failed call to an SM-DP+. */
export class RelayError extends Error {
  override readonly name = 'RelayError';
  /** "subjectCode/reasonCode" of SGP.22 v2.5 §5.2.6, when the SM-DP+ gave them. */
  readonly statusCode: string | undefined;

  constructor(
    readonly failure: RelayFailure,
    message: string,
    options: ErrorOptions & { readonly statusCode?: string } = {},
  ) {
    super(message, options);
    this.statusCode = options.statusCode;
  }
}
