// SPDX-License-Identifier: Apache-2.0
// DTLS 1.2 between our own client and server: what it costs on the air, resumption, limits, the end.

import { beforeAll, describe, expect, it } from 'vitest';
import { connectDtls } from '../../../host/datagram/dtls-client.js';
import type { DtlsClientOptions, DtlsServerOptions } from '../../../host/datagram/dtls-options.js';
import { acceptDtls, createTicketKey } from '../../../host/datagram/dtls-server.js';
import { createMemorySessionStore } from '../../../host/datagram/session-store.js';
import { NetworkError } from '../../../host/interfaces.js';
import { settled, TurnedClock } from '../../support/turned-clock.js';
import { bytesOf, connected, failureOf, type Keys, makeKeys, needGnutls, nextText, PSK, pskServer, ways } from './dtls-bed.js';
import { type MemoryPair, memoryPair } from './memory-pair.js';

let keys: Keys;
let ticketKey: Uint8Array;
needGnutls();
beforeAll(async () => {
  keys = await makeKeys();
  ticketKey = createTicketKey();
});

/** Who spoke in turn; datagrams that follow each other without an answer are one flight. */
function flights({ log }: MemoryPair): string[] {
  return log.map(({ from }) => from).filter((from, index, all) => from !== all[index - 1]);
}

/** The content types of the records in a datagram (RFC 6347 §4.1). */
function contentTypes(datagram: Uint8Array): number[] {
  const types: number[] = [];
  for (let at = 0; at < datagram.length; ) {
    types.push(datagram[at]!);
    at += 13 + datagram[at + 11]! * 256 + datagram[at + 12]!;
  }
  return types;
}

const [CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA] = [20, 21, 22, 23];

/** A second connection, whose client speaks at once. */
async function resume(client: DtlsClientOptions, server: DtlsServerOptions) {
  const pair = memoryPair();
  const accepting = acceptDtls(pair.server, server);
  const clientEnd = await connectDtls(pair.client, client);
  clientEnd.send(bytesOf('first'));
  const serverEnd = await accepting;
  return { pair, ends: { client: clientEnd.resumed, server: serverEnd.resumed, text: await nextText(serverEnd) } };
}

describe('a full handshake', () => {
  it.each([
    ['psk', '(DTLS1.2)-(PSK)-(AES-128-CCM-8)', PSK.identity],
    ['certificate', '(DTLS1.2)-(ECDHE-SECP256R1)-(ECDSA-SHA256)-(AES-128-CCM-8)', undefined],
    ['rawPublicKey', '(DTLS1.2-X.509-Raw Public Key)-(ECDHE-SECP256R1)-(ECDSA-SHA256)-(AES-128-CCM-8)', undefined],
  ] as const)('by %s takes two round trips and tags of 8 bytes', async (way, description, pskIdentity) => {
    const { pair, client, server } = await connected(...ways(keys)[way]);
    expect(flights(pair)).toEqual(['client', 'server', 'client', 'server']);
    expect([client.description, server.description]).toEqual([description, description]);
    expect([client.resumed, server.resumed, client.pskIdentity, server.pskIdentity]).toEqual([false, false, undefined, pskIdentity]);
    const before = pair.log.length;
    client.send(bytesOf('hello'));
    expect(await nextText(server)).toBe('hello');
    server.send(bytesOf('answer'));
    expect(await nextText(client)).toBe('answer');
    // RFC 6655 §3: 13 bytes of header, 8 of nonce, 8 of tag.
    expect(pair.log.slice(before).map(({ bytes }) => bytes.length)).toEqual([5 + 29, 6 + 29]);
  });

  it('by psk costs 198 bytes up and 204 down', async () => {
    const { pair } = await connected(...ways(keys).psk);
    // Of these, 8 are the identity.
    expect([pair.sent('client'), pair.sent('server')]).toEqual([
      { datagrams: 2, bytes: 198 },
      { datagrams: 2, bytes: 204 },
    ]);
  });

  it('is cut to the MTU, in both directions', async () => {
    const [client, server] = ways(keys).certificate;
    const { pair } = await connected({ ...client, mtu: 256 }, { ...server, mtu: 300 });
    const longest = (from: string) => Math.max(...pair.log.filter((passed) => passed.from === from).map(({ bytes }) => bytes.length));
    expect(longest('client')).toBeLessThanOrEqual(256);
    expect(longest('server')).toBeLessThanOrEqual(300);
    expect(pair.sent('server').datagrams).toBeGreaterThan(3);
  });

  it('with a cookie takes a round trip more, and the server answers with less than it was sent', async () => {
    const { pair, client, server } = await connected({ psk: PSK }, { ...pskServer, cookieKey: Buffer.alloc(16, 7) });
    expect(flights(pair)).toEqual(['client', 'server', 'client', 'server', 'client', 'server']);
    expect(pair.log[1]!.bytes.length).toBeLessThan(pair.log[0]!.bytes.length);
    server.send(bytesOf('x'));
    expect(await nextText(client)).toBe('x');
  });
});

