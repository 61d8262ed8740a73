// SPDX-License-Identifier: Apache-2.0
// The UDP transport and listener on this machine: addresses, refusals, counters, a device that is called, peers that come and go.

import { createSocket, type Socket } from 'node:dgram';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectDtls } from '../../../host/datagram/dtls-client.js';
import { acceptDtls } from '../../../host/datagram/dtls-server.js';
import { udpTarget } from '../../../host/datagram/udp-address.js';
import { UdpListener, type UdpListenerOptions } from '../../../host/datagram/udp-listener.js';
import { UdpDatagramTransport, type UdpTransportOptions } from '../../../host/datagram/udp-transport.js';
import type { DatagramChannel, NetworkError, Peer } from '../../../host/interfaces.js';
import { settled, TurnedClock } from '../../support/turned-clock.js';
import { bytesOf, failureOf, type Keys, makeKeys, needGnutls, nextText, PSK, pskServer } from './dtls-bed.js';

let keys: Keys;
needGnutls();
beforeAll(async () => {
  keys = await makeKeys();
});

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

function transport(options: UdpTransportOptions = {}): UdpDatagramTransport {
  const made = new UdpDatagramTransport(options);
  open.push(made);
  return made;
}

async function listener(options: UdpListenerOptions, onPeer: (channel: DatagramChannel) => void): Promise<UdpListener> {
  const made = await UdpListener.bind(options, onPeer);
  open.push(made);
  return made;
}

const peer = (address: string, scheme: 'coap' | 'coaps' = 'coap'): Peer => ({
  kind: 'eim',
  binding: 'asn1',
  scheme,
  address,
  trust: { kind: 'platform' },
});

/** Answers each datagram with the same. */
const echo = (channel: DatagramChannel) => channel.onDatagram((bytes) => channel.send(bytes));

async function rawSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  open.push({ close: () => socket.close() });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

const portOf = (address: string) => Number(address.split(':').at(-1));

describe('an address', () => {
  it.each([
    ['eim.example.com', 'eim.example.com:5684', 'eim.example.com', 5684],
    ['eim.example.com:443', 'eim.example.com:443', 'eim.example.com', 443],
    ['10.0.0.1:1', '10.0.0.1:1', '10.0.0.1', 1],
    ['[2001:db8::1]', '[2001:db8::1]:5684', '2001:db8::1', 5684],
    ['[2001:db8::1]:7', '[2001:db8::1]:7', '2001:db8::1', 7],
  ])('%s', (address, name, host, port) => {
    expect(udpTarget(address, 5684)).toEqual({ name, hostName: host, sendHost: host, sendPort: port });
  });

  it('is looked up in `resolve`, with its port or without; the name stays', () => {
    const resolve = { 'eim.example.com': '127.0.0.1:7', 'eim.example.com:9': '[::1]', '[2001:db8::1]': '127.0.0.2' };
    const place = (address: string) => {
      const { name, hostName, sendHost, sendPort } = udpTarget(address, 5683, resolve);
      return [name, hostName, sendHost, sendPort];
    };
    expect(place('eim.example.com')).toEqual(['eim.example.com:5683', 'eim.example.com', '127.0.0.1', 7]);
    expect(place('eim.example.com:9')).toEqual(['eim.example.com:9', 'eim.example.com', '::1', 5683]);
    expect(place('[2001:db8::1]')).toEqual(['[2001:db8::1]:5683', '2001:db8::1', '127.0.0.2', 5683]);
    expect(place('other')).toEqual(['other:5683', 'other', 'other', 5683]);
  });

  it.each(['', 'a b', 'host/path', 'user@host', 'host:99999', 'host:0', '::1', 'host?x', 'host:'])('"%s" is none', (address) => {
    if (address === 'host:') expect(udpTarget(address, 1).sendPort).toBe(1);
    else expect(() => udpTarget(address, 5683)).toThrow('is no server address; it should be a host name or IP address');
  });
});

