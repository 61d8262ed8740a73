// SPDX-License-Identifier: Apache-2.0
// Why a request gets no answer of the resource: a code of RFC 7252 §5.9 or RFC 7959 §2.9, and a diagnostic for people.
import type { CoapOption } from './message.js';

export class CoapRefusal extends Error {
  constructor(
    /** "4.04" */
    readonly code: string,
    message: string,
    readonly options: readonly CoapOption[] = [],
  ) {
    super(message);
    this.name = 'CoapRefusal';
  }
}
