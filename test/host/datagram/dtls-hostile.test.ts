// SPDX-License-Identifier: Apache-2.0
// Networks that lose, double, delay and damage, and peers that send what they should not: the association goes on, or ends with an error.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { connectDtls } from '../../../host/datagram/dtls-client.js';
import type { DtlsClientOptions, DtlsServerOptions } from '../../../host/datagram/dtls-options.js';
import { acceptDtls } from '../../../host/datagram/dtls-server.js';
import { loadGnutls } from '../../../host/datagram/gnutls-library.js';
import { createMemorySessionStore } from '../../../host/datagram/session-store.js';
import { seededRandom } from '../../../host/wrap/seeded-random.js';
import { settled, TurnedClock } from '../../support/turned-clock.js';
import { spkiOf } from '../transport/certificates.js';
import { bytesOf, connected, failureOf, type Keys, makeKeys, needGnutls, nextText, outcome, PSK, pskServer, ways } from './dtls-bed.js';
import { type Fate, memoryPair } from './memory-pair.js';

let keys: Keys;
needGnutls();
beforeAll(async () => {
  keys = await makeKeys();
});

function damaged(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 0x55 : byte));
}

describe('a server that never answers', () => {
  it('is asked at 0, 1, 3, 7 and 15 s, and then given up', async () => {
    const clock = new TurnedClock();
    const pair = memoryPair();
    const connecting = connectDtls(pair.client, { psk: PSK, clock, handshakeTimeoutMs: 20_000 });
    const refused = expect(connecting).rejects.toMatchObject({ reason: 'timeout', message: 'dtls:client did not answer within 20000 ms' });
    const asked: number[] = [];
    for (let second = 0; second <= 20; second++) {
      await clock.pass(second === 0 ? 0 : 1000);
      while (asked.length < pair.log.length) asked.push(second);
    }
    await refused;
    expect(asked).toEqual([0, 1, 3, 7, 15]);
    expect([clock.waiting, pair.client.closed]).toEqual([0, true]);
  });

  it('can be given up before', async () => {
    const clock = new TurnedClock();
    const abort = new AbortController();
    const connecting = connectDtls(memoryPair().client, { psk: PSK, clock, signal: abort.signal });
    await settled();
    abort.abort();
    await expect(connecting).rejects.toMatchObject({
      reason: 'connectionLost',
      message: 'the DTLS handshake with dtls:client was given up',
    });
    expect(clock.waiting).toBe(0);
    const given = connectDtls(memoryPair().client, { psk: PSK, clock, signal: abort.signal });
    await expect(given).rejects.toMatchObject({ reason: 'connectionLost' });
  });
});

describe('a network', () => {
  it.each(['psk', 'certificate', 'rawPublicKey'] as const)('that loses any one datagram does not stop a handshake by %s', async (way) => {
    const [client, server] = ways(keys)[way];
    for (let lost = 0; lost < 4; lost++) {
      const clock = new TurnedClock();
      const fate: Fate = ({ bytes }, index) => (index === lost ? [] : [bytes]);
      const ends = outcome({ ...client, clock }, { ...server, clock }, fate);
      await clock.pass(10_000);
      expect([lost, await ends]).toEqual([lost, { client: 'full', server: 'full' }]);
    }
  });

  it('that loses any one datagram does not stop a short handshake; the application repeats what went with it', async () => {
    for (let lost = 0; lost < 3; lost++) {
      const kept = { sessionStore: createMemorySessionStore() };
      const server = { ...pskServer, sessions: createMemorySessionStore() };
      await connected({ psk: PSK, ...kept }, server);
      const clock = new TurnedClock();
      const pair = memoryPair(({ bytes }, index) => (index === lost ? [] : [bytes]));
      const accepting = acceptDtls(pair.server, { ...server, clock });
      const connecting = connectDtls(pair.client, { psk: PSK, ...kept, clock }).then((client) => {
        client.send(bytesOf('first'));
        return client;
      });
      await clock.pass(5000);
      const [serverEnd, client] = await Promise.all([accepting, connecting]);
      client.send(bytesOf('repeated'));
      expect([client.resumed, serverEnd.resumed, await nextText(serverEnd)]).toEqual([true, true, lost === 2 ? 'repeated' : 'first']);
    }
  });

  it('that loses, doubles and damages at random lets handshake and datagrams through', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const fate: Fate = ({ bytes }) => {
        const dice = random();
        if (dice < 0.15) return [];
        if (dice < 0.3) return [bytes, bytes];
        // Encrypted records alone: what is not yet protected may be believed.
        return dice < 0.4 && bytes[4] === 1 ? [damaged(bytes, Math.floor(random() * bytes.length)), bytes] : [bytes];
      };
      const clock = new TurnedClock();
      const options = { clock, handshakeTimeoutMs: 600_000 };
      const connecting = connected({ psk: PSK, ...options }, { ...pskServer, ...options }, fate);
      await clock.pass(600_000);
      const { client, server } = await connecting;
      const got: string[] = [];
      server.onDatagram((bytes) => got.push(Buffer.from(bytes).toString()));
      for (let number = 0; number < 40; number++) client.send(bytesOf(`datagram ${number}`));
      await settled();
      expect(new Set(got).size, `seed ${seed}: doubled`).toBe(got.length);
      expect(got.length, `seed ${seed}: lost`).toBeGreaterThan(20);
      for (const text of got) expect(text, `seed ${seed}`).toMatch(/^datagram \d+$/);
    }
  });

  it('that gives garbage before and during a handshake does not stop it', async () => {
    const random = seededRandom(7);
    const garbage = (bytes: number) => Uint8Array.from({ length: bytes }, () => Math.floor(random() * 256));
    const fate: Fate = ({ bytes }) => [garbage(40), new Uint8Array(), garbage(1), bytes, garbage(1500)];
    expect(await outcome({ psk: PSK }, pskServer, fate)).toEqual({ client: 'full', server: 'full' });
  });
});

