// SPDX-License-Identifier: Apache-2.0
// The ASN.1 binding of RSP servers (SGP.22 v2.5 §6.6): RemoteProfileProvisioningRequest and -Response, A2{BF39 | BF3B | …}.
import { CodecError, child, integerContent, readTlv, type Tlv, tlv } from '../codec/ber.js';
import { hex, text, utf8 } from '../codec/bytes.js';
import { elementIn, type RspRequest } from './request.js';
import type { EventEntry, Outcome, RspResponse } from './response.js';
import { COMMON_REFUSALS, RspError } from './status.js';

/** How one function looks in the ASN.1 binding. */
export interface Asn1Function {
  /** BF39, BF3B, … */
  readonly requestTag: number;
  /** Absent: there is no response. */
  readonly responseTag?: number;
  /** Error codes of the response by "subjectCode/reasonCode" of SGP.22 v2.5 §5.2.6; whatever is not here is undefinedError. */
  readonly errorCodes: Readonly<Record<string, number>>;
}

const MESSAGE = 0xa2;
const UNDEFINED_ERROR = 127;

/** The request in an A2; throws CodecError for anything but an A2 with one element. */
export function readAsn1Message(body: Uint8Array): Tlv {
  const message = readTlv(body);
  const [request, ...others] = message.children;
  if (message.tag !== MESSAGE || request === undefined || others.length > 0) throw new CodecError('not an A2 with one element');
  return request;
}

/** Where a field with its name in JSON is in the elements of a request: the bytes that base64 would hold. */
const FIELDS: Readonly<Record<string, (request: Tlv) => Uint8Array | undefined>> = {
  euiccChallenge: (request) => child(request, 0x81)?.value,
  smdpAddress: (request) => child(request, 0x83)?.value,
  euiccInfo1: (request) => child(request, 0xbf20)?.raw,
  authenticateServerResponse: (request) => child(request, 0xbf38)?.raw,
  prepareDownloadResponse: (request) => child(request, 0xbf21)?.raw,
  cancelSessionResponse: (request) => cancelSessionResponse(child(request, 0xa1)),
  pendingNotification: (request) => child(request, 0xa0)?.value,
};

/** The tag of the field replaces that of the eUICC's response; one that was put into it with its tag is taken as well. */
function cancelSessionResponse(field: Tlv | undefined): Uint8Array | undefined {
  return field && (child(field, 0xbf41)?.raw ?? tlv(0xbf41, field.value));
}

/** A request as its element: BF39, BF3B, BF3A, BF3D or BF41. */
export class Asn1Request implements RspRequest {
  constructor(private readonly request: Tlv) {}

  transactionId(): string {
    const transactionId = child(this.request, 0x80);
    if (transactionId === undefined) throw new RspError(COMMON_REFUSALS.elementMissing, 'transactionId');
    return hex(transactionId.value);
  }

  text(...names: readonly string[]): string {
    return text(this.bytes(names.find((name) => name in FIELDS) ?? ''));
  }

  bytes(name: string): Uint8Array {
    const bytes = FIELDS[name]?.(this.request);
    if (bytes === undefined) throw new RspError(COMMON_REFUSALS.elementMissing, name);
    return bytes;
  }

  element(name: string, ...tags: readonly number[]): Tlv {
    return elementIn(this.bytes(name), name, tags);
  }
}

/** The body for an outcome. There is no warning in this binding, and what ran out of time is an undefined error. */
export function asn1Response({ responseTag, errorCodes }: Asn1Function, outcome: Outcome): Uint8Array | undefined {
  if (responseTag === undefined) return undefined;
  if (outcome.kind === 'done') return tlv(MESSAGE, tlv(responseTag, tlv(0xa0, ...contents(outcome.response))));
  return tlv(MESSAGE, tlv(responseTag, tlv(0x81, integerContent(errorCode(errorCodes, outcome)))));
}

function errorCode(codes: Asn1Function['errorCodes'], outcome: Exclude<Outcome, { kind: 'done' }>): number {
  if (outcome.kind === 'expired') return UNDEFINED_ERROR;
  return codes[`${outcome.refusal.subjectCode}/${outcome.refusal.reasonCode}`] ?? UNDEFINED_ERROR;
}

function contents({ transactionId, elements = {}, eventEntries }: RspResponse): Uint8Array[] {
  return [
    ...(transactionId ? [tlv(0x80, transactionId)] : []),
    ...Object.values(elements),
    ...(eventEntries ? [tlv(0xa1, ...eventEntries.map(eventEntry))] : []),
  ];
}

function eventEntry({ eventId, rspServerAddress }: EventEntry): Uint8Array {
  return tlv(0x30, tlv(0x80, utf8(eventId)), tlv(0x81, utf8(rspServerAddress)));
}
