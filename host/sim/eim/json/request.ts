// SPDX-License-Identifier: Apache-2.0
// From the body of a JSON request to the ESipa message that says the same.
import { CodecError, tlv } from '../../codec/ber.js';
import type { EsipaFunctionName } from '../functions.js';
import { FIELDS, type RequestMember } from './fields.js';

type JsonObject = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The ASN.1 message for a JSON request; members that the function does not have are ignored.
 * Throws CodecError for a body that is no JSON object, and for members that are missing or not what they must be.
 */
export function requestFromJson(functionName: EsipaFunctionName, body: Uint8Array): Uint8Array {
  const { tag, request, requestIsChoice } = FIELDS[functionName];
  const object = parseObject(body);
  const given = request.filter((member) => memberOf(object, member) !== undefined);
  if (requestIsChoice && given.length !== 1) {
    throw new CodecError(`${functionName} needs one of ${request.map(({ name }) => name).join(', ')}, not ${given.length} of them`);
  }
  const missing = request.find((member) => member.required && !given.includes(member));
  if (missing !== undefined) throw new CodecError(`${functionName} without ${missing.name}`);
  return tlv(tag, ...given.map((member) => component(functionName, member, memberOf(object, member))));
}

function component(functionName: EsipaFunctionName, member: RequestMember, value: unknown): Uint8Array {
  try {
    return member.read(value);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new CodecError(`${member.name} of ${functionName}: ${cause.message}`, { cause });
  }
}

function memberOf(object: JsonObject, { name, alias }: RequestMember): unknown {
  const spelling = [name, alias].find((each) => each !== undefined && Object.hasOwn(object, each));
  return spelling === undefined ? undefined : object[spelling];
}

function parseObject(body: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch (cause) {
    throw new CodecError('not JSON in UTF-8', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CodecError('not a JSON object');
  return value as JsonObject;
}