describe('a resumed session', () => {
  const kinds = [
    ['psk', 'number'],
    ['certificate', 'number'],
    ['rawPublicKey', 'number'],
    ['psk', 'ticket'],
    ['certificate', 'ticket'],
  ] as const;

  it.each(kinds)('by %s and %s costs one round trip, and the first datagram leaves with the Finished', async (way, kind) => {
    const [client, server] = ways(keys)[way];
    const resuming = { ...client, sessionStore: createMemorySessionStore() };
    const accepting = { ...server, ...(kind === 'number' ? { sessions: createMemorySessionStore() } : { ticketKey }) };
    expect((await connected(resuming, accepting)).client.resumed).toBe(false);

    const { pair, ends } = await resume(resuming, accepting);
    expect(ends).toEqual({ client: true, server: true, text: 'first' });
    expect(pair.log.map(({ from, bytes }) => [from, contentTypes(bytes)])).toEqual([
      ['client', [HANDSHAKE]],
      ['server', [HANDSHAKE, CHANGE_CIPHER_SPEC, HANDSHAKE]],
      ['client', [CHANGE_CIPHER_SPEC, HANDSHAKE, APPLICATION_DATA]],
    ]);
  });

  it('costs less by number than by ticket, and a client may have no tickets', async () => {
    const accepting = { ...pskServer, ticketKey, sessions: createMemorySessionStore() };
    const up = async (tickets: boolean) => {
      const client = { psk: PSK, sessionStore: createMemorySessionStore(), tickets };
      await connected(client, accepting);
      const { pair, ends } = await resume(client, accepting);
      expect(ends.client).toBe(true);
      return pair.log[0]!.bytes.length;
    };
    expect(await up(false)).toBe(128);
    expect(await up(true)).toBeGreaterThan(400);
  });

  it('sends its Finished even when there is nothing to say', async () => {
    const client = { psk: PSK, sessionStore: createMemorySessionStore() };
    const server = { ...pskServer, sessions: createMemorySessionStore() };
    await connected(client, server);
    const { pair } = await connected(client, server);
    expect(pair.log.map(({ from }) => from)).toEqual(['client', 'server', 'client']);
  });

  it('is not shared between keys, names or anchors', async () => {
    const sessionStore = createMemorySessionStore();
    const [client, server] = ways(keys).certificate;
    const accepting = { ...server, ticketKey };
    await connected({ ...client, sessionStore }, accepting);
    const others: Partial<DtlsClientOptions>[] = [
      { serverName: 'localhost' },
      { trust: { kind: 'platform' }, ca: keys.authority.certificate },
      { trust: { kind: 'certificate', certificate: keys.server.certificate } },
      { sessionName: 'other' },
    ];
    for (const other of others) expect((await connected({ ...client, ...other, sessionStore }, accepting)).client.resumed).toBe(false);
    expect((await connected({ ...client, sessionStore }, accepting)).client.resumed).toBe(true);
  });

  it.each([
    ['that the server has forgotten', (stored: Uint8Array) => stored, true],
    ['that was damaged in the store', (stored: Uint8Array) => stored.subarray(0, 20), false],
    ['that never was one', () => bytesOf('nonsense'), false],
  ])('%s becomes a full handshake', async (_, damage, forget) => {
    const sessionStore = createMemorySessionStore();
    const sessions = createMemorySessionStore();
    await connected({ psk: PSK, sessionStore }, { ...pskServer, sessions });
    const wrapped = { ...sessionStore, get: (key: string) => damage(sessionStore.get(key)!) };
    const server = { ...pskServer, sessions: forget ? createMemorySessionStore() : sessions };
    expect((await connected({ psk: PSK, sessionStore: wrapped }, server)).client.resumed).toBe(false);
  });
});

describe('an open association', () => {
  it('refuses to send what does not fit into the MTU, and goes on', async () => {
    const { client, server } = await connected({ psk: PSK, mtu: 200 }, pskServer);
    expect(client.maxBytes).toBe(200 - 29);
    expect(() => client.send(new Uint8Array(172))).toThrow(
      'a datagram of 172 bytes to dtls:client is too long; 171 fit into an MTU of 200',
    );
    client.send(new Uint8Array(171).fill(65));
    expect(await nextText(server)).toBe('A'.repeat(171));
  });

  it.each([63, 65_508, 1.5, Number.NaN])('cannot have an MTU of %d', async (mtu) => {
    await expect(connectDtls(memoryPair().client, { psk: PSK, mtu })).rejects.toThrow(
      `an MTU of ${mtu} bytes is impossible; from 64 to 65507 are possible`,
    );
  });

  it('works with the smallest MTU', async () => {
    const { pair, client, server } = await connected({ psk: PSK, mtu: 64 }, { ...pskServer, mtu: 64 });
    server.send(bytesOf('small'));
    expect(await nextText(client)).toBe('small');
    expect(Math.max(...pair.log.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(64);
  });

  it('tells the other end that it was closed, and is silent after that', async () => {
    const { pair, client, server } = await connected({ psk: PSK }, pskServer);
    const failure = failureOf(server);
    await client.close();
    expect(await failure).toBe('connectionLost: dtls:server closed the association');
    expect(contentTypes(pair.log.at(-1)!.bytes)).toEqual([ALERT]);
    const count = pair.log.length;
    client.send(bytesOf('late'));
    await client.close();
    await server.close();
    server.send(bytesOf('late'));
    await settled();
    expect(pair.log).toHaveLength(count);
    expect([pair.client.closed, pair.server.closed]).toEqual([true, true]);
  });

  it('fails with the channel below', async () => {
    const { pair, client } = await connected({ psk: PSK }, pskServer);
    const failure = failureOf(client);
    pair.client.fail(new NetworkError('unreachable', 'the port is closed'));
    expect(await failure).toBe('unreachable: the port is closed');
  });

  it('leaves no timer behind', async () => {
    const clock = new TurnedClock();
    const { client, server } = await connected({ psk: PSK, clock }, { ...pskServer, clock });
    expect(clock.waiting).toBe(0);
    await Promise.all([client.close(), server.close()]);
  });
});