describe('plain UDP', () => {
  it('carries datagrams both ways and counts them', async () => {
    const server = await listener({}, echo);
    const from = transport();
    const channel = await from.open(peer(server.address));
    channel.send(bytesOf('four'));
    expect(await nextText(channel)).toBe('four');
    expect(channel.name).toBe(`udp:${server.address}`);
    expect(from.counters).toEqual({ datagramsUp: 1, datagramsDown: 1, bytesUp: 4, bytesDown: 4 });
    expect(server.counters).toEqual(from.counters);
  });

  it('goes over IPv6 as well', async ({ skip }) => {
    const server = await listener({ host: '::1' }, echo).catch(() => skip());
    const channel = await transport().open(peer(server.address));
    channel.send(bytesOf('six'));
    expect([await nextText(channel), server.address.startsWith('[::1]:')]).toEqual(['six', true]);
  });

  it('tells of a port that nobody listens on', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(resolve));
    const channel = await transport().open(peer(`127.0.0.1:${port}`));
    channel.send(bytesOf('anybody?'));
    expect(await failureOf(channel)).toMatch(new RegExp(`^unreachable: cannot reach 127\\.0\\.0\\.1:${port}: .*ECONNREFUSED`));
    const handshake = transport({ psk: PSK }).open(peer(`127.0.0.1:${port}`, 'coaps'));
    await expect(handshake).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it('rejects a name that is not known, an address that is none, and a scheme it does not carry', async () => {
    await expect(transport().open(peer('nobody.invalid'))).rejects.toMatchObject({ reason: 'unreachable' });
    await expect(transport().open(peer('no address'))).rejects.toThrow('"no address" is no server address');
    await expect(transport().open({ ...peer('a'), scheme: 'https' })).rejects.toThrow('UDP carries coap and coaps, not https');
  });

  it('drops what is too long for any datagram, and goes on', async () => {
    const server = await listener({}, echo);
    const channel = await transport().open(peer(server.address));
    channel.send(new Uint8Array(70_000));
    channel.send(bytesOf('short'));
    expect(await nextText(channel)).toBe('short');
  });

  it('does not see what others send', async () => {
    const server = await rawSocket();
    const stranger = await rawSocket();
    const channel = await transport().open(peer(`127.0.0.1:${server.address().port}`));
    const from = await new Promise<number>((resolve) => {
      server.once('message', (_, { port }) => resolve(port));
      channel.send(bytesOf('here I am'));
    });
    await new Promise((resolve) => stranger.send('evil', from, '127.0.0.1', resolve));
    server.send('good', from, '127.0.0.1');
    expect(await nextText(channel)).toBe('good');
  });

  it('puts what `wrap` makes beneath', async () => {
    const server = await listener({}, echo);
    const seen: number[] = [];
    const wrap = (lower: DatagramChannel): DatagramChannel => ({
      name: lower.name,
      send: (bytes) => {
        seen.push(bytes.length);
        lower.send(bytes);
      },
      onDatagram: (listen) => lower.onDatagram(listen),
      onFailure: (listen) => lower.onFailure(listen),
      close: () => lower.close(),
    });
    const channel = await transport({ wrap }).open(peer(server.address));
    channel.send(bytesOf('abc'));
    await nextText(channel);
    expect(seen).toEqual([3]);
  });
});

