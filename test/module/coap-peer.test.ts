// SPDX-License-Identifier: Apache-2.0
// The CoAP test peers themselves: against written-out bytes, against other people's CoAP (libcoap, npm coap), and against each other on a
// bad network. Only a peer that is right can find what is wrong.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request as coapRequest, createServer, type OutgoingMessage } from 'coap';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../host/clock.js';
import { concat, fromHex, hex } from '../../host/sim/codec/bytes.js';
import { createDatagramLink, type LinkParameters } from '../../host/wrap/datagram-link.js';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { VirtualClock } from '../../host/wrap/virtual-clock.js';
import { findLibcoap } from '../support/libcoap.js';
import { openUdpChannel } from '../support/udp-channel.js';
import { type CoapFault, coapFaults } from './support/coap-faults.js';
import { decodeMessage } from './support/coap-message.js';
import { CoapPeer, type CoapPeerOptions } from './support/coap-peer.js';
import { CoapPusher, type PushResult } from './support/coap-pusher.js';

const bytesOf = (length: number, seed = 7): Uint8Array => {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
};
/** Something that depends on every byte of the request and is as long. */
const mirrored = (request: Uint8Array): Uint8Array => request.map((byte, i) => byte ^ (i & 0xff) ^ 0x5a);

/** A peer and what it answers to datagrams in hexadecimal. */
function byHand(options: Partial<CoapPeerOptions> = {}) {
  const clock = new VirtualClock();
  const { device, server } = createDatagramLink({}, { clock });
  const peer = new CoapPeer({ clock, channel: server, handle: mirrored, ...options });
  const answers: string[] = [];
  device.onDatagram((bytes) => answers.push(hex(bytes)));
  const say = (datagram: string, ms = 1): string[] => {
    answers.length = 0;
    device.send(fromHex(datagram));
    clock.advance(ms);
    return [...answers];
  };
  return { clock, peer, say };
}

// Uri-Path gsma, rsp2, asn1: B4 67736D61, 04 72737032, 04 61736E31
const PATH = 'B467736D6104727370320461736E31';

