// SPDX-License-Identifier: Apache-2.0
// What stands between the module and other people's CoAP stacks: a device that listens, a way through a proxy, a server that is up.

import { createSocket } from 'node:dgram';
import { generate, type Option, parse } from 'coap-packet';
import { onTestFinished } from 'vitest';
import { listen } from '../../host/driver.js';
import { type DatagramChannel, type DatagramTransport, NetworkError } from '../../host/interfaces.js';
import type { ListenOptions } from '../../host/options.js';
import type { CommandResult } from '../../host/result.js';
import { tlv } from '../../host/sim/codec/ber.js';
import type { QueuedItem } from '../../host/sim/eim/index.js';
import type { Bench } from '../support/bench.js';
import { PSK, udpTransport } from '../support/coap-bench.js';

/** The address that a device listens at, and how its command ends. */
export interface Listening {
  readonly address: string;
  readonly ended: Promise<CommandResult>;
}

/** Runs command Listen of the bench's device on a port of its own. */
export async function startListening(bench: Bench, options: ListenOptions): Promise<Listening> {
  const server = { psk: (identity: string) => (identity === PSK.identity ? PSK.key : undefined) };
  let ended = new Promise<CommandResult>(() => {});
  const address = await new Promise<string>((onListening) => {
    const datagrams = udpTransport({ server, onListening });
    ended = bench.run((links) => listen({ ...links, datagrams }, options));
  });
  return { address, ended };
}

/** The message that pushes the item, which the simulated eIM signs and does not get to send. */
export async function pushMessage(bench: Bench, item: QueuedItem): Promise<Uint8Array> {
  const nowhere: DatagramChannel = {
    name: 'nowhere',
    send: () => {},
    onDatagram: () => {},
    onFailure: (listener) => listener(new NetworkError('connectionLost', 'nobody is there')),
    close: async () => {},
  };
  await bench.eim.push(bench.bed.eid, nowhere);
  return tlv(0xbf4e, item.encoded!);
}

/**
 * Adds to each request what makes libcoap's server pass it on to `origin`, "host:port" (RFC 7252 §5.7.2): it is a proxy for those alone that
 * ask for one.
 */
export function throughProxy(transport: DatagramTransport, origin: string): DatagramTransport {
  return {
    open: async (peer) => {
      const channel = await transport.open(peer);
      return {
        name: channel.name,
        send: (bytes) => channel.send(asksProxy(bytes, origin)),
        onDatagram: (listener) => channel.onDatagram(listener),
        onFailure: (listener) => channel.onFailure(listener),
        close: () => channel.close(),
      };
    },
    close: () => transport.close(),
  };
}

function proxyOptions(origin: string): Option[] {
  const [host = '', port] = origin.split(':');
  return [
    { name: 'Uri-Host', value: Buffer.from(host) },
    { name: 'Uri-Port', value: Buffer.from([Number(port) >> 8, Number(port) & 0xff]) },
    { name: 'Proxy-Scheme', value: Buffer.from('coap') },
  ];
}

function asksProxy(bytes: Uint8Array, origin: string): Uint8Array {
  const { code, confirmable, reset, ack, messageId, token, options, payload } = parse(Buffer.from(bytes));
  if (!/^0\.0[1-7]$/.test(code)) return bytes;
  return new Uint8Array(
    generate({ code, confirmable, reset, ack, messageId, token, payload, options: [...options, ...proxyOptions(origin)] }, 65_000),
  );
}

/** Notes what is received over the channels of `transport`. */
export function countReceived(transport: DatagramTransport): { readonly datagrams: DatagramTransport; readonly received: Uint8Array[] } {
  const received: Uint8Array[] = [];
  const open: DatagramTransport['open'] = async (peer) => {
    const channel = await transport.open(peer);
    const onDatagram: DatagramChannel['onDatagram'] = (listener) =>
      channel.onDatagram((bytes) => {
        received.push(bytes);
        listener(bytes);
      });
    const { name } = channel;
    return {
      name,
      send: (bytes) => channel.send(bytes),
      onDatagram,
      onFailure: (hear) => channel.onFailure(hear),
      close: () => channel.close(),
    };
  };
  return { datagrams: { open, close: () => transport.close() }, received };
}

/** Resolves when something answers a question on this port of 127.0.0.1; libcoap's server knows no pings. */
export async function whenUp(port: number): Promise<void> {
  while (!(await isAnswered(port))) await new Promise((resolve) => setImmediate(resolve));
}

function isAnswered(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.unref());
  return new Promise((resolve) => {
    const end = (isUp: boolean) => {
      socket.close();
      resolve(isUp);
    };
    socket.once('message', () => end(true));
    socket.once('error', () => end(false));
    socket.connect(port, '127.0.0.1', () => socket.send(Uint8Array.of(0x40, 1, 0, 1)));
  });
}