describe('DTLS over UDP', () => {
  async function dtlsServer(): Promise<UdpListener> {
    return listener({}, (lower) => void acceptDtls(lower, { certificate: keys.server }).then(echo, () => {}));
  }

  it('knows the server by the name asked for, not by where it is found', async () => {
    const server = await dtlsServer();
    const resolve = { 'eim.example.com': server.address, 'smdp.example.com': server.address };
    const from = transport({ resolve, ca: keys.authority.certificate });
    const channel = await from.open(peer('eim.example.com', 'coaps'));
    channel.send(bytesOf('hello'));
    expect(await nextText(channel)).toBe('hello');
    await expect(from.open(peer('smdp.example.com', 'coaps'))).rejects.toMatchObject({ reason: 'tlsRefused' });
  });

  it('serves many clients on one port, each by its own key', async () => {
    const names: string[] = [];
    const psk = (identity: string) => bytesOf(`key of ${identity}`);
    const server = await listener({}, (lower) => {
      void acceptDtls(lower, { psk }).then((channel) => {
        names.push(channel.pskIdentity!);
        echo(channel);
      });
    });
    const devices = ['one', 'two', 'three'];
    const talk = async (identity: string) => {
      const channel = await transport({ psk: (_: Peer) => ({ identity, key: psk(identity) }) }).open(peer(server.address, 'coaps'));
      channel.send(bytesOf(identity));
      return nextText(channel);
    };
    expect(await Promise.all(devices.map(talk))).toEqual(devices);
    expect(names.sort()).toEqual([...devices].sort());
  });

  it('is given up when the transport is closed', async () => {
    const silent = await rawSocket();
    const from = transport({ psk: PSK });
    const opening = from.open(peer(`127.0.0.1:${silent.address().port}`, 'coaps'));
    const refused = expect(opening).rejects.toMatchObject({ reason: 'connectionLost' });
    await new Promise((resolve) => silent.once('message', resolve));
    await from.close();
    await refused;
  });

  it('ends with a word to the server when the transport is closed', async () => {
    const ended = new Promise<string>((resolve) => {
      void listener({}, (lower) => void acceptDtls(lower, pskServer).then((channel) => failureOf(channel).then(resolve))).then(
        async (server) => {
          const from = transport({ psk: PSK });
          await from.open(peer(server.address, 'coaps'));
          await from.close();
        },
      );
    });
    expect(await ended).toMatch(/^connectionLost: .* closed the association$/);
  });
});

describe('a device that is called', () => {
  /** A transport that listens, and the address it is called at. */
  async function called(scheme: 'coap' | 'coaps', options: UdpTransportOptions = {}) {
    let address = '';
    const onListening = (told: string) => {
      address = told;
    };
    const device = transport({ server: pskServer, ...options, onListening });
    const channel = await device.open({ ...peer('eim.example.com', scheme), listen: true });
    return { device, address, channel };
  }

  it('talks to the first that comes, and to another one when that has been quiet', async () => {
    const clock = new TurnedClock();
    const { address, channel, device } = await called('coap', { clock, quietMs: 3000 });
    const heard: string[] = [];
    let next = () => {};
    channel.onDatagram((bytes) => {
      heard.push(Buffer.from(bytes).toString());
      next();
    });
    const [first, other] = [await transport().open(peer(address)), await transport().open(peer(address))];
    const say = (from: DatagramChannel, text: string) =>
      new Promise<void>((resolve) => {
        next = resolve;
        from.send(bytesOf(text));
      });
    await say(first, 'first');
    await clock.pass(2999);
    other.send(bytesOf('too early'));
    await say(first, 'first again');
    channel.send(bytesOf('answer'));
    expect(await nextText(first)).toBe('answer');
    await clock.pass(3000);
    await say(other, 'other');
    channel.send(bytesOf('answer to the other'));
    expect(await nextText(other)).toBe('answer to the other');
    expect(heard).toEqual(['first', 'first again', 'other']);
    expect(device.counters).toMatchObject({ datagramsUp: 2, bytesUp: 25 });
  });

  it('over coaps talks to one that proves itself, and to the next that does', async () => {
    const { address, channel, device } = await called('coaps');
    const stranger = await transport().open(peer(address));
    stranger.send(bytesOf('garbage'));
    const wrong = transport({ psk: { identity: 'stranger', key: PSK.key } }).open(peer(address, 'coaps'));
    await expect(wrong).rejects.toMatchObject({ reason: 'tlsRefused' });
    const first = await transport({ psk: PSK }).open(peer(address, 'coaps'));
    first.send(bytesOf('package'));
    expect(await nextText(channel)).toBe('package');
    const second = await transport({ psk: PSK }).open(peer(address, 'coaps'));
    expect(await failureOf(first)).toMatch(/^connectionLost/);
    await second.close();
    const third = await transport({ psk: PSK }).open(peer(address, 'coaps'));
    third.send(bytesOf('another'));
    expect(await nextText(channel)).toBe('another');
    channel.send(bytesOf('answer'));
    expect(await nextText(third)).toBe('answer');
    const failure = failureOf(channel);
    await device.close();
    expect(await failure).toBe('connectionLost: the transport was closed');
    expect(await failureOf(third)).toMatch(/^connectionLost/);
  });

  it('gives its port back with its channel, and when the transport is closed', async () => {
    const { address, channel } = await called('coap');
    await channel.close();
    const again = await called('coap', { listenPort: portOf(address) });
    expect([again.address, again.channel.name]).toEqual([address, `udp:${address}`]);
    await again.device.close();
    expect((await called('coap', { listenPort: portOf(address) })).address).toBe(address);
  });

  it('says so when its port is taken, or it has nothing to prove itself with', async () => {
    const taken = await listener({}, () => {});
    const opening = transport({ listenPort: portOf(taken.address) }).open({ ...peer('x'), listen: true });
    await expect(opening).rejects.toMatchObject({ reason: 'unreachable', message: expect.stringContaining('EADDRINUSE') });
    await expect(transport().open({ ...peer('x', 'coaps'), listen: true })).rejects.toThrow('needs the option `server`');
    const useless = await called('coaps', { server: {} });
    const eim = await transport().open(peer(useless.address));
    eim.send(bytesOf('x'));
    expect(await failureOf(useless.channel)).toMatch(/^tlsRefused: nobody can call .*: a DTLS server needs a certificate/);
  });
});

