// SPDX-License-Identifier: Apache-2.0
// A client and a server under DTLS over a pair of channels, with throw-away keys.

import { beforeEach } from 'vitest';
import { connectDtls } from '../../../host/datagram/dtls-client.js';
import type { DtlsChannel, DtlsClientOptions, DtlsServerOptions } from '../../../host/datagram/dtls-options.js';
import { acceptDtls } from '../../../host/datagram/dtls-server.js';
import { loadGnutls } from '../../../host/datagram/gnutls-library.js';
import type { DatagramChannel } from '../../../host/interfaces.js';
import type { KeyAndCertificate } from '../../../host/sim/pki/index.js';
import { makeAuthority, makeServer, spkiOf } from '../transport/certificates.js';
import { type Fate, type MemoryPair, memoryPair } from './memory-pair.js';

export const PSK = { identity: 'device-1', key: Buffer.from('00112233445566778899aabbccddeeff', 'hex') };

export const pskServer: DtlsServerOptions = { psk: (identity) => (identity === PSK.identity ? PSK.key : undefined) };

export interface Keys {
  readonly authority: KeyAndCertificate;
  readonly server: KeyAndCertificate;
}

/** Why there is no DTLS on this machine. Loaded here, as a virtual clock does not wait for that. */
const missing = await loadGnutls().then(
  () => undefined,
  ({ message }: Error) => message,
);

/** Leaves out the tests of a file where GnuTLS is not installed. */
export function needGnutls(): void {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));
}

export async function makeKeys(): Promise<Keys> {
  const authority = await makeAuthority('test authority');
  return { authority, server: await makeServer(authority) };
}

/** Options of client and server for each way to know the server. */
export function ways({ authority, server }: Keys): Record<'psk' | 'certificate' | 'rawPublicKey', [DtlsClientOptions, DtlsServerOptions]> {
  const serverName = 'eim.example.com';
  return {
    psk: [{ psk: PSK }, pskServer],
    certificate: [{ trust: { kind: 'certificate', certificate: authority.certificate }, serverName }, { certificate: server }],
    rawPublicKey: [{ trust: { kind: 'publicKey', spki: spkiOf(server) }, serverName }, { rawPublicKey: server.privateKey }],
  };
}

export interface Connected {
  readonly pair: MemoryPair;
  readonly client: DtlsChannel;
  readonly server: DtlsChannel;
}

/** Makes both ends; rejects with what the client was told, or else the server. */
export async function connected(client: DtlsClientOptions, server: DtlsServerOptions, fate?: Fate): Promise<Connected> {
  const pair = memoryPair(fate);
  const accepting = acceptDtls(pair.server, server);
  accepting.catch(() => {});
  const connecting = await connectDtls(pair.client, client);
  return { pair, client: connecting, server: await accepting };
}

/** What became of both ends, as text: "resumed", "full", or the reason and message of the failure. */
export async function outcome(
  client: DtlsClientOptions,
  server: DtlsServerOptions,
  fate?: Fate,
): Promise<{ client: string; server: string }> {
  const pair = memoryPair(fate);
  const ends = [connectDtls(pair.client, client), acceptDtls(pair.server, server)] as const;
  const [clientEnd, serverEnd] = await Promise.all(ends.map(tell));
  return { client: clientEnd!, server: serverEnd! };
}

async function tell(end: Promise<DtlsChannel>): Promise<string> {
  try {
    const channel = await end;
    return channel.resumed ? 'resumed' : 'full';
  } catch (error) {
    const { reason, message } = error as { reason?: string; message: string };
    return `${reason ?? 'Error'}: ${message}`;
  }
}

/** The next datagram on a channel, as text. */
export function nextText(channel: DatagramChannel): Promise<string> {
  return new Promise((resolve) => channel.onDatagram((bytes) => resolve(Buffer.from(bytes).toString())));
}

/** What a channel fails with. */
export function failureOf(channel: DatagramChannel): Promise<string> {
  return new Promise((resolve) => channel.onFailure((error) => resolve(`${error.reason}: ${error.message}`)));
}

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
