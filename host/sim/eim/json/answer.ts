// SPDX-License-Identifier: Apache-2.0
// From an ESipa answer to the body of the JSON answer that says the same.
import { CodecError, readInteger, readTlv, type Tlv } from '../../codec/ber.js';
import { utf8 } from '../../codec/bytes.js';
import type { EsipaFunctionName } from '../functions.js';
import { toBase64 } from '../relay/smdp-relay.js';
import { errorStatus } from './error-statuses.js';
import { type AnswerMember, FIELDS } from './fields.js';
import type { JsonStyle } from './style.js';

/** A member and its value, in the order in which they are written. */
type Entry = readonly [name: string, value: unknown];

const NO_EIM_PACKAGE_AVAILABLE = 1;
/** The name of what JSON has no member for, such as the unknown packages of a test. */
const UNKNOWN_ALTERNATIVE = 'unknownAlternative';
const SUCCESS: Entry = ['header', { functionExecutionStatus: { status: 'Executed-Success' } }];

/** The body of the JSON answer for a whole ASN.1 answer to this function. */
export function answerToJson(functionName: EsipaFunctionName, message: Uint8Array, style: JsonStyle): Uint8Array {
  const alternative = alternativeOf(message);
  const entries = alternative === undefined ? asItIs(functionName, message, style) : entriesFor(functionName, alternative, style);
  return utf8(write(decorate(entries, style), style));
}

/** The only component of the message; undefined for the raw bytes of a test that are no TLV. */
function alternativeOf(message: Uint8Array): Tlv | undefined {
  try {
    return readTlv(message).children[0];
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function entriesFor(functionName: EsipaFunctionName, alternative: Tlv, style: JsonStyle): Entry[] {
  const found = FIELDS[functionName].answer.find(({ tag }) => tag === alternative.tag);
  if (found === undefined) return [...header(style), [UNKNOWN_ALTERNATIVE, toBase64(alternative.raw)]];
  if ('errorName' in found) return errorEntries(functionName, found.errorName, readInteger(alternative), style);
  const values = 'members' in found ? componentEntries(alternative, found.members, style) : [entryOf(found, alternative, style)];
  const errorName = style.zeroErrors ? integerErrorName(functionName, style) : undefined;
  const zero: Entry[] = errorName === undefined ? [] : [[errorName, 0]];
  return [...header(style), ...zero, ...values];
}

function header(style: JsonStyle): Entry[] {
  return style.noHeader ? [] : [SUCCESS];
}

/** Components in the order of the table; those that are optional may be missing, unknown ones are passed over. */
function componentEntries(alternative: Tlv, members: readonly AnswerMember[], style: JsonStyle): Entry[] {
  let rest = alternative.children;
  return members.flatMap((member) => {
    const at = rest.findIndex(({ tag }) => tag === member.tag);
    const component = rest[at];
    if (component === undefined) return [];
    rest = rest.slice(at + 1);
    return [entryOf(member, component, style)];
  });
}

function entryOf(member: AnswerMember, component: Tlv, style: JsonStyle): Entry {
  return [member.name, member.write(component, style)];
}

function errorEntries(functionName: EsipaFunctionName, errorName: string, errorCode: number, style: JsonStyle): Entry[] {
  const integerName = integerErrorName(functionName, style);
  const { functionalErrors = 'header' } = style;
  const inField = integerName !== undefined || functionalErrors !== 'header';
  const inHeader =
    integerName === undefined ? functionalErrors !== 'field' : functionalErrors === 'both' && isFailure(functionName, errorCode);
  const verdict = inHeader ? failedHeader(functionName, errorCode) : SUCCESS;
  return [verdict, ...(inField ? [[integerName ?? errorName, errorCode] as const] : [])];
}

/** The two functions whose errors are an integer beside the other members. */
function integerErrorName(functionName: EsipaFunctionName, style: JsonStyle): string | undefined {
  if (functionName === 'getEimPackage') return 'eimPackageError';
  return functionName === 'provideEimPackageResult' ? (style.provideErrorName ?? 'provideEimPackageResultError') : undefined;
}

function isFailure(functionName: EsipaFunctionName, errorCode: number): boolean {
  return functionName !== 'getEimPackage' || errorCode !== NO_EIM_PACKAGE_AVAILABLE;
}

function failedHeader(functionName: EsipaFunctionName, errorCode: number): Entry {
  return ['header', { functionExecutionStatus: { status: 'Failed', statusCodeData: errorStatus(functionName, errorCode) } }];
}

/** Contents that are no TLV still go out under the name that their first bytes claim. */
function asItIs(functionName: EsipaFunctionName, message: Uint8Array, style: JsonStyle): Entry[] {
  const lengthOctet = message[2] ?? 0;
  const contents = message.subarray(lengthOctet < 0x80 ? 3 : 3 + (lengthOctet & 0x7f));
  const tag = ((contents[0] ?? 0) << 8) | (contents[1] ?? 0);
  const member = FIELDS[functionName].answer.find((each) => each.tag === tag);
  const name = member !== undefined && 'name' in member ? member.name : UNKNOWN_ALTERNATIVE;
  return [...header(style), [name, toBase64(contents)]];
}

function decorate(entries: readonly Entry[], style: JsonStyle): readonly Entry[] {
  const spread = style.unknownMembers ? entries.flatMap((entry, index) => [unknownEntry(index), entry]) : [...entries];
  if (style.unknownMembers) spread.push(unknownEntry(entries.length));
  return style.reversedMembers ? spread.reverse() : spread;
}

/** A member of a later version: its value holds names, brackets and quotation marks that a careless reader falls for. */
function unknownEntry(index: number): Entry {
  const decoy = { transactionId: 'FF', eimPackageError: 127, text: '"}],\\"', list: [null, true, -1.5e3, [], {}, [{ header: {} }]] };
  return [`extension${index}`, decoy];
}

function write(entries: readonly Entry[], style: JsonStyle): string {
  const text = JSON.stringify(Object.fromEntries(entries), null, style.whiteSpace ? '\t' : undefined);
  const spaced = style.whiteSpace ? ` ${text.replaceAll('\n', '\r\n')}\r\n` : text;
  return style.escapedSlashes ? spaced.replaceAll('/', '\\/') : spaced;
}