describe('a listener', () => {
  it('makes room for a new peer by forgetting the one that was silent longest', async () => {
    const clock = new TurnedClock();
    const channels: DatagramChannel[] = [];
    const arrived: (() => void)[] = [];
    const server = await listener({ maxPeers: 2, clock }, (channel) => {
      channels.push(channel);
      channel.onDatagram(() => arrived.shift()?.());
    });
    const sockets = [await rawSocket(), await rawSocket(), await rawSocket()];
    const say = (index: number) =>
      new Promise<void>((resolve) => {
        arrived.push(resolve);
        sockets[index]!.send('x', portOf(server.address), '127.0.0.1');
      });
    for (const index of [0, 1, 0]) {
      await clock.pass(10);
      await say(index);
    }
    const failures: string[] = [];
    for (const [index, channel] of channels.entries()) channel.onFailure(({ message }) => failures.push(`${index}: ${message}`));
    await clock.pass(10);
    await say(2);
    expect(failures).toEqual([`1: the channel to ${channels[1]!.name} was closed: another peer needed the place`]);
    expect(server.peerCount).toBe(2);
  });

  it('lets a peer go that is silent too long', async () => {
    const clock = new TurnedClock();
    const told: string[] = [];
    const first = new Promise<DatagramChannel>((resolve) => {
      void listener({ idleMs: 1000, clock }, resolve).then(async (server) => {
        const socket = await rawSocket();
        socket.send('x', portOf(server.address), '127.0.0.1');
      });
    });
    const channel = await first;
    channel.onFailure((error: NetworkError) => told.push(error.reason));
    await clock.pass(999);
    expect(told).toEqual([]);
    await clock.pass(1);
    expect([told, clock.waiting]).toEqual([['connectionLost'], 0]);
  });

  it('tells its channels when it is closed', async () => {
    const clock = new TurnedClock();
    let found: (channel: DatagramChannel) => void = () => {};
    const first = new Promise<DatagramChannel>((resolve) => {
      found = resolve;
    });
    const server = await listener({ clock }, found);
    const client = await transport().open(peer(server.address));
    client.send(bytesOf('x'));
    const failure = failureOf(await first);
    await server.close();
    expect(await failure).toMatch(/^connectionLost: .*the port was closed$/);
    expect(clock.waiting).toBe(0);
    (await first).send(bytesOf('nobody sees this'));
    await settled();
    expect(server.counters.datagramsUp).toBe(0);
  });

  it('carries DTLS with cookies: a greeting from nowhere gets an answer shorter than itself, and no session', async () => {
    let sessions = 0;
    const server = await listener({}, (lower) => {
      void acceptDtls(lower, { ...pskServer, cookieKey: Buffer.alloc(16, 1) }).then(() => {
        sessions += 1;
      });
    });
    const lower = await transport().open(peer(server.address));
    const channel = await connectDtls(lower, { psk: PSK });
    expect([sessions, channel.resumed, server.counters.datagramsDown]).toEqual([1, false, 3]);
  });
});