describe('an open association', () => {
  it('delivers a replayed record once', async () => {
    const { pair, client, server } = await connected({ psk: PSK }, pskServer);
    const got: string[] = [];
    server.onDatagram((bytes) => got.push(Buffer.from(bytes).toString()));
    client.send(bytesOf('once'));
    for (let again = 0; again < 3; again++) pair.server.arrive(pair.log.at(-1)!.bytes);
    client.send(bytesOf('more'));
    await settled();
    expect(got).toEqual(['once', 'more']);
  });

  it('drops damaged, cut, foreign and unprotected records, and goes on', async () => {
    const { pair, client, server } = await connected({ psk: PSK }, pskServer);
    const stranger = await connected({ psk: PSK }, pskServer);
    const got: string[] = [];
    server.onDatagram((bytes) => got.push(Buffer.from(bytes).toString()));
    client.send(bytesOf('good'));
    const record = pair.log.at(-1)!.bytes;
    stranger.client.send(bytesOf('evil'));
    const foreign = stranger.pair.log.at(-1)!.bytes;
    // Application data and a fatal alert of epoch 0, which anybody can write.
    const bare = Uint8Array.from([23, 254, 253, 0, 0, 0, 0, 0, 0, 0, 99, 0, 4, ...bytesOf('evil')]);
    const alert = Uint8Array.from([21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 98, 0, 2, 2, 40]);
    const oversized = new Uint8Array(65_000).fill(0x17);
    const cuts = Array.from({ length: record.length }, (_, length) => record.subarray(0, length));
    const flips = Array.from(record, (_, at) => damaged(record, at));
    for (const bytes of [foreign, bare, alert, oversized, ...cuts, ...flips]) pair.server.arrive(bytes);
    client.send(bytesOf('still good'));
    await settled();
    expect(got).toEqual(['good', 'still good']);
  });

  it('does not negotiate again when a greeting of old comes in', async () => {
    const { pair, client, server } = await connected({ psk: PSK }, pskServer);
    pair.server.arrive(pair.log[0]!.bytes);
    server.send(bytesOf('here'));
    expect(await nextText(client)).toBe('here');
    expect(server.description).toBe('(DTLS1.2)-(PSK)-(AES-128-CCM-8)');
  });

  it('delivers what came before its end, and its end last', async () => {
    const { client, server } = await connected({ psk: PSK }, pskServer);
    client.send(bytesOf('last words'));
    await client.close();
    await settled();
    const order: string[] = [];
    server.onFailure((error) => order.push(error.reason));
    server.onDatagram((bytes) => order.push(Buffer.from(bytes).toString()));
    await settled();
    expect(order).toEqual(['last words', 'connectionLost']);
  });
});

