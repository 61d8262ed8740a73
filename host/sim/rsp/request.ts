// SPDX-License-Identifier: Apache-2.0
// What the functions of RSP servers read of a request, whatever its binding; anything wrong ends the function with a 1.3.1 status.
import { CodecError, readTlv, type Tlv } from '../codec/ber.js';
import { COMMON_REFUSALS, RspError } from './status.js';

/** The fields of a request by their names in the JSON binding (SGP.22 v2.5 §6.5); all are mandatory. Everything throws RspError. */
export interface RspRequest {
  /** Hexadecimal digits, not checked. */
  transactionId(): string;
  /** The text under the first of these names that is there. */
  text(...names: readonly string[]): string;
  bytes(name: string): Uint8Array;
  /** One element with one of these tags. */
  element(name: string, ...tags: readonly number[]): Tlv;
}

/** The one element in these bytes, provided it has one of these tags. Throws RspError. */
export function elementIn(bytes: Uint8Array, name: string, tags: readonly number[]): Tlv {
  const element = decoding(() => readTlv(bytes));
  if (!tags.includes(element.tag)) throw new RspError(COMMON_REFUSALS.formatInvalid, `${name} has the tag ${element.tag.toString(16)}`);
  return element;
}

/** Runs a piece of decoding; what the codec rejects becomes the status of an unreadable element. */
export function decoding<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof CodecError) throw new RspError(COMMON_REFUSALS.formatInvalid, cause.message, { cause });
    throw cause;
  }
}
