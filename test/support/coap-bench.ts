// SPDX-License-Identifier: Apache-2.0
// A bench whose eIM is reached over UDP on the loopback interface, in real time, with and without DTLS.

import { onTestFinished } from 'vitest';
import { createNodeInstance } from '../../host/core/node.js';
import { type PreSharedKey, UdpDatagramTransport, type UdpTransportOptions } from '../../host/datagram/index.js';
import type { DatagramTransport } from '../../host/interfaces.js';
import type { EimConfigurationOptions } from '../../host/sim/eim/index.js';
import { Bench, type BenchOptions } from './bench.js';

/** In letters, as libcoap's programs take it. */
export const PSK: PreSharedKey = { identity: 'device-1', key: Buffer.from('sixteen letters!') };

/** How the eIM proves itself. */
export interface CoapWay {
  readonly name: string;
  readonly scheme: 'coap' | 'coaps';
  readonly trust?: NonNullable<EimConfigurationOptions['trustedPublicKeyDataTls']>;
  readonly psk?: PreSharedKey;
}

export const PLAIN: CoapWay = { name: 'CoAP', scheme: 'coap' };
export const SECURE_WAYS: readonly CoapWay[] = [
  { name: 'CoAPS by its certificate', scheme: 'coaps', trust: 'certificate' },
  { name: 'CoAPS by the certificate of its CI', scheme: 'coaps', trust: 'ciCertificate' },
  { name: 'CoAPS by its raw public key', scheme: 'coaps', trust: 'spki' },
  { name: 'CoAPS by a key that both share', scheme: 'coaps', psk: PSK },
];

/** The bench, and the device's way to the eIM. */
export interface CoapBench {
  readonly bench: Bench;
  readonly datagrams: UdpDatagramTransport;
}

/** Starts everything; it is closed when the test is over. */
export async function startCoapBench(way: CoapWay, options: BenchOptions = {}, udp: UdpTransportOptions = {}): Promise<CoapBench> {
  const port = way.scheme === 'coap' ? { port: 0 } : { coapsPort: 0 };
  const bench = await Bench.start({
    createInstance: () => createNodeInstance(),
    ...options,
    eim: { ...options.eim, coap: { ...port, ...(way.psk ? { psk: way.psk } : {}), ...options.eim?.coap } },
    eimConfiguration: { ...(way.trust ? { trustedPublicKeyDataTls: way.trust } : {}), ...options.eimConfiguration },
  });
  const resolve = way.scheme === 'coap' ? bench.bed.resolveCoap : bench.bed.resolveCoaps;
  return { bench, datagrams: udpTransport({ resolve, ...(way.psk ? { psk: way.psk } : {}), ...udp }) };
}

/** Closed when the test is over. */
export function udpTransport(options: UdpTransportOptions): UdpDatagramTransport {
  const transport = new UdpDatagramTransport({ handshakeTimeoutMs: 10_000, ...options });
  onTestFinished(() => transport.close());
  return transport;
}

/** Counts what is sent over the channels of `transport`, above DTLS. */
export function countSent(transport: DatagramTransport): { readonly datagrams: DatagramTransport; readonly sent: Uint8Array[] } {
  const sent: Uint8Array[] = [];
  const open: DatagramTransport['open'] = async (peer) => {
    const channel = await transport.open(peer);
    return {
      name: channel.name,
      send: (bytes) => {
        sent.push(bytes);
        channel.send(bytes);
      },
      onDatagram: (listener) => channel.onDatagram(listener),
      onFailure: (listener) => channel.onFailure(listener),
      close: () => channel.close(),
    };
  };
  return { datagrams: { open, close: () => transport.close() }, sent };
}