describe('the server, in bytes', () => {
  it('answers a short request in the acknowledgement', () => {
    const { peer, say } = byHand();
    expect(say(`42020001AABB${PATH}FF010203`)).toEqual([`62440001AABBFF${hex(mirrored(fromHex('010203')))}`]);
    expect(peer.requests.map(hex)).toEqual(['010203']);
  });

  it('answers the same request again, and does not execute it again', () => {
    const { peer, say } = byHand();
    const request = `42020001AABB${PATH}FF010203`;
    expect(say(request)).toEqual(say(request));
    expect([peer.requests.length, peer.duplicates]).toEqual([1, 1]);
  });

  it('acknowledges first and answers later, until that is acknowledged', () => {
    const { say } = byHand({ responses: 'separate', processingMs: 500 });
    expect(say(`41020001AA${PATH}FF01`, 400)).toEqual(['60000001']);
    const [acknowledgement, first] = say(`41020001AA${PATH}FF01`, 200);
    expect(acknowledgement, 'the duplicate is acknowledged, too').toBe('60000001');
    const response = decodeMessage(fromHex(first!));
    expect([response.type, response.code, hex(response.token)]).toEqual(['CON', 0x44, 'AA']);
    // ACK_TIMEOUT is 2 to 3 s, doubled each time: four times in 93 s, and then no more
    const again = say('6000FFFF', 100_000);
    expect(again).toEqual(Array(4).fill(first));
  });

  it.each(['60', '70'])('stops answering when that is acknowledged or reset (%s)', (type) => {
    const { say, peer } = byHand({ responses: 'separate', processingMs: 500 });
    const response = decodeMessage(fromHex(say(`41020001AA${PATH}FF01`, 600)[1]!));
    expect(say(`${type}00${response.messageId.toString(16).padStart(4, '0')}`, 200_000)).toEqual([]);
    expect(peer.resets).toBe(type === '70' ? 1 : 0);
  });

  it('puts blocks together and answers in blocks (RFC 7959 §2, Request-Tag of RFC 9175 §3)', () => {
    const { peer, say } = byHand({ etag: false, szx: 0 });
    const sixteen = '01'.repeat(16);
    const answer = hex(mirrored(fromHex(`${sixteen}0203`)));
    // Block1 behind Uri-Path: 27 − 11 = 13 + 3; Request-Tag behind Block1: 292 − 27 = 13 + 252
    expect(say(`40020001${PATH}D10308D1FC77FF${sixteen}`)).toEqual(['605F0001D10E08']);
    // in the answer Block2, Block1, Size2
    expect(say(`40020002${PATH}D10310D1FC77FF0203`)).toEqual([`60440002D10A0841101112FF${answer.slice(0, 32)}`]);
    // Block2 behind Uri-Path: 12; Request-Tag behind Block2: 292 − 23 = 269
    expect(say(`40020003${PATH}C110E1000077`)).toEqual([`60440003D10A10FF${answer.slice(32)}`]);
    expect(peer.requests.map(hex)).toEqual([`${sixteen}0203`]);
  });

  it.each([
    ['another path', '40020001B178FF01', 0x84],
    ['GET', `40010001${PATH}`, 0x85],
    ['an unknown critical option', `40020001${PATH}E1000D77FF01`, 0x82],
    ['a later block without the ones before', `40020001${PATH}D10318FF${'01'.repeat(16)}`, 0x88],
    ['a block that is too short', `40020001${PATH}D10308FF0102`, 0x80],
    ['a block of reserved size', `40020001${PATH}D1030FFF0102`, 0x82],
    ['a later block of no response', `40020001${PATH}C110`, 0x88],
  ])('refuses %s', (_, request, code) => {
    const { peer, say } = byHand();
    const [answer] = say(request);
    expect([decodeMessage(fromHex(answer!)).code, peer.requests.length]).toEqual([code, 0]);
    expect(peer.complaints).toHaveLength(1);
  });

  it('resets a ping and keeps quiet about what is not CoAP', () => {
    const { peer, say } = byHand();
    expect(say('40000007')).toEqual(['70000007']);
    for (const nonsense of ['', '40', '800000070000', `4902${'00'.repeat(20)}`, '40020001FF', '42020001AA', '400200014501'])
      expect(say(nonsense)).toEqual([]);
    expect(peer.complaints).toHaveLength(7);
  });
});

describe('faults', () => {
  const request = `42020001AABB${PATH}FF010203`;
  const right = byHand().say(request)[0]!;
  const spoilt = (fault: CoapFault) => byHand({ fault }).say(request);

  it('hit the responses that they are for, and no others', () => {
    const { say } = byHand({ fault: { name: 'empty', nth: 2 } });
    expect([say(request), say(request), say(request)]).toEqual([[right], [''], [right]]);
  });

  it.each(Object.keys(coapFaults) as (keyof typeof coapFaults)[])('%s is sent instead of the right response', (name) => {
    const sent = spoilt({ name });
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toBe(right);
  });

  it.each([
    ['otherToken', `624400015544FF${right.slice(14)}`],
    ['otherMessageId', `62448000AABBFF${right.slice(14)}`],
    ['reservedDelta', '62440001AABBF000FF01'],
    ['reservedLength', '62440001AABB4F00FF01'],
    ['markerWithoutPayload', '62440001AABBFF'],
    ['version0', `22${right.slice(2)}`],
    ['version2', `A2${right.slice(2)}`],
    ['version3', `E2${right.slice(2)}`],
    ['reset', '70000001'],
    ['acknowledgesOther', '60000002'],
    ['longOption', '62440001AABB4EFFFF010203'],
    ['deltaOverflow', '62440001AABBE0FFFFE0FFFFE0FFFFFF01'],
  ] as const)('%s in bytes', (name, bytes) => {
    expect(spoilt({ name })).toEqual([bytes]);
  });

  it('cut datagrams and lengthen tokens as told', () => {
    expect(spoilt({ name: 'truncated', bytes: 5 })).toEqual([right.slice(0, 10)]);
    expect(spoilt({ name: 'tokenLength', length: 9 })).toEqual([`69440001AABB${'99'.repeat(7)}${right.slice(12)}`]);
  });
});

