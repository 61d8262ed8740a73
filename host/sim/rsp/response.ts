// SPDX-License-Identifier: Apache-2.0
// What a function of an RSP server answers, before a binding gives it a form.
import type { Refusal } from './status.js';

/** Where an SM-DS sends a device (SGP.22 v2.5 §5.8.2). */
export interface EventEntry {
  readonly eventId: string;
  readonly rspServerAddress: string;
}

/** The fields of a response in the order of the ASN.1 binding; none for a function that only says yes. */
export interface RspResponse {
  readonly transactionId?: Uint8Array;
  /** Whole DER elements by their names in the JSON binding. */
  readonly elements?: Readonly<Record<string, Uint8Array>>;
  readonly eventEntries?: readonly EventEntry[];
}

/** How a call ended. `expired`: the server gave up in time (SGP.22 v2.5 §5.2.6), only on purpose here. */
export type Outcome =
  | { readonly kind: 'done'; readonly response: RspResponse; readonly warning?: Refusal }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly message: string }
  | { readonly kind: 'expired' };
