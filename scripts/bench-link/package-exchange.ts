// SPDX-License-Identifier: Apache-2.0
// The GetBoundProfilePackage exchange among the CoAP messages of a download: it is most of the bytes, and all that card and network can do
// at the same time.

import { hex } from '../../host/sim/codec/bytes.js';
import { readMessage } from '../../host/sim/eim/coap/message.js';
import { RECORD_BYTES } from './bound.js';
import type { LoggedMessage } from './dtls-link.js';

/** Bytes of both directions, of the ESipa message, the CoAP messages and the DTLS records that carry it. */
export interface PackageTraffic {
  readonly payloadUp: number;
  readonly payloadDown: number;
  readonly coapUp: number;
  readonly coapDown: number;
  readonly datagramsUp: number;
  readonly datagramsDown: number;
  readonly dtlsBytes: number;
}

const GET_BOUND_PROFILE_PACKAGE = 'BF3A';

const payloadOf = ({ bytes }: LoggedMessage): Uint8Array => readMessage(bytes).payload;

/** From the request to what the device sends after it: first and last index, the last not included. Empty without such a request. */
function spanOf(log: readonly LoggedMessage[]): { from: number; to: number } {
  const from = log.findIndex((each) => each.direction === 'up' && hex(payloadOf(each)).startsWith(GET_BOUND_PROFILE_PACKAGE));
  if (from < 0) return { from: 0, to: 0 };
  const to = log.findIndex((each, index) => index > from && each.direction === 'up' && isNextRequest(payloadOf(each)));
  return { from, to };
}

function isNextRequest(payload: Uint8Array): boolean {
  return payload.length > 0 && !hex(payload).startsWith(GET_BOUND_PROFILE_PACKAGE);
}

/** How long the exchange takes with all that the card does for it, in milliseconds. Undefined without one. */
export function exchangeSpan(log: readonly LoggedMessage[]): number | undefined {
  const { from, to } = spanOf(log);
  return to > from ? log[to]!.atMs - log[from]!.atMs : undefined;
}

export function packageTraffic(log: readonly LoggedMessage[]): PackageTraffic {
  const { from, to } = spanOf(log);
  const messages = log.slice(from, to);
  const sum = (direction: 'up' | 'down', count: (message: LoggedMessage) => number) =>
    messages.filter((each) => each.direction === direction).reduce((total, each) => total + count(each), 0);
  const coapBytes = (message: LoggedMessage) => message.bytes.length;
  const [coapUp, coapDown] = [sum('up', coapBytes), sum('down', coapBytes)];
  return {
    payloadUp: sum('up', (message) => payloadOf(message).length),
    payloadDown: sum('down', (message) => payloadOf(message).length),
    coapUp,
    coapDown,
    datagramsUp: sum('up', () => 1),
    datagramsDown: sum('down', () => 1),
    dtlsBytes: coapUp + coapDown + messages.length * RECORD_BYTES,
  };
}