describe('a server', () => {
  it('that is sent a greeting cut anywhere waits for a whole one', async () => {
    const { pair } = await connected(...ways(keys).certificate);
    const greeting = pair.log[0]!.bytes;
    const lower = memoryPair();
    const accepting = acceptDtls(lower.server, ways(keys).certificate[1]);
    for (let length = 0; length < greeting.length; length++) lower.server.arrive(greeting.subarray(0, length));
    const client = await connectDtls(lower.client, ways(keys).certificate[0]);
    expect([client.resumed, (await accepting).resumed]).toEqual([false, false]);
  });

  it('refuses a greeting of DTLS 1.0', async () => {
    const { pair } = await connected({ psk: PSK }, pskServer);
    // The version inside the greeting, behind the headers of record and message.
    const old = pair.log[0]!.bytes.map((byte, index) => (index === 26 ? 0xff : byte));
    const lower = memoryPair();
    const accepting = acceptDtls(lower.server, pskServer);
    lower.server.arrive(old);
    await expect(accepting).rejects.toMatchObject({ reason: 'tlsRefused' });
  });

  it('does not take the cookie of another address', async () => {
    const clock = new TurnedClock();
    const cookieKey = Buffer.alloc(16, 3);
    const { pair } = await connected({ psk: PSK }, { ...pskServer, cookieKey });
    const withCookie = pair.log[2]!.bytes;
    const elsewhere = memoryPair();
    Object.assign(elsewhere.server, { name: 'elsewhere' });
    const accepting = acceptDtls(elsewhere.server, { ...pskServer, cookieKey, clock, handshakeTimeoutMs: 5000 });
    const refused = expect(accepting).rejects.toMatchObject({ reason: 'timeout' });
    await settled();
    elsewhere.server.arrive(withCookie);
    elsewhere.server.arrive(bytesOf('garbage'));
    await clock.pass(5000);
    await refused;
    // HelloVerifyRequest (RFC 6347 §4.3.2), and nothing for what is no greeting.
    expect(elsewhere.log.map(({ bytes }) => bytes[13])).toEqual([3]);
  });
});

/** A signal, and what sets it off. */
function givingUp(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

describe('native memory', () => {
  const pairs = [
    ['init', 'deinit'],
    ['certificate_allocate_credentials', 'certificate_free_credentials'],
    ['psk_allocate_client_credentials', 'psk_free_client_credentials'],
    ['psk_allocate_server_credentials', 'psk_free_server_credentials'],
  ] as const;
  const [psk, certificate, rawPublicKey] = ['psk', 'certificate', 'rawPublicKey'] as const;
  /** An end that waits for what will not come is given up. */
  const failing = async (client: DtlsClientOptions, server: DtlsServerOptions) => {
    const { signal, abort } = givingUp();
    const ends = outcome({ ...client, signal }, { ...server, signal });
    await settled();
    abort();
    expect((await ends).client).toMatch(/: /);
  };
  const mistakes = {
    'a wrong identity': () => failing({ psk: { identity: 'stranger', key: PSK.key } }, pskServer),
    'a wrong key': () => failing({ trust: { kind: 'publicKey', spki: spkiOf(keys.authority) } }, ways(keys)[rawPublicKey][1]),
    'a wrong pre-shared key': () => failing({ psk: { identity: PSK.identity, key: bytesOf('wrong') } }, pskServer),
    'an authority that cannot be read': () => failing({ ca: 'no PEM', serverName: 'x' }, ways(keys)[certificate][1]),
    'a server key that cannot be used': () =>
      failing({ psk: PSK }, { ...pskServer, certificate: { ...keys.server, privateKey: keys.authority.privateKey } }),
    'an MTU that is none': () => failing({ psk: PSK, mtu: 1 }, pskServer),
    'a ticket key that is none': () => failing({ psk: PSK }, { ...pskServer, ticketKey: new Uint8Array(3) }),
    'a store that fails': () =>
      failing(
        {
          psk: PSK,
          sessionStore: {
            ...createMemorySessionStore(),
            set: () => {
              throw new Error('full');
            },
          },
        },
        pskServer,
      ),
    'the end by the client': async () => {
      const { client, server } = await connected(...ways(keys)[psk]);
      const failure = failureOf(server);
      await client.close();
      await failure;
      await server.close();
    },
    'the end by the server while the client listens': async () => {
      const { client, server } = await connected(...ways(keys)[certificate]);
      client.onDatagram(() => void client.close());
      server.send(bytesOf('go'));
      await settled();
      await server.close();
    },
  };

  it.each(Object.keys(mistakes) as (keyof typeof mistakes)[])('is given back once after %s', async (mistake) => {
    const gnutls = await loadGnutls();
    const spies = pairs.map((pair) => pair.map((name) => vi.spyOn(gnutls, name)));
    await mistakes[mistake]();
    await settled();
    const made = spies.map(([allocate]) => allocate!.mock.results.filter(({ value }) => value === 0).length);
    const freed = spies.map(([, free]) => free!.mock.calls.length);
    for (const spy of spies.flat()) spy.mockRestore();
    expect(freed).toEqual(made);
    expect(made.some((count) => count > 0)).toBe(true);
  });
});
