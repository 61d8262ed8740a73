// SPDX-License-Identifier: Apache-2.0
// The JSON binding of RSP servers (SGP.22 v2.5 §6.5): requests as read, responses as written.
import type { Tlv } from '../codec/ber.js';
import { hex } from '../codec/bytes.js';
import { elementIn, type RspRequest } from './request.js';
import type { Outcome, RspResponse } from './response.js';
import { COMMON_REFUSALS, type Refusal, RspError } from './status.js';

/** A JSON object as sent and received. */
export type JsonObject = Readonly<Record<string, unknown>>;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** A request whose bytes are base64 and whose transactionId is hexadecimal. */
export class JsonRequest implements RspRequest {
  constructor(private readonly members: JsonObject) {}

  transactionId(): string {
    return this.text('transactionId');
  }

  text(...names: readonly string[]): string {
    const name = names.find((each) => this.has(each));
    if (name === undefined) throw new RspError(COMMON_REFUSALS.elementMissing, names[0]);
    const value = this.members[name];
    if (typeof value !== 'string') throw new RspError(COMMON_REFUSALS.formatInvalid, name);
    return value;
  }

  bytes(name: string): Uint8Array {
    const value = this.text(name);
    if (value.length % 4 !== 0 || !BASE64.test(value)) throw new RspError(COMMON_REFUSALS.formatInvalid, `${name} is not base64`);
    return Uint8Array.from(Buffer.from(value, 'base64'));
  }

  element(name: string, ...tags: readonly number[]): Tlv {
    return elementIn(this.bytes(name), name, tags);
  }

  private has(name: string): boolean {
    return Object.hasOwn(this.members, name) && this.members[name] !== undefined && this.members[name] !== null;
  }
}

/** The body for an outcome, with its header (SGP.22 v2.5 §6.5.1.4). */
export function jsonResponse(outcome: Outcome): JsonObject {
  if (outcome.kind === 'expired') return header('Expired');
  if (outcome.kind === 'refused') return header('Failed', { ...outcome.refusal, message: outcome.message });
  const { response, warning } = outcome;
  return { ...(warning ? header('Executed-WithWarning', warning) : header('Executed-Success')), ...members(response) };
}

function header(status: string, refusal?: Refusal): JsonObject {
  if (refusal === undefined) return { header: { functionExecutionStatus: { status } } };
  const { subjectCode, reasonCode, message } = refusal;
  return { header: { functionExecutionStatus: { status, statusCodeData: { subjectCode, reasonCode, message } } } };
}

function members({ transactionId, elements = {}, eventEntries }: RspResponse): JsonObject {
  return {
    ...(transactionId ? { transactionId: hex(transactionId) } : {}),
    ...Object.fromEntries(Object.entries(elements).map(([name, element]) => [name, base64(element)])),
    ...(eventEntries ? { eventEntries } : {}),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
