// SPDX-License-Identifier: Apache-2.0
// `ipa network` for a board that is a TCP port of this test: to a real server over HTTPS, and over CoAP.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { Action, Event, NetworkFailure } from '../../host/abi.js';
import { encodeFrame, type Frame, FrameReader } from '../../host/network-processor/frames.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { Testbed } from '../../host/sim/testbed.js';
import { root } from '../../scripts/paths.js';
import { openUdpChannel } from '../support/udp-channel.js';
import { ENTRY, ended, ipaHere, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const NOTHING = new Uint8Array();
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) if (server.listening) await once(server.close(), 'close');
});

/** A board whose serial line is a TCP port. */
class Board {
  readonly #frames: Frame[] = [];
  #wake: () => void = () => {};
  readonly #server = createServer();
  readonly #connected: Promise<Socket>;

  constructor() {
    servers.push(this.#server);
    this.#connected = once(this.#server, 'connection').then(([socket]) => socket as Socket);
    const reader = new FrameReader(1088, (frame) => {
      this.#frames.push(frame);
      this.#wake();
    });
    void this.#connected.then((socket) => socket.on('data', (bytes: Buffer) => reader.take(bytes)));
  }

  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `tcp:127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async send(kind: number, argument: number, payload: Uint8Array = NOTHING): Promise<void> {
    (await this.#connected).write(encodeFrame({ kind, exchange: 1, argument, payload }));
  }

  /** The next event: kind, argument and bytes. */
  async event(): Promise<readonly [number, number, Uint8Array]> {
    if (this.#frames.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const { kind, argument, payload } = this.#frames.shift()!;
    return [kind, argument, payload];
  }

  async hangUp(): Promise<void> {
    (await this.#connected).end();
  }
}

const objects = (stdout: string): unknown[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

/** What action NetworkOpen says of a peer. */
const peer = (kind: number, binding: number, address: string, scheme = ''): Uint8Array =>
  fromHex(
    `8001${hex(Uint8Array.of(kind))}8201${hex(Uint8Array.of(binding))}${scheme}81${hex(Uint8Array.of(address.length))}${hex(Buffer.from(address))}`,
  );

describe('ipa network', () => {
  it('--ca --resolve --trace --json → HTTPS for the board, each call and failure as an object, and the counters at the end', async () => {
    const bed = await Testbed.start();
    onTestFinished(() => bed.close());
    const [ca, trace] = [path.join(folder, 'ca.der'), path.join(folder, 'trace.jsonl')];
    writeFileSync(ca, bed.pki.ci.certificate);
    const board = new Board();
    const line = await board.listen();
    const place = bed.resolve[bed.smdpAddress]!;
    const run = ipaHere('network', line, '--ca', ca, '--resolve', `${bed.smdpAddress}=${place}`, '--trace', trace, '--json');

    await board.send(Action.NetworkOpen, 0, peer(1, 1, bed.smdpAddress));
    expect(await board.event()).toEqual([Event.NetworkOpened, 0, NOTHING]);
    const body = Buffer.from('{}');
    await board.send(Action.NetworkSend, 0x39 * 2 ** 24 + body.length, body);
    expect(await board.event()).toEqual([Event.NetworkSent, 0, NOTHING]);
    await board.send(Action.NetworkReceive, 1024);
    const [kind, more, answer] = await board.event();
    expect([kind, more]).toEqual([Event.NetworkData, 0]);
    expect(JSON.parse(Buffer.from(answer).toString())).toHaveProperty('header.functionExecutionStatus.status', 'Failed');
    await board.send(Action.NetworkOpen, 0, fromHex('800109'));
    expect(await board.event()).toEqual([Event.NetworkFailed, NetworkFailure.Malformed, NOTHING]);
    await board.hangUp();

    const { status, stdout, stderr } = await run;
    expect([status, stderr]).toEqual([0, '']);
    expect(objects(stdout)).toEqual([
      { serving: line },
      { open: { kind: 'smdp', scheme: 'https', address: bed.smdpAddress } },
      { call: { peer: 'SM-DP+', name: 'InitiateAuthentication' } },
      { failed: { reason: 'Malformed', status: 0, message: 'Malformed' } },
      expect.objectContaining({
        ok: true,
        end: 'the line was closed by the board',
        line,
        framesIn: 4,
        framesOut: 4,
        framesDropped: 0,
        framesIgnored: 0,
        network: expect.objectContaining({ requests: 1, bodyBytesUp: 2 }),
      }),
    ]);
    const traced = objects(readFileSync(trace, 'utf8')) as { event: string }[];
    expect(traced.map(({ event }) => event)).toEqual(expect.arrayContaining(['open', 'request', 'chunk', 'close']));
  });

  it('tells in words why a server cannot be reached', async () => {
    const board = new Board();
    const run = ipaHere('network', await board.listen(), '--resolve', 'nowhere=127.0.0.1:1');
    await board.send(Action.NetworkOpen, 0, peer(1, 1, 'nowhere'));
    await board.event();
    await board.send(Action.NetworkSend, 0x39 * 2 ** 24 + 2, Buffer.from('{}'));
    let [kind, argument] = await board.event();
    if (kind === Event.NetworkSent) {
      await board.send(Action.NetworkReceive, 1024);
      [kind, argument] = await board.event();
    }
    expect([kind, argument]).toEqual([Event.NetworkFailed, NetworkFailure.Unreachable]);
    await board.hangUp();
    const { status, stdout, stderr } = await run;
    expect(stderr).toMatch(/^open {3}https:\/\/nowhere\nSM-DP\+ InitiateAuthentication\nfailed .*nowhere.*\n$/);
    expect(stdout).toMatch(
      /^serving the board at tcp:.*\n.* ms: .*\nframes: \d in, \d out, 0 damaged, 0 ignored\ndone: 1 request, 0 datagrams/,
    );
    expect(status).toBe(0);
  });

  it('is ended by Ctrl-C in the middle of an exchange, after datagrams over CoAP', async () => {
    const peerChannel = await openUdpChannel();
    onTestFinished(() => peerChannel.close());
    peerChannel.onDatagram((bytes) => peerChannel.send(Uint8Array.of(...bytes, 0x7e)));
    const board = new Board();
    const child = spawn(process.execPath, [...ENTRY, 'network', await board.listen(), '--json'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = ended(child);
    await board.send(Action.NetworkOpen, 0, peer(0, 0, `127.0.0.1:${peerChannel.port}`, '830102'));
    expect(await board.event()).toEqual([Event.NetworkOpened, 0, NOTHING]);
    await board.send(Action.DatagramSend, 0, fromHex('4001'));
    expect(await board.event()).toEqual([Event.Datagram, 0, fromHex('40017E')]);
    child.kill('SIGINT');
    const { status, stdout, stderr } = await end;
    expect([status, stderr]).toEqual([0, '']);
    expect(objects(stdout).at(-1)).toMatchObject({ ok: true, end: 'interrupted', datagrams: { datagramsUp: 1, datagramsDown: 1 } });
  });

  it.each([
    [['network'], 2, /missing required argument 'line'/],
    [['network', 'COM3'], 2, /write tcp:<host>:<port>, serial:<port>/],
    [['network', 'sim:'], 2, /Write serial:<port>, pty:<device> or tcp:<host>:<port>; sim: is no line to a board/],
    [['network', 'pcsc:'], 2, /pcsc: is no line to a board/],
    [['network', 'tcp:127.0.0.1:1', '--psk', 'x'], 2, /Write <identity>:<key>/],
    [['network', 'tcp:127.0.0.1:1', '--ca', path.join(folder, 'none')], 2, /--ca: .*none cannot be read \(ENOENT\)/],
    [['network', 'tcp:127.0.0.1:1', '--trace', path.join(folder, 'no', 'trace')], 2, /--trace: .*cannot be written \(ENOENT\)/],
    [['network', 'tcp:127.0.0.1:1'], 1, /tcp:127\.0\.0\.1:1.*\nnext: .*second serial port of the board/],
    [['network', 'pty:/dev/null'], 1, /cannot use \/dev\/null/],
  ])('%j → status %i, and words that say what to do', async (args, expected, says) => {
    const { status, stdout, stderr } = await ipaHere(...args);
    expect(stderr).toMatch(says);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  });

  it('--help shows examples', async () => {
    expect(await ipaHere('network', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Examples:') });
  });
});
