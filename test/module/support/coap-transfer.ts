// SPDX-License-Identifier: Apache-2.0
// Whole conversations of the module with an eIM over CoAP on a bad network, all drawn from a seed: a package from the eIM to the card, a
// large answer of the card to the eIM, whatever the network does to their blocks.

import { tlv } from '../../../host/sim/codec/ber.js';
import { fromHex } from '../../../host/sim/codec/bytes.js';
import { createDatagramLink, type LinkParameters } from '../../../host/wrap/datagram-link.js';
import { seededRandom } from '../../../host/wrap/seeded-random.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { CoapPeer, type CoapPeerOptions } from './coap-peer.js';
import { CoapSession } from './coap-session.js';
import { Module } from './module.js';
import { Session, type SessionResult } from './session.js';
import { EID, EIM_ID, inTurn, SimplePeers } from './simple-peers.js';

/** What a transfer is made of; printed when it fails. */
export interface TransferParameters {
  readonly seed: number;
  readonly link: LinkParameters;
  /** Largest block of the module. */
  readonly szx: number;
  readonly ackTimeoutMs: number;
  readonly peer: Pick<CoapPeerOptions, 'szx' | 'negotiation' | 'responses' | 'processingMs' | 'etag' | 'successCode' | 'fault'>;
  /** Bytes of filler in the package for the card, and in the card's answer for the eIM. */
  readonly packageBytes: number;
  readonly answerBytes: number;
}

/** How it went, and how it would have gone on a network that loses nothing. */
export interface Transfer {
  readonly result: SessionResult;
  readonly expected: SessionResult;
  /** Whole messages as the eIM executed them, and as it would have, in hexadecimal. */
  readonly executed: readonly string[];
  readonly toExecute: readonly string[];
  /** Whole commands that the card executed, and would have, in hexadecimal. */
  readonly es10: readonly string[];
  readonly toRun: readonly string[];
  readonly complaints: readonly string[];
  /** Virtual time that it took, in milliseconds. */
  readonly timeMs: number;
  readonly datagrams: number;
}

const MOST_BYTES = 20_000;

/** Draws the parameters of one transfer. */
export function drawParameters(seed: number): TransferParameters {
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const pick = <T>(...choices: readonly T[]): T => choices[below(choices.length)]!;
  // many lengths near the ends of blocks
  const length = () => pick(below(64), below(1_500), (1 << below(11)) + below(3) - 1, below(MOST_BYTES + 1));
  const worst = pick(0, 0.05, 0.15, 0.3, 0.5);
  const direction = () => ({
    delayMs: pick(5, 100, 1_000, 3_000),
    jitterMs: pick(0, 50, 2_000),
    loss: random() * worst,
    duplication: random() * pick(0, 0.3),
    reordering: random() * pick(0, 0.3),
    reorderMs: pick(200, 3_000, 20_000),
    bitsPerSecond: pick(0, 1_000_000, 20_000),
  });
  return {
    seed,
    link: { up: direction(), down: direction() },
    szx: below(7),
    ackTimeoutMs: pick(2_000, 2_000, 10_000),
    peer: {
      szx: below(7),
      negotiation: pick('early', 'continue'),
      responses: pick('piggybacked', 'separate', 'mixed'),
      processingMs: pick(0, 0, 300, 4_000),
      etag: pick(true, false),
      successCode: pick(0x44, 0x45),
    },
    packageBytes: length(),
    answerBytes: length(),
  };
}

function bytesOf(random: () => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

/** Card and eIM with a package, a question for large data, and then nothing. */
function makePeers({ seed, packageBytes, answerBytes }: TransferParameters): SimplePeers {
  const random = seededRandom(seed ^ 0x5eed);
  const list = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x5a, EID), tlv(0x81, fromHex('01')), tlv(0x04, bytesOf(random, packageBytes)));
  const signature = tlv(0x5f37, bytesOf(random, 64));
  const results = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x81, fromHex('01')), tlv(0x83, fromHex('07')), tlv(0x30, tlv(0x86, fromHex('00'))));
  return new SimplePeers({
    card: {
      BF51: tlv(0xbf51, tlv(0xa0, results, signature)),
      BF22: tlv(0xbf22, tlv(0x81, fromHex('020302')), tlv(0x84, bytesOf(random, answerBytes))),
    },
    eim: {
      BF4F: inTurn(tlv(0xbf4f, tlv(0xbf51, list, signature)), tlv(0xbf4f, tlv(0xbf52, tlv(0x5c, fromHex('BF22')))), 'BF4F03020101'),
      BF50: 'BF50023000',
    },
  });
}

/** Runs one transfer on `module`, and the same conversation without a network in between. */
export function runTransfer(parameters: TransferParameters, module = new Module()): Transfer {
  const plain = makePeers(parameters);
  const expected = new Session(plain, {}, new Module(undefined, 'ipad.fast')).run();
  const peers = makePeers(parameters);
  const clock = new VirtualClock();
  const { seed, link, szx, ackTimeoutMs } = parameters;
  const { device, server, up, down } = createDatagramLink(link, { clock, seed });
  const handle = (request: Uint8Array) => {
    const answer = peers.eim(request);
    if (typeof answer === 'number') throw new Error(`the eIM of a transfer fails with ${answer}`);
    return answer;
  };
  const peer = new CoapPeer({ clock, channel: server, seed, handle, ...parameters.peer });
  const session = new CoapSession(peers, { clock, channel: device, szx, ackTimeoutMs, seed: (seed >>> 0) + 1 }, module);
  const result = session.run();
  return {
    result,
    expected,
    executed: peers.esipa,
    toExecute: plain.esipa,
    es10: peers.es10,
    toRun: plain.es10,
    complaints: peer.complaints,
    timeMs: clock.nowMs(),
    datagrams: up.datagrams + down.datagrams,
  };
}
