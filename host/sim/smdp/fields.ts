// SPDX-License-Identifier: Apache-2.0
// Reads the members of ES9+ JSON requests (SGP.22 v2.5 §6.5); anything wrong ends the function with a 1.3.1 status.
import { CodecError, readTlv, type Tlv } from '../codec/ber.js';
import { type JsonObject, REFUSALS, SmdpError } from './status.js';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** A mandatory text member. */
export function textField(request: JsonObject, name: string): string {
  const value = request[name];
  if (value === undefined || value === null) throw new SmdpError(REFUSALS.elementMissing, name);
  if (typeof value !== 'string') throw new SmdpError(REFUSALS.formatInvalid, name);
  return value;
}

/** A mandatory member of base64 bytes. */
export function bytesField(request: JsonObject, name: string): Uint8Array {
  const value = textField(request, name);
  if (value.length % 4 !== 0 || !BASE64.test(value)) throw new SmdpError(REFUSALS.formatInvalid, `${name} is not base64`);
  return Uint8Array.from(Buffer.from(value, 'base64'));
}

/** A mandatory member that holds one DER element with one of these tags. */
export function elementField(request: JsonObject, name: string, ...tags: readonly number[]): Tlv {
  const bytes = bytesField(request, name);
  const element = decoding(() => readTlv(bytes));
  if (!tags.includes(element.tag)) throw new SmdpError(REFUSALS.formatInvalid, `${name} has the tag ${element.tag.toString(16)}`);
  return element;
}

/** Runs a piece of decoding; what the codec rejects becomes the status of an unreadable element. */
export function decoding<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof CodecError) throw new SmdpError(REFUSALS.formatInvalid, cause.message, { cause });
    throw cause;
  }
}

/** Base64 for a response member. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