/** Pushes bodies one after the other over a link to a peer. */
function pushed(
  parameters: LinkParameters,
  bodies: readonly Uint8Array[],
  seed: number,
  options: { szx?: number } & Partial<CoapPeerOptions> = {},
) {
  const clock = new VirtualClock();
  const { device, server } = createDatagramLink(parameters, { clock, seed });
  const { szx, ...peerOptions } = options;
  const peer = new CoapPeer({ clock, channel: server, handle: mirrored, seed, ...peerOptions });
  const pusher = new CoapPusher({ clock, channel: device, seed: seed + 1, ...(szx === undefined ? {} : { szx }) });
  const results = bodies.map((body) => {
    let result: PushResult | undefined;
    pusher.push(body, (each) => {
      result = each;
    });
    if (!clock.run(() => result !== undefined)) throw new Error('no result');
    return result!;
  });
  return { clock, peer, pusher, results };
}

describe('client and server', () => {
  const LENGTHS = [0, 1, 15, 16, 17, 1_023, 1_024, 1_025, 5_000];

  describe.each([0, 3, 6])('in blocks of exponent %i', (szx) => {
    it.each(['piggybacked', 'separate', 'mixed'] as const)('carry requests and %s responses of every length', (responses) => {
      const bodies = LENGTHS.map((length) => bytesOf(length));
      const { peer, pusher, results } = pushed({}, bodies, 11, { szx, responses });
      expect(results.map((result) => 'payload' in result && hex(result.payload))).toEqual(bodies.map((body) => hex(mirrored(body))));
      expect(peer.requests.map(hex)).toEqual(bodies.map(hex));
      expect([peer.complaints, pusher.complaints]).toEqual([[], []]);
    });
  });

  it.each(['early', 'continue'] as const)('agree on the smaller blocks of the server: %s', (negotiation) => {
    const bodies = [bytesOf(5_000)];
    const clock = new VirtualClock();
    const { device, server, up, down } = createDatagramLink({}, { clock });
    const peer = new CoapPeer({ clock, channel: server, handle: mirrored, szx: 2, negotiation });
    const pusher = new CoapPusher({ clock, channel: device });
    let result: PushResult | undefined;
    pusher.push(bodies[0]!, (each) => {
      result = each;
    });
    clock.run();
    expect(result).toEqual({ code: 0x44, payload: mirrored(bodies[0]!) });
    expect(peer.requests.map(hex)).toEqual(bodies.map(hex));
    // blocks of 64: 79 responses; 79 blocks up, or 1 + 79 with 4.13, or 1 of 1,024 and 63 of 64; the last one brings the first answer
    const blocksUp = negotiation === 'early' ? 80 : 64;
    expect([up.datagrams, down.datagrams]).toEqual([blocksUp + 78, blocksUp + 78]);
  });

  it('lose and double nothing on a network that does both, or say that they gave up', () => {
    let finished = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const random = seededRandom(seed);
      const direction = {
        delayMs: random() * 2_000,
        jitterMs: 500,
        loss: random() * 0.4,
        duplication: random() * 0.3,
        reordering: random() * 0.3,
      };
      const body = bytesOf(Math.floor(random() * 3_000), seed);
      const { peer, results } = pushed({ up: direction, down: direction }, [body], seed, { szx: 2 + (seed % 5), responses: 'mixed' });
      const [result] = results;
      expect(peer.requests.length, `seed ${seed}`).toBeLessThanOrEqual(1);
      for (const request of peer.requests) expect(hex(request), `seed ${seed}`).toBe(hex(body));
      expect(peer.complaints, `seed ${seed}`).toEqual([]);
      if ('payload' in result!) {
        finished++;
        expect(hex(result.payload), `seed ${seed}`).toBe(hex(mirrored(body)));
      } else expect(result!.failure, `seed ${seed}`).toMatch(/^time-out/);
    }
    expect(finished).toBeGreaterThan(50);
  });

  it('give up on a network that carries nothing, after 5 datagrams in 62 to 93 s', () => {
    const { clock, results } = pushed({ up: { loss: 1 } }, [bytesOf(10)], 1);
    expect(results).toEqual([{ failure: 'time-out: no acknowledgement' }]);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(62_000);
    expect(clock.nowMs()).toBeLessThanOrEqual(93_000);
  });
});

