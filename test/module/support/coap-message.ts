// SPDX-License-Identifier: Apache-2.0
// CoAP messages of the test peers. Coding is left to the npm package coap-packet, so that a mistake of the module cannot agree with one of
// ours; what it lets pass is refused here.

import { generate, type ParsedPacket, parse } from 'coap-packet';

/** Type of a message (RFC 7252 §3). */
export type CoapType = 'CON' | 'NON' | 'ACK' | 'RST';

/** An option: its number and its value. */
export type CoapOption = readonly [number: number, value: Uint8Array];

export interface CoapMessage {
  readonly type: CoapType;
  /** Class times 32 plus detail: 0x45 is 2.05; 0 is an empty message. */
  readonly code: number;
  readonly messageId: number;
  readonly token: Uint8Array;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

/** Value of a Block option (RFC 7959 §2.2). */
export interface Block {
  readonly number: number;
  readonly more: boolean;
  /** Exponent: the block has 16 << szx bytes. */
  readonly szx: number;
}

/** Numbers of the options that the peers know. */
export const OptionNumber = {
  UriHost: 3,
  ETag: 4,
  Observe: 6,
  UriPort: 7,
  UriPath: 11,
  ContentFormat: 12,
  MaxAge: 14,
  Accept: 17,
  Block2: 23,
  Block1: 27,
  Size2: 28,
  Size1: 60,
  Echo: 252,
  RequestTag: 292,
} as const;

/** Codes that the peers use. */
export const Code = {
  Empty: 0x00,
  Post: 0x02,
  Changed: 0x44,
  Content: 0x45,
  Continue: 0x5f,
  BadRequest: 0x80,
  BadOption: 0x82,
  NotFound: 0x84,
  MethodNotAllowed: 0x85,
  Incomplete: 0x88,
  TooLarge: 0x8d,
} as const;

const NUMBER_BY_NAME: Readonly<Record<string, number>> = {
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
};

/** Largest UDP payload. */
const MOST_BYTES = 65_507;
const NOTHING = new Uint8Array();

/** An empty message: acknowledgement, reset or ping. */
export const emptyMessage = (type: CoapType, messageId: number): CoapMessage => ({
  type,
  code: Code.Empty,
  messageId,
  token: NOTHING,
  options: [],
  payload: NOTHING,
});

/** The datagram of a message. */
export function encodeMessage({ type, code, messageId, token, options, payload }: CoapMessage): Uint8Array {
  const packet = {
    confirmable: type === 'CON',
    ack: type === 'ACK',
    reset: type === 'RST',
    code: codeText(code),
    messageId,
    token: Buffer.from(token),
    options: options.map(([name, value]) => ({ name, value: Buffer.from(value) })),
    payload: Buffer.from(payload),
  };
  return new Uint8Array(generate(packet, MOST_BYTES));
}

/** Reads a datagram. @throws Error for one that is not exactly a CoAP message (RFC 7252 §3). */
export function decodeMessage(datagram: Uint8Array): CoapMessage {
  if (datagram.length < 4) throw new Error(`${datagram.length} bytes are no CoAP message`);
  const packet = parse(Buffer.from(datagram));
  const message: CoapMessage = {
    type: typeOf(packet),
    code: datagram[1]!,
    messageId: packet.messageId,
    token: new Uint8Array(packet.token),
    options: packet.options.map(({ name, value }) => [NUMBER_BY_NAME[name] ?? Number(name), new Uint8Array(value)]),
    payload: new Uint8Array(packet.payload),
  };
  if (message.token.length > 8) throw new Error(`a token of ${message.token.length} bytes`);
  // coap-packet reads over missing bytes and a payload marker without payload; written again, such a message is another
  if (Buffer.compare(encodeMessage(message), datagram) !== 0) throw new Error('cut short, or not in the shortest form');
  return message;
}

function typeOf({ confirmable, ack, reset }: ParsedPacket): CoapType {
  if (confirmable) return 'CON';
  if (ack) return 'ACK';
  return reset ? 'RST' : 'NON';
}

/** "2.05" for 0x45. */
export const codeText = (code: number): string => `${code >> 5}.${String(code & 31).padStart(2, '0')}`;

/** All values of an option. */
export const valuesOf = (message: CoapMessage, number: number): Uint8Array[] =>
  message.options.filter(([each]) => each === number).map(([, value]) => value);

/** The value of a Block option; undefined when there is none. @throws Error for a value that is not one. */
export function blockOf(message: CoapMessage, number: number): Block | undefined {
  const [value, second] = valuesOf(message, number);
  if (value === undefined) return undefined;
  if (second !== undefined) throw new Error(`option ${number} twice`);
  if (value.length > 3 || value[0] === 0) throw new Error(`${Buffer.from(value).toString('hex')} is no value of option ${number}`);
  const bits = value.reduce((sum, byte) => sum * 256 + byte, 0);
  if ((bits & 7) === 7) throw new Error('SZX 7 is reserved');
  return { number: bits >> 4, more: (bits & 8) !== 0, szx: bits & 7 };
}

/** A Block option. */
export const blockOption = (number: number, block: Block): CoapOption => [
  number,
  uintValue(block.number * 16 + (block.more ? 8 : 0) + block.szx),
];

/** An unsigned integer without leading zeros (RFC 7252 §3.2). */
export function uintValue(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

/** Bytes of a block. */
export const blockBytes = (szx: number): number => 16 << szx;
