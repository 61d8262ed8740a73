// SPDX-License-Identifier: Apache-2.0
// CoAP messages as bytes (RFC 7252 §3). The codec is the package coap-packet; it reads some malformed messages as if they were cut
// short, so whatever it reads is written again and must give the same bytes: every CoAP message has exactly one encoding.
import { generate, type OptionName, parse } from 'coap-packet';
import { equal } from '../../codec/bytes.js';

/** Confirmable, non-confirmable, acknowledgement, reset. */
export type MessageType = 'CON' | 'NON' | 'ACK' | 'RST';

export interface CoapOption {
  readonly number: number;
  readonly value: Uint8Array;
}

export interface CoapMessage {
  readonly type: MessageType;
  /** "0.02" is POST, "2.05" Content, "0.00" an empty message. */
  readonly code: string;
  /** 16 bits. */
  readonly messageId: number;
  /** At most 8 bytes. */
  readonly token: Uint8Array;
  /** In the order of their numbers. */
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

/** A datagram that is no CoAP message. */
export class MalformedMessage extends Error {
  constructor(
    message: string,
    /** Of a confirmable message: rejected with a reset (RFC 7252 §4.2); undefined: to be ignored. */
    readonly messageId: number | undefined,
  ) {
    super(message);
    this.name = 'MalformedMessage';
  }
}

const NUMBERS: Readonly<Record<OptionName, number>> = {
  'If-Match': 1,
  'Uri-Host': 3,
  ETag: 4,
  'If-None-Match': 5,
  Observe: 6,
  'Uri-Port': 7,
  'Location-Path': 8,
  OSCORE: 9,
  'Uri-Path': 11,
  'Content-Format': 12,
  'Max-Age': 14,
  'Uri-Query': 15,
  'Hop-Limit': 16,
  Accept: 17,
  'Q-Block1': 19,
  'Location-Query': 20,
  Block2: 23,
  Block1: 27,
  Size2: 28,
  'Q-Block2': 31,
  'Proxy-Uri': 35,
  'Proxy-Scheme': 39,
  Size1: 60,
  'No-Response': 258,
  'OCF-Accept-Content-Format-Version': 2049,
  'OCF-Content-Format-Version': 2053,
};

/** The numbers of the options that are used here (RFC 7252 §5.10, RFC 7959 §2.1, RFC 9175 §3.2). */
export const Option = {
  UriHost: 3,
  UriPort: 7,
  UriPath: 11,
  ContentFormat: 12,
  UriQuery: 15,
  Accept: 17,
  Block2: 23,
  Block1: 27,
  Size2: 28,
  ProxyUri: 35,
  ProxyScheme: 39,
  Size1: 60,
  RequestTag: 292,
} as const;

const TYPES: readonly MessageType[] = ['CON', 'NON', 'ACK', 'RST'];
const HEADER_BYTES = 4;
const LONGEST_TOKEN = 8;
const LAST_OPTION_NUMBER = 0xffff;

/** Reads one datagram. Throws MalformedMessage. */
export function readMessage(datagram: Uint8Array): CoapMessage {
  const [first = 0, , high = 0, low = 0] = datagram;
  if (datagram.length < HEADER_BYTES) throw new MalformedMessage(`${datagram.length} bytes are no CoAP message`, undefined);
  // A message of another version is to be ignored in silence (RFC 7252 §3).
  if (first >> 6 !== 1) throw new MalformedMessage(`CoAP version ${first >> 6}`, undefined);
  const type = TYPES[(first >> 4) & 3]!;
  try {
    return read(datagram, type);
  } catch (error) {
    throw new MalformedMessage((error as Error).message, type === 'CON' ? (high << 8) | low : undefined);
  }
}

function read(datagram: Uint8Array, type: MessageType): CoapMessage {
  const tokenLength = datagram[0]! & 0x0f;
  if (tokenLength > LONGEST_TOKEN) throw new RangeError(`a token of length ${tokenLength}`);
  const packet = parse(Buffer.from(datagram));
  const options = packet.options.map(({ name, value }) => ({ number: optionNumber(name), value: new Uint8Array(value) }));
  if (options.some(({ number }) => number > LAST_OPTION_NUMBER)) throw new RangeError('an option number above 65535');
  const { code, messageId } = packet;
  const message = { type, code, messageId, token: new Uint8Array(packet.token), options, payload: new Uint8Array(packet.payload) };
  if (!equal(writeMessage(message), datagram)) throw new RangeError('an option or the payload does not fit the message');
  return message;
}

function optionNumber(name: string | number): number {
  return NUMBERS[name as OptionName] ?? Number(name);
}

/** The datagram of a message. */
export function writeMessage({ type, code, messageId, token, options, payload }: CoapMessage): Uint8Array {
  const packet = {
    confirmable: type === 'CON',
    ack: type === 'ACK',
    reset: type === 'RST',
    code,
    messageId,
    token: Buffer.from(token),
    options: options.map(({ number, value }) => ({ name: number, value: Buffer.from(value) })),
    payload: Buffer.from(payload),
  };
  return new Uint8Array(generate(packet, Number.POSITIVE_INFINITY));
}

/** A message without code: an acknowledgement or a reset. */
export function emptyMessage(type: 'ACK' | 'RST', messageId: number): Uint8Array {
  const nothing = new Uint8Array(0);
  return writeMessage({ type, code: '0.00', messageId, token: nothing, options: [], payload: nothing });
}

/** The values of an option, in order. */
export function optionValues(message: Pick<CoapMessage, 'options'>, number: number): Uint8Array[] {
  return message.options.filter((option) => option.number === number).map(({ value }) => value);
}

/** An unsigned integer as an option value: without leading zeros, 0 is empty (RFC 7252 §3.2). */
export function uintValue(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

/** The number in an option value of at most 4 bytes. */
export function readUint(value: Uint8Array): number {
  return value.reduce((sum, byte) => sum * 256 + byte, 0);
}
