// SPDX-License-Identifier: Apache-2.0
// What a CoAP server must not do: each makes of a right response what is sent instead. None of it may lead a client astray.

import { concat, fromHex } from '../../../host/sim/codec/bytes.js';
import type { Occurrence } from '../../../host/wrap/occurrence.js';
import {
  type Block,
  blockBytes,
  blockOf,
  blockOption,
  type CoapMessage,
  type CoapOption,
  Code,
  emptyMessage,
  encodeMessage,
  OptionNumber,
} from './coap-message.js';

/** What the makers of faults know. */
export interface FaultContext {
  /** The request that is answered. */
  readonly request: CoapMessage;
  /** Datagrams that were sent before, the first one first. */
  readonly history: readonly Uint8Array[];
}

type Maker = (response: CoapMessage, context: FaultContext) => Uint8Array[];

const withOptions = (response: CoapMessage, ...options: readonly CoapOption[]): CoapMessage => ({
  ...response,
  options: [...response.options, ...options],
});

const withBlock2 = (response: CoapMessage, block: Block, payload: Uint8Array): CoapMessage => ({
  ...response,
  code: response.code >> 5 === 2 ? response.code : Code.Content,
  options: [...response.options.filter(([number]) => number !== OptionNumber.Block2), blockOption(OptionNumber.Block2, block)],
  payload,
});

/** The block that the response has, or that the request asks for; one of 16 bytes when there is none. */
function block2(response: CoapMessage, { request }: FaultContext): Block {
  const block = blockOf(response, OptionNumber.Block2) ?? blockOf(request, OptionNumber.Block2);
  return block ?? { number: 0, more: false, szx: 0 };
}

const flipped = (bytes: Uint8Array): Uint8Array => (bytes.length > 0 ? bytes.map((byte) => byte ^ 0xff) : Uint8Array.of(0xa5));

/** Puts raw bytes where the options begin; the payload goes. */
function withRawOptions(response: CoapMessage, raw: string): Uint8Array {
  return concat(encodeMessage({ ...response, options: [], payload: new Uint8Array() }), fromHex(raw));
}

function withFirstByte(response: CoapMessage, change: (first: number) => number): Uint8Array {
  const bytes = encodeMessage(response);
  bytes[0] = change(bytes[0]!);
  return bytes;
}

/** Faults by name, as a response of the server. */
export const coapFaults = {
  otherToken: (response) => [encodeMessage({ ...response, token: flipped(response.token) })],
  otherMessageId: (response) => [encodeMessage({ ...response, messageId: response.messageId ^ 0x8001 })],
  otherBlockNumber: (response, context) => {
    const block = block2(response, context);
    return [encodeMessage(withBlock2(response, { ...block, number: block.number + 2 }, response.payload))];
  },
  /** Too few bytes in a block that is not the last one. */
  shrinkingBlock: (response, context) => {
    const block = block2(response, context);
    const payload = new Uint8Array(blockBytes(block.szx) - 3).fill(0x55);
    return [encodeMessage(withBlock2(response, { ...block, more: true }, payload))];
  },
  endlessBlocks: (response, context) => {
    const asked = blockOf(context.request, OptionNumber.Block2);
    const block = { number: asked?.number ?? 0, more: true, szx: asked?.szx ?? 6 };
    return [encodeMessage(withBlock2(response, block, new Uint8Array(blockBytes(block.szx)).fill(0x66)))];
  },
  overfullBlock: (response, context) => {
    const block = block2(response, context);
    return [encodeMessage(withBlock2(response, block, new Uint8Array(blockBytes(block.szx) + 1).fill(0x77)))];
  },
  changedETag: (response) => {
    const options = response.options.filter(([number]) => number !== OptionNumber.ETag);
    return [encodeMessage({ ...response, options: [...options, [OptionNumber.ETag, fromHex('DEADBEEF')]] })];
  },
  /** An elective option that says it has 65,804 bytes. */
  longOption: (response) => [withRawOptions(response, '4EFFFF010203')],
  /** Deltas of 65,804 each: the number has more than 16 bits. */
  deltaOverflow: (response) => [withRawOptions(response, 'E0FFFFE0FFFFE0FFFFFF01')],
  reservedDelta: (response) => [withRawOptions(response, 'F000FF01')],
  reservedLength: (response) => [withRawOptions(response, '4F00FF01')],
  markerWithoutPayload: (response) => [withRawOptions(response, 'FF')],
  version0: (response) => [withFirstByte(response, (first) => first & 0x3f)],
  version2: (response) => [withFirstByte(response, (first) => (first & 0x3f) | 0x80)],
  version3: (response) => [withFirstByte(response, (first) => (first & 0x3f) | 0xc0)],
  reset: (_, { request }) => [encodeMessage(emptyMessage('RST', request.messageId))],
  /** An empty acknowledgement, but of another message. */
  acknowledgesOther: (_, { request }) => [encodeMessage(emptyMessage('ACK', (request.messageId + 1) & 0xffff))],
  replay: (response, { history }) => [history[0] ?? encodeMessage({ ...response, token: flipped(response.token) })],
  empty: () => [new Uint8Array()],
  oversized: (response) => [encodeMessage({ ...response, payload: new Uint8Array(20_000).fill(0x88) })],
  /** Not a fault, but good manners are tested by it: what a client does not know and may ignore. */
  electiveOptions: (response) => [
    encodeMessage(
      withOptions(
        response,
        [OptionNumber.Observe, Uint8Array.of(7)],
        [OptionNumber.MaxAge, Uint8Array.of(0)],
        [65_000, new Uint8Array(300)],
      ),
    ),
  ],
  /** What a client does not know and may not ignore (RFC 7252 §5.4.1). */
  criticalOption: (response) => [encodeMessage(withOptions(response, [65_001, Uint8Array.of(1)]))],
  /** A class that no response has. */
  reservedClass: (response) => [encodeMessage({ ...response, code: 0x61 })],
  requestInstead: (response) => [encodeMessage({ ...response, code: Code.Post })],
} satisfies Record<string, Maker>;

/** Which fault, and which responses it hits, counted by datagrams sent: a response that is sent again counts again. */
export type CoapFault = Occurrence &
  (
    | { readonly name: keyof typeof coapFaults }
    /** Only the first bytes of the datagram. */
    | { readonly name: 'truncated'; readonly bytes: number }
    /** Token length 9 to 15 in the first byte, with as many bytes as it says. */
    | { readonly name: 'tokenLength'; readonly length: number }
  );

/** What is sent instead of a response. */
export function spoil(fault: CoapFault, response: CoapMessage, context: FaultContext): Uint8Array[] {
  if (fault.name === 'truncated') return [encodeMessage(response).slice(0, fault.bytes)];
  if (fault.name !== 'tokenLength') return coapFaults[fault.name](response, context);
  const { length } = fault;
  const longer = new Uint8Array(length - response.token.length).fill(0x99);
  const first = withFirstByte(response, (byte) => (byte & 0xf0) | length);
  const end = 4 + response.token.length;
  return [concat(first.subarray(0, end), longer, first.subarray(end))];
}
