// SPDX-License-Identifier: Apache-2.0
// The least that ESipa messages need over CoAP and DTLS: each block a datagram and a round trip of its own, with headers that no client
// can leave out. No handshake, no token, no card.

import type { LinkParameters } from '../../host/wrap/datagram-link.js';
import { type LineRate, LinkLine } from '../../host/wrap/link-line.js';

/** One ESipa message and its answer. */
export interface EsipaExchange {
  /** The outer tag of the message, such as "BF4F". */
  readonly function: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** One direction. */
export interface BoundTraffic {
  readonly payloadBytes: number;
  readonly coapBytes: number;
  readonly datagrams: number;
  readonly dtlsBytes: number;
  readonly ipBytes: number;
}

export interface Bound {
  readonly up: BoundTraffic;
  readonly down: BoundTraffic;
  readonly roundTrips: number;
}

const BLOCK_BYTES = 1_024;
/** Version, type, code and message ID (RFC 7252 §3). */
const HEAD_BYTES = 4;
/** gsma/rsp2/asn1 as three options. */
const PATH_BYTES = 15;
/** The byte in front of a payload. */
const MARKER_BYTES = 1;
/** Header of 13, nonce of 8, tag of 8 (RFC 6347 §4.1, RFC 6655 §3). */
export const RECORD_BYTES = 29;
/** IPv4 and UDP. */
export const IP_UDP_BYTES = 28;
const OPTION = { none: 0, path: 11, block2: 23, block1: 27 } as const;

/** Bytes of CoAP in each datagram, in their order: up, down, up, down. */
function datagramsOf({ requestBytes, responseBytes }: EsipaExchange): { readonly up: number; readonly down: number }[] {
  const [blocksUp, blocksDown] = [blocksIn(requestBytes), blocksIn(responseBytes)];
  const pairs: { up: number; down: number }[] = [];
  for (let block = 0; block < blocksUp + blocksDown - 1; block++) {
    const [asked, given] = [block - blocksUp + 1, Math.min(block, blocksUp - 1)];
    const isAsking = asked > 0;
    const isAnswered = asked >= 0;
    const block1 = blocksUp > 1 && !isAsking;
    const block2 = blocksDown > 1 && isAnswered;
    const up = HEAD_BYTES + PATH_BYTES + (isAsking ? option(OPTION.path, OPTION.block2, asked) : payload(requestBytes, given));
    const down = HEAD_BYTES + (isAnswered ? payload(responseBytes, asked) : 0) + (block2 ? option(OPTION.none, OPTION.block2, asked) : 0);
    pairs.push({
      up: up + (block1 ? option(OPTION.path, OPTION.block1, given) : 0),
      down: down + (block1 ? option(block2 ? OPTION.block2 : OPTION.none, OPTION.block1, given) : 0),
    });
  }
  return pairs;
}

function blocksIn(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK_BYTES));
}

/** A block with its marker. */
function payload(bytes: number, block: number): number {
  const length = Math.min(BLOCK_BYTES, bytes - block * BLOCK_BYTES);
  return length > 0 ? MARKER_BYTES + length : 0;
}

/** A block option behind the option `before`: one byte, one more where the numbers are 13 or more apart, and the value. */
function option(before: number, number: number, block: number): number {
  return (number - before < 13 ? 1 : 2) + (block < 16 ? 1 : block < 4_096 ? 2 : 3);
}

export function boundOf(exchanges: readonly EsipaExchange[]): Bound {
  const pairs = exchanges.flatMap(datagramsOf);
  const traffic = (direction: 'up' | 'down', payloadBytes: number): BoundTraffic => {
    const coapBytes = pairs.reduce((sum, pair) => sum + pair[direction], 0);
    const dtlsBytes = coapBytes + pairs.length * RECORD_BYTES;
    return { payloadBytes, coapBytes, datagrams: pairs.length, dtlsBytes, ipBytes: dtlsBytes + pairs.length * IP_UDP_BYTES };
  };
  return {
    up: traffic(
      'up',
      exchanges.reduce((sum, { requestBytes }) => sum + requestBytes, 0),
    ),
    down: traffic(
      'down',
      exchanges.reduce((sum, { responseBytes }) => sum + responseBytes, 0),
    ),
    roundTrips: pairs.length,
  };
}

/** How long these round trips take on a link when each begins as soon as the one before it has ended, in milliseconds. */
export function boundTimeMs(exchanges: readonly EsipaExchange[], link: LinkParameters): number {
  const oneWayMs = (rate: LineRate, coapBytes: number) =>
    new LinkLine(rate).send(0, coapBytes + RECORD_BYTES + IP_UDP_BYTES).endMs + (rate.delayMs ?? 0);
  return exchanges
    .flatMap(datagramsOf)
    .reduce((sum, { up, down }) => sum + oneWayMs(link.up ?? {}, up) + oneWayMs(link.down ?? {}, down), 0);
}