/** Runs `use` while a peer listens on a port of this machine. */
async function onUdp(options: Partial<CoapPeerOptions>, use: (port: number) => Promise<void>): Promise<CoapPeer> {
  const channel = await openUdpChannel();
  const peer = new CoapPeer({ clock: systemClock, channel, handle: mirrored, ...options });
  try {
    await use(channel.port);
  } finally {
    await channel.close();
  }
  return peer;
}

const libcoap = findLibcoap();

describe.skipIf(!libcoap)('the client of libcoap', () => {
  /** POSTs a file with `coap-client-notls` and reads what it got. */
  async function post(port: number, body: Uint8Array, ...options: readonly string[]): Promise<Uint8Array> {
    const folder = await mkdtemp(path.join(tmpdir(), 'ipa-coap-'));
    const [request, response] = [path.join(folder, 'request'), path.join(folder, 'response')];
    try {
      await writeFile(request, body);
      const url = `coap://127.0.0.1:${port}/gsma/rsp2/asn1`;
      await libcoap!.run('-m', 'post', '-B', '10', '-f', request, '-o', response, ...options, url);
      return new Uint8Array(await readFile(response));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it.each([
    ['a short request', 20, {}, []],
    ['blocks of 1,024 bytes', 5_000, {}, []],
    ['blocks of 64 bytes', 1_000, {}, ['-b', '64']],
    ['separate responses', 3_000, { responses: 'separate', processingMs: 5 }, []],
    ['mixed responses', 3_000, { responses: 'mixed', processingMs: 5 }, ['-b', '256']],
    // 4.13 as a hint is not understood by libcoap 4.3.1: it gives up
    ['a server that wants smaller blocks', 3_000, { szx: 4 }, []],
  ] as const)('is served: %s', async (_, length, options, flags) => {
    const body = bytesOf(length);
    let got: Uint8Array = new Uint8Array();
    const peer = await onUdp(options, async (port) => {
      got = await post(port, body, ...flags);
    });
    expect(peer.requests.map(hex)).toEqual([hex(body)]);
    expect(hex(got)).toBe(hex(mirrored(body)));
    expect(peer.complaints).toEqual([]);
  });
});

describe('the client of npm coap', () => {
  const post = (port: number, body: Uint8Array) =>
    new Promise<Uint8Array>((resolve, reject) => {
      const request: OutgoingMessage = coapRequest({
        host: '127.0.0.1',
        port,
        method: 'POST',
        pathname: '/gsma/rsp2/asn1',
        confirmable: true,
      });
      request.on('response', (response) => {
        const parts: Uint8Array[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve(concat(...parts)));
      });
      request.on('error', reject);
      if (body.length > 1_024) request.setOption('Block1', Buffer.of(6));
      request.end(Buffer.from(body));
    });

  it.each([20, 1_024, 5_000])('is served: %i bytes', async (length) => {
    const body = bytesOf(length);
    let got: Uint8Array = new Uint8Array();
    const peer = await onUdp({}, async (port) => {
      got = await post(port, body);
    });
    expect(peer.requests.map(hex)).toEqual([hex(body)]);
    expect(hex(got)).toBe(hex(mirrored(body)));
  });
});

describe('the server of npm coap', () => {
  it.each([20, 5_000])('is understood by our client: %i bytes', async (length) => {
    const server = createServer((request, response) => response.end(Buffer.from(mirrored(request.payload))));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const port = (server._sock as { address(): { port: number } }).address().port;
    const channel = await openUdpChannel(port);
    const pusher = new CoapPusher({ clock: systemClock, channel, isTokenKept: true });
    const body = bytesOf(length);
    const result = await new Promise<PushResult>((resolve) => pusher.push(body, resolve));
    await channel.close();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    expect('payload' in result ? hex(result.payload) : result).toBe(hex(mirrored(body)));
  });
});
