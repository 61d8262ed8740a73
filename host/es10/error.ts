// SPDX-License-Identifier: Apache-2.0
// What an ES10 function answered instead of doing its work.

import { adviceForCode } from './advice.js';

/** The eUICC refuses, or its answer cannot be read. */
export class Es10Error extends Error {
  override readonly name = 'Es10Error';
  /** The function in the words of SGP.22 and SGP.32: "EnableProfile". */
  readonly functionName: string;
  /** The result in the same words, "catBusy"; "unknownResult" for a number without a name, "malformedResponse" for what cannot be read. */
  readonly code: string;
  /** The number of the result; -1 for malformedResponse. */
  readonly number: number;
  /** The field that told it, or that cannot be read: "response.enableResult". */
  readonly field: string;

  constructor(facts: Pick<Es10Error, 'functionName' | 'code' | 'number' | 'field'>, message: string, options?: ErrorOptions) {
    super(`${facts.functionName}: ${message}`, options);
    this.functionName = facts.functionName;
    this.code = facts.code;
    this.number = facts.number;
    this.field = facts.field;
  }

  /** One sentence on what to do next. */
  get advice(): string {
    return adviceForCode(this.functionName, this.code);
  }
}
