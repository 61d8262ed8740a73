// SPDX-License-Identifier: Apache-2.0
// One UDP port with many peers: each has a channel of its own, and those that came first are given up when there are too many.
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import type { DatagramChannel } from '../../../../host/interfaces.js';
import { UdpPeers } from '../../../../host/sim/eim/coap/udp-peers.js';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** A listening port whose channels send back what comes, with their number in front. */
async function start(): Promise<{ readonly channels: DatagramChannel[]; readonly failures: string[]; readonly port: number }> {
  const channels: DatagramChannel[] = [];
  const failures: string[] = [];
  const peers = new UdpPeers((channel) => {
    const number = channels.push(channel);
    channel.onFailure(({ message }) => failures.push(message));
    channel.onDatagram((bytes) => channel.send(Uint8Array.of(number, ...bytes)));
  });
  const port = await peers.listen(0);
  open.push(peers);
  return { channels, failures, port };
}

async function ask(socket: Socket, port: number, text: string): Promise<string> {
  const answer = new Promise<Buffer>((resolve) => socket.once('message', resolve));
  socket.send(text, port, '127.0.0.1');
  const [number, ...bytes] = await answer;
  return `${number} ${Buffer.from(bytes).toString()}`;
}

function socket(): Socket {
  const made = createSocket('udp4');
  open.push({ close: () => new Promise<void>((resolve) => made.close(resolve)) });
  return made;
}

test('each address has its own channel, and keeps it', async () => {
  const { channels, port } = await start();
  const [first, second] = [socket(), socket()];
  expect([await ask(first, port, 'a'), await ask(second, port, 'b'), await ask(first, port, 'c')]).toEqual(['1 a', '2 b', '1 c']);
  expect(channels[0]!.name).toBe(`udp:127.0.0.1:${first.address().port}`);
});

test('a closed channel → the address gets another one', async () => {
  const { channels, port } = await start();
  const peer = socket();
  await ask(peer, port, 'a');
  await channels[0]!.close();
  expect(await ask(peer, port, 'b')).toBe('2 b');
});

test('a port that is taken → rejected', async () => {
  const { port } = await start();
  const other = new UdpPeers(() => {});
  open.push(other);
  await expect(other.listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('the 1,025th peer → the first is given up', async () => {
  const { failures, port } = await start();
  const first = socket();
  await ask(first, port, 'a');
  // The system may give a port to several sockets, one after the other.
  for (const ports = new Set([first.address().port]); ports.size < 1_025; ) {
    expect(failures, `after ${ports.size} peers`).toEqual([]);
    const peer = createSocket('udp4');
    await ask(peer, port, 'b');
    ports.add(peer.address().port);
    await new Promise<void>((resolve) => peer.close(resolve));
  }
  expect(failures).toEqual([`udp:127.0.0.1:${first.address().port} has been silent while 1024 other peers came`]);
});
