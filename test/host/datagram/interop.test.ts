// SPDX-License-Identifier: Apache-2.0
// DTLS with other people's implementations: OpenSSL, the tools of GnuTLS, libcoap. Each is left out where it is not installed.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate, parse } from 'coap-packet';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DtlsChannel, DtlsServerOptions } from '../../../host/datagram/dtls-options.js';
import { acceptDtls, createTicketKey } from '../../../host/datagram/dtls-server.js';
import { createMemorySessionStore } from '../../../host/datagram/session-store.js';
import { UdpListener } from '../../../host/datagram/udp-listener.js';
import { UdpDatagramTransport, type UdpTransportOptions } from '../../../host/datagram/udp-transport.js';
import { type DatagramChannel, NetworkError, type Peer, type TrustAnchor } from '../../../host/interfaces.js';
import { findLibcoap } from '../../support/libcoap.js';
import { pem, spkiOf } from '../transport/certificates.js';
import { bytesOf, type Keys, makeKeys, needGnutls, nextText, PSK, pskServer } from './dtls-bed.js';
import { freePorts, hasProgram, type Program, run } from './program.js';

const pskHex = PSK.key.toString('hex');
let keys: Keys;
let folder: string;
const inFolder = (name: string) => path.join(folder, name);
needGnutls();
beforeAll(async () => {
  keys = await makeKeys();
  folder = await mkdtemp(path.join(tmpdir(), 'ipa-dtls-'));
  await writeFile(inFolder('ca.pem'), pem(keys.authority.certificate));
  await writeFile(inFolder('server.pem'), pem(keys.server.certificate));
  await writeFile(inFolder('server.key'), String(keys.server.privateKey.export({ type: 'pkcs8', format: 'pem' })));
  await writeFile(inFolder('psk.txt'), `${PSK.identity}:${pskHex}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

function start(name: string, ...parameters: string[]): Program {
  return closed(run(name, ...parameters));
}

/** Stopped when the test is over. */
function closed(program: Program): Program {
  open.push({ close: () => program.stop() });
  return program;
}

function transport(options: UdpTransportOptions): UdpDatagramTransport {
  const made = new UdpDatagramTransport({ retransmitMs: 200, ...options });
  open.push(made);
  return made;
}

function peer(port: number | string, trust: TrustAnchor = { kind: 'platform' }): Peer {
  return { kind: 'eim', binding: 'asn1', scheme: 'coaps', address: `127.0.0.1:${port}`, trust };
}

/** Some servers do not tell when they are ready: until then the port is closed. */
async function openWhenReady(from: UdpDatagramTransport, to: Peer): Promise<DtlsChannel> {
  for (;;) {
    try {
      return (await from.open(to)) as DtlsChannel;
    } catch (error) {
      if (!(error instanceof NetworkError) || error.reason !== 'unreachable') throw error;
    }
  }
}

/** A server of ours; `serve` gets each client that proves itself. Returns its port. */
async function serve(options: DtlsServerOptions, answer: (channel: DtlsChannel) => void): Promise<string> {
  const listener = await UdpListener.bind({}, (lower) => void acceptDtls(lower, options).then(answer, () => {}));
  open.push(listener);
  return listener.address.split(':')[1]!;
}

/** Answers each datagram with the same in capitals. */
function shout(channel: DtlsChannel): void {
  channel.onDatagram((bytes) => channel.send(bytesOf(Buffer.from(bytes).toString().toUpperCase())));
}

describe.skipIf(!hasProgram('openssl'))('OpenSSL', () => {
  async function sServer(...parameters: string[]): Promise<{ program: Program; port: string }> {
    const program = start('openssl', 's_server', '-dtls1_2', '-accept', '127.0.0.1:0', ...parameters);
    const [, port] = await program.shows(/ACCEPT 127\.0\.0\.1:(\d+)/);
    return { program, port: port! };
  }

  async function talk(program: Program, channel: DatagramChannel): Promise<void> {
    channel.send(bytesOf('from the device\n'));
    await program.shows(/from the device/);
    program.type('from the server\n');
    expect(await nextText(channel)).toBe('from the server\n');
  }

  const pskParameters = ['-nocert', '-psk_identity', PSK.identity, '-psk', pskHex, '-cipher', 'PSK-AES128-CCM8:@SECLEVEL=0'];
  const ecdsa = ['-cipher', 'ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0'];
  const certificateParameters = () => ['-cert', inFolder('server.pem'), '-key', inFolder('server.key'), ...ecdsa];

  it('as server, by psk, with the cookie it wants first', async () => {
    const { program, port } = await sServer(...pskParameters);
    const from = transport({ psk: PSK });
    const channel = await from.open(peer(port));
    expect(from.counters.datagramsUp).toBe(3);
    await talk(program, channel);
    await channel.close();
    await program.shows(/CONNECTION CLOSED|DONE|shutting down/);
  });

  it('as server, by certificate, cut to a small MTU', async () => {
    const { program, port } = await sServer(...certificateParameters(), '-mtu', '300');
    const trust: TrustAnchor = { kind: 'certificate', certificate: keys.authority.certificate };
    await talk(program, await transport({ mtu: 300 }).open(peer(port, trust)));
  });

  it('as server, by the key of its certificate', async () => {
    const { program, port } = await sServer(...certificateParameters());
    await talk(program, await transport({}).open(peer(port, { kind: 'publicKey', spki: spkiOf(keys.server) })));
  });

  it.each(['tickets', 'numbers'])('as server, resuming by %s: the first datagram leaves with the Finished', async (how) => {
    const { program, port } = await sServer(...pskParameters, ...(how === 'tickets' ? [] : ['-no_ticket']));
    const from = transport({ psk: PSK });
    const first = (await from.open(peer(port))) as DtlsChannel;
    await first.close();
    await program.shows(/ACCEPT[\s\S]*CONNECTION CLOSED|DONE|shutting down/);
    const before = from.counters;
    const second = (await from.open(peer(port))) as DtlsChannel;
    await talk(program, second);
    const { datagramsUp } = from.counters;
    // OpenSSL wants a greeting with a cookie first.
    expect([first.resumed, second.resumed, datagramsUp - before.datagramsUp]).toEqual([false, true, 3]);
  });

  it('as server with another key than ours, ends in an error', async () => {
    const { port } = await sServer(
      '-nocert',
      '-psk_identity',
      PSK.identity,
      '-psk',
      '00'.repeat(16),
      '-cipher',
      'PSK-AES128-CCM8:@SECLEVEL=0',
    );
    await expect(transport({ psk: PSK, handshakeTimeoutMs: 1000 }).open(peer(port))).rejects.toBeInstanceOf(NetworkError);
  });

  function sClient(port: string, ...parameters: string[]): Program {
    return start('openssl', 's_client', '-dtls1_2', '-connect', `127.0.0.1:${port}`, ...parameters);
  }

  it('as client, by psk', async () => {
    const port = await serve(pskServer, shout);
    const program = sClient(port, '-psk_identity', PSK.identity, '-psk', pskHex, '-cipher', 'PSK-AES128-CCM8:@SECLEVEL=0');
    await program.shows(/Cipher is PSK-AES128-CCM8/);
    program.type('hello\n');
    await program.shows(/HELLO/);
  });

  it.each([
    ['tickets', () => ({ ticketKey: createTicketKey() })],
    ['numbers', () => ({ sessions: createMemorySessionStore() })],
  ])('as client, by certificate and resuming by %s, with cookies', async (how, keeping) => {
    const port = await serve({ certificate: keys.server, cookieKey: Buffer.alloc(16, 5), ...keeping() }, shout);
    const common = ['-CAfile', inFolder('ca.pem'), '-verify_return_error', '-verify_hostname', 'eim.example.com', ...ecdsa];
    const first = sClient(port, ...common, '-sess_out', inFolder(`session-${how}`));
    await first.shows(/New, TLSv1\.2, Cipher is ECDHE-ECDSA-AES128-CCM8[\s\S]*Verify return code: 0/);
    first.type('hello\n');
    await first.shows(/HELLO/);
    const second = sClient(port, ...common, '-sess_in', inFolder(`session-${how}`));
    await second.shows(/Reused, TLSv1\.2, Cipher is ECDHE-ECDSA-AES128-CCM8/);
    second.type('again\n');
    await second.shows(/AGAIN/);
  });

  it('as client with an identity that is not known, is told so', async () => {
    const port = await serve(pskServer, shout);
    const program = sClient(port, '-psk_identity', 'stranger', '-psk', pskHex, '-cipher', 'PSK-AES128-CCM8:@SECLEVEL=0');
    await program.shows(/alert/);
  });

  it('as client that wants to negotiate again, is refused, and the session goes on', async () => {
    const port = await serve(pskServer, shout);
    const program = sClient(port, '-psk_identity', PSK.identity, '-psk', pskHex, '-cipher', 'PSK-AES128-CCM8:@SECLEVEL=0');
    await program.shows(/Cipher is PSK-AES128-CCM8/);
    program.type('hello\n');
    await program.shows(/HELLO/);
    program.type('R\n');
    await program.shows(/RENEGOTIATING[\s\S]*no renegotiation/);
  });
});

describe.skipIf(!hasProgram('gnutls-serv'))('the tools of GnuTLS', () => {
  const priority = ['--priority', 'NORMAL:+PSK:+AES-128-CCM-8:-VERS-ALL:+VERS-DTLS1.2:+CTYPE-SRV-RAWPK'];

  it.each([
    ['psk', () => ['--pskpasswd', inFolder('psk.txt')], () => ({ psk: PSK }), undefined],
    [
      'raw public key',
      () => ['--rawpkkeyfile', inFolder('server.key'), '--rawpkfile', inFolder('server.pub')],
      () => ({}),
      () => ({ kind: 'publicKey' as const, spki: spkiOf(keys.server) }),
    ],
  ])('as server, by %s', async (_, parameters, options, trust) => {
    await writeFile(inFolder('server.pub'), spkiPem());
    const port = await freePorts();
    const program = start('gnutls-serv', '--udp', '--echo', '--port', String(port), ...priority, ...parameters());
    await program.shows(/ready|listening/i);
    const channel = await openWhenReady(transport(options()), peer(port, trust?.()));
    channel.send(bytesOf('echo\n'));
    expect(await nextText(channel)).toBe('echo\n');
  });

  it('as client, by psk', async () => {
    const port = await serve(pskServer, shout);
    const credentials = ['--pskusername', PSK.identity, '--pskkey', pskHex];
    const program = start('gnutls-cli', '--udp', '--port', port, ...priority, ...credentials, '127.0.0.1');
    await program.shows(/Simple Client Mode/);
    program.type('hello\n');
    await program.shows(/HELLO/);
  });

  function spkiPem(): string {
    return `-----BEGIN PUBLIC KEY-----\n${Buffer.from(spkiOf(keys.server)).toString('base64')}\n-----END PUBLIC KEY-----\n`;
  }
});

describe.each(['openssl', 'gnutls'])('libcoap with %s', (library) => {
  const [server, client] = [findLibcoap(`coap-server-${library}`), findLibcoap(`coap-client-${library}`)];

  it.skipIf(!server)('as server, by psk', async () => {
    const port = await freePorts();
    // It knows no identities: any that has the key is let in.
    closed(server!.start('-A', '127.0.0.1', '-p', String(port), '-h', 'hint', '-k', PSK.key.toString('latin1').replaceAll('\0', 'x')));
    const key = Buffer.from(PSK.key.toString('latin1').replaceAll('\0', 'x'));
    const channel = await openWhenReady(transport({ psk: { identity: PSK.identity, key } }), peer(port + 1));
    const request = { code: 'GET', confirmable: true, messageId: 77, options: [{ name: 'Uri-Path' as const, value: Buffer.from('time') }] };
    const answer = new Promise<Uint8Array>((resolve) => channel.onDatagram(resolve));
    channel.send(new Uint8Array(generate(request)));
    expect(parse(Buffer.from(await answer))).toMatchObject({ code: '2.05', messageId: 77, ack: true });
  });

  it.skipIf(!client)('as client, by psk', async () => {
    const key = 'sixteen letters!';
    const port = await serve({ psk: (identity) => (identity === PSK.identity ? bytesOf(key) : undefined) }, (channel) =>
      channel.onDatagram((bytes) => {
        const { messageId, token } = parse(Buffer.from(bytes));
        channel.send(new Uint8Array(generate({ code: '2.05', ack: true, messageId, token, payload: Buffer.from('from the eIM') })));
      }),
    );
    const program = closed(client!.start('-u', PSK.identity, '-k', key, `coaps://127.0.0.1:${port}/any`));
    await program.shows(/from the eIM/);
  });
});
