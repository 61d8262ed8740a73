// SPDX-License-Identifier: Apache-2.0
// The device end of the serial network (boards/common/ipa_serial_network.c), under sanitizers and with a virtual clock. The frames of known
// answers were made by a program of its own from RFC 1662; those of the rest come from the other end (host/network-processor/frames.ts).

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Action, Event, NetworkFailure } from '../../host/abi.js';
import { type ByteLine, NetworkError, type ResponseChunk } from '../../host/interfaces.js';
import { encodeFrame, type Frame, FrameReader } from '../../host/network-processor/frames.js';
import { serveNetworkProcessor } from '../../host/network-processor/index.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { ScriptedDatagrams, ScriptedTransport } from '../support/scripted-network.js';
import { compileDevice, hasCompiler, SerialDevice } from './support/serial-network-device.js';

const SMDP = '800101' + '820101' + '8109686F73743A38343433';
const COAP_EIM = '800100' + '820100' + '830102' + '8103' + '65696D';
const SEED = Number(process.env.IPA_SEED ?? 1);

const NOTHING = new Uint8Array();
const frame = (kind: number, exchange: number, argument = 0, payload: Uint8Array = NOTHING): string =>
  hex(encodeFrame({ kind, exchange, argument, payload }));
const TIMEOUT = [Event.NetworkFailed, NetworkFailure.Timeout, ''];

describe.skipIf(!hasCompiler())('the device end of the serial network', () => {
  let built: ReturnType<typeof compileDevice>;
  let device: SerialDevice;

  beforeAll(() => {
    built = compileDevice();
  });
  afterAll(() => built.remove());
  beforeEach(() => {
    device = new SerialDevice(built.program);
  });
  afterEach(() => device.end());

  /** Gives the device these bytes of the line, and takes all that it tells. */
  const arrive = async (...frames: string[]) => {
    await device.do(`line ${frames.join('')}`);
    return device.events();
  };

  it('writes the frames of the protocol, and takes those that answer them', async () => {
    expect((await device.do(`open ${SMDP}`)).out).toBe('7E0401000000008001018201018109686F73743A3834343369957E');
    expect(await arrive('7E06010000000031E47E')).toEqual([[Event.NetworkOpened, 0, '']]);
    expect((await device.do('send 017E7D 989855747')).out).toBe('7E05013B000003017D5E7D5D2F5F7E');
    expect(await arrive('7E0701000000001AE07E')).toEqual([[Event.NetworkSent, 0, '']]);
    expect((await device.do('receive 1024')).out).toBe('7E06010000040051837E');
    expect(await arrive('7E080100000001ABB6547E')).toEqual([[Event.NetworkData, 1, 'AB']]);
    await device.do('receive 1024');
    expect(await arrive('7E08010000000093DD7E')).toEqual([[Event.NetworkData, 0, '']]);
    await device.do('receive 1024');
    expect(await arrive('7E09010001F705C9E57E')).toEqual([[Event.NetworkFailed, NetworkFailure.HttpStatus + 256 * 503, '']]);
    expect((await device.do('abort')).out).toBe('7E070200000000D6FD7E');
    expect((await device.do('close')).out).toBe('7E0803000000001BCB7E');
  });

  it('sends and takes datagrams, at any time while the exchange lasts', async () => {
    await device.do(`open ${COAP_EIM}`);
    expect((await device.do('datagram 4001')).out).toBe('7E100100000000400131107E');
    const told = await arrive('7E0E01000000006000FE497E', '7E06010000000031E47E', '7E0E01000000006000FE497E');
    expect(told).toEqual([
      [Event.Datagram, 0, '6000'],
      [Event.NetworkOpened, 0, ''],
      [Event.Datagram, 0, '6000'],
    ]);
    expect(await arrive(frame(Event.NetworkFailed, 1, NetworkFailure.ConnectionLost))).toEqual([[Event.NetworkFailed, 4, '']]);
    await device.do('close');
    expect(await arrive('7E0E01000000006000FE497E')).toEqual([]);
  });

  it('takes a window and a datagram to the last byte, and refuses one byte more', async () => {
    await device.do(`open ${SMDP}`);
    await device.do('receive 512');
    const bytes = (length: number) => new Uint8Array(length).fill(0x7d);
    expect(await arrive(frame(Event.NetworkData, 1, 1, bytes(513)))).toEqual([]);
    expect(await arrive(frame(Event.NetworkData, 1, 1, bytes(512)))).toEqual([[Event.NetworkData, 1, '7D'.repeat(512)]]);
    expect(await arrive(frame(Event.Datagram, 1, 0, bytes(1089)))).toEqual([]);
    expect(await arrive(frame(Event.Datagram, 1, 0, bytes(1088)))).toEqual([[Event.Datagram, 0, '7D'.repeat(1088)]]);
    expect((await device.do('dropped')).number).toBe(2);
  });

  it.each([
    ['a wrong FCS', '7E06010000000031E57E'],
    ['one without its last byte', '7E06010000000031E47E'.replace('E47E', '7E')],
    ['one byte too many', '7E0601000000000031E47E'],
    ['a header that lacks a byte, and a right FCS', '7E060100000054E87E'],
    ['kind and exchange alone, and a right FCS', '7E06011E4A7E'],
    ['nothing but a right FCS', '7E00007E'],
    ['an escape at its end', '7E06010000000031E47D7E'],
    ['an answer to something else', '7E0701000000001AE07E'],
    ['a payload where none may be', frame(Event.NetworkOpened, 1, 0, fromHex('00'))],
    ['data that nobody waits for', frame(Event.NetworkData, 1, 0, fromHex('00'))],
    ['another exchange', frame(Event.NetworkOpened, 0)],
    ['kind 0', frame(0, 1)],
    ['an event of the module that is not of the network', frame(Event.CardReady, 1)],
  ])('drops a frame with %s, and takes the next', async (_, damaged) => {
    await device.do(`open ${SMDP}`);
    expect(await arrive(damaged)).toEqual([]);
    expect((await device.do('dropped')).number).toBe(1);
    expect(await arrive('7E06010000000031E47E')).toEqual([[Event.NetworkOpened, 0, '']]);
    expect(await arrive('7E06010000000031E47E')).toEqual([]);
  });

  it('passes over noise, flags in a row, and takes one flag for the end and the beginning of frames', async () => {
    await device.do(`open ${COAP_EIM}`);
    expect(await arrive('0D0A7D00FF', '7E7E7E7E06010000000031E47E0E01000000006000FE497E')).toEqual([
      [Event.NetworkOpened, 0, ''],
      [Event.Datagram, 0, '6000'],
    ]);
    expect((await device.do('dropped')).number).toBe(0);
  });

  it('takes frames byte by byte, with the loop in between', async () => {
    await device.do(`open ${SMDP}`);
    const pieces = '7E06010000000031E47E'.match(/../g)!;
    for (const piece of pieces.slice(0, -1)) expect(await arrive(piece)).toEqual([]);
    expect(await arrive(pieces.at(-1)!)).toEqual([[Event.NetworkOpened, 0, '']]);
  });

  it('gives the loop time on a line that never ends: 4,500 bytes are looked at in one call', async () => {
    await device.do(`open ${SMDP}`);
    await device.do(`line ${'AA'.repeat(4496)}7E06010000000031E47E`);
    expect((await device.do('event')).event).toBeUndefined();
    expect((await device.do('event')).event).toEqual([Event.NetworkOpened, 0, '']);
    await device.do('receive 16');
    await device.do(`line ${'AA'.repeat(60_000)}`);
    await device.do('pass 60000');
    expect((await device.do('event')).event).toEqual(TIMEOUT);
  });

  describe('what was given up', () => {
    it('is not told, and the next exchange is', async () => {
      await device.do(`open ${SMDP}`);
      await device.do('receive 16');
      await device.do('abort');
      expect(await arrive(frame(Event.NetworkData, 1, 0, fromHex('AB')), frame(Event.NetworkFailed, 1, 4))).toEqual([]);
      expect((await device.do('wait')).number).toBe(0xffff_ffff);
      await device.do('send 01 989855745');
      expect(await arrive(frame(Event.NetworkSent, 1), frame(Event.NetworkSent, 2))).toEqual([[Event.NetworkSent, 0, '']]);
    });

    it('touches the window no more, though half of it was there', async () => {
      await device.do(`open ${SMDP}`);
      await device.do('receive 16');
      const data = frame(Event.NetworkData, 1, 0, fromHex('0102030405060708'));
      expect(await arrive(data.slice(0, 24))).toEqual([]);
      // the window is freed here, so that the sanitizer would see it
      await device.do('abort');
      expect(await arrive(data.slice(24))).toEqual([]);
      await device.do('receive 16');
      expect(await arrive(frame(Event.NetworkData, 2, 1, fromHex('0A')))).toEqual([[Event.NetworkData, 1, '0A']]);
    });

    it('is neither told to the next receiving, though half of it came after that', async () => {
      await device.do(`open ${SMDP}`);
      const data = frame(Event.NetworkData, 1, 0, fromHex('0102030405060708'));
      expect(await arrive(data.slice(0, 24))).toEqual([]);
      await device.do('receive 16');
      expect(await arrive(data.slice(24))).toEqual([]);
    });

    it('has another number after a reset: NetworkOpen raises it by the time', async () => {
      await device.do('pass 5');
      expect((await device.do(`open ${SMDP}`)).out).toMatch(/^7E0406/);
      await device.do('pass 58');
      expect((await device.do(`open ${SMDP}`)).out).toMatch(/^7E0446/);
      for (let exchange = 0x47; exchange < 0x100; exchange++) await device.do('abort');
      expect((await device.do('abort')).out).toMatch(/^7E0700/);
    });
  });

  describe('what takes too long', () => {
    it.each([
      ['opening', `open ${SMDP}`, frame(Event.NetworkOpened, 1)],
      ['sending', 'send 01 989855745', frame(Event.NetworkSent, 0)],
      ['receiving', 'receive 16', frame(Event.NetworkData, 0, 0, fromHex('AB'))],
    ])('%s: ends after a minute, the processor is told, and a late answer is not', async (_, begin, late) => {
      await device.do('pass 4294967000');
      const exchange = Number.parseInt((await device.do(begin)).out.slice(4, 6), 16);
      const lateHere = frame(Number.parseInt(late.slice(2, 4), 16), exchange, 0, begin.startsWith('rec') ? fromHex('AB') : NOTHING);
      expect((await device.do('wait')).number).toBe(60_000);
      await device.do('pass 59999');
      expect((await device.do('wait')).number).toBe(1);
      expect(await device.events()).toEqual([]);
      await device.do('pass 1');
      expect((await device.do('wait')).number).toBe(0);
      const { event, out } = await device.do('event');
      expect(event).toEqual(TIMEOUT);
      expect(out).toBe(frame(Action.NetworkAbort, exchange + 1));
      expect((await device.do('wait')).number).toBe(0xffff_ffff);
      expect(await arrive(lateHere)).toEqual([]);
    });

    it('is not what was answered, nor datagrams', async () => {
      await device.do(`open ${COAP_EIM}`);
      expect(await arrive(frame(Event.NetworkOpened, 1))).toHaveLength(1);
      await device.do('datagram 4001');
      await device.do('pass 600000');
      expect(await device.events()).toEqual([]);
    });

    it('is told from the moment it began, whatever noise comes', async () => {
      await device.do(`open ${SMDP}`);
      await device.do('pass 60000');
      expect(await arrive('7EAA7E7EBB7E')).toEqual([TIMEOUT]);
    });

    it('is told at once where the line is lost', async () => {
      await device.do('broken 1');
      await device.do(`open ${SMDP}`);
      expect((await device.do('wait')).number).toBe(0);
      expect(await device.events()).toEqual([[Event.NetworkFailed, NetworkFailure.Unreachable, '']]);
      await device.do('broken 0');
      await device.do(`open ${SMDP}`);
      expect(await device.events()).toEqual([]);
    });
  });

  describe('against whatever comes', () => {
    it('tells the same as a decoder that keeps whole frames', async () => {
      const random = seededRandom(SEED);
      for (let round = 0; round < 3000; round++) await checkRound(device, random, `seed ${SEED}, round ${round}`);
    });

    it('stays within its memory, with the loop anywhere in between', async () => {
      const dice = new Dice(seededRandom(SEED));
      const begin = ['receive 7', 'receive 600', 'receive 600', 'abort', 'close', `open ${SMDP}`, 'send 01 1', 'pass 30000'];
      const told = new Map<number, number>();
      for (let round = 0, exchange = 0; round < 4000; round++) {
        const line = dice.line(exchange);
        const cut = dice.below(line.length / 2 + 1) * 2;
        await device.do(`line ${line.slice(0, cut)}`);
        const first = await device.events();
        const { out } = await device.do(dice.oneOf(begin));
        exchange = framesOf(out)[0]?.exchange ?? exchange;
        await device.do(`line ${line.slice(cut)}`);
        for (const [kind, , bytes] of [...first, ...(await device.events())]) {
          const most = { [Event.NetworkData]: 600, [Event.Datagram]: 1088 }[kind] ?? 0;
          expect(bytes.length / 2, `seed ${SEED}, round ${round}`).toBeLessThanOrEqual(most);
          told.set(kind, (told.get(kind) ?? 0) + 1);
        }
      }
      expect([...told.keys()].sort(), `seed ${SEED}`).toEqual([...KINDS].sort());
    });
  });

  describe('with the network processor at the other end', () => {
    /** Runs a command and lets both ends speak until the device has an event. */
    async function until(link: Link, command: string): Promise<readonly [number, number, string]> {
      link.toProcessor((await device.do(command)).out);
      for (;;) {
        const { event, out } = await device.do('event');
        link.toProcessor(out);
        if (event) return event;
        await device.do(`line ${await link.fromProcessor()}`);
      }
    }

    it('gets an answer over HTTPS, part by part', async () => {
      const link = new Link();
      const answer = Uint8Array.from({ length: 2500 }, (_, at) => at * 7);
      const transport = new ScriptedTransport([
        { bytes: answer.subarray(0, 1024), more: true },
        { bytes: answer.subarray(1024, 2048), more: true },
        { bytes: answer.subarray(2048), more: false },
        new NetworkError('httpStatus', 'no', 503),
      ] satisfies (ResponseChunk | Error)[]);
      const processor = serveNetworkProcessor(link, { transport });
      expect(await until(link, `open ${SMDP}`)).toEqual([Event.NetworkOpened, 0, '']);
      const body = hex(Uint8Array.from({ length: 1030 }, (_, at) => 0x70 + (at & 0xf)));
      const argument = 0x3b * 2 ** 24 + 1030;
      expect(await until(link, `send ${body.slice(0, 2048)} ${argument}`)).toEqual([Event.NetworkSent, 0, '']);
      expect(await until(link, `send ${body.slice(2048)} ${argument}`)).toEqual([Event.NetworkSent, 0, '']);
      const parts: string[] = [];
      for (let more = 1; more === 1; ) {
        const [kind, argumentOfData, bytes] = await until(link, 'receive 1024');
        expect(kind).toBe(Event.NetworkData);
        more = argumentOfData;
        parts.push(bytes);
      }
      expect(parts.join('')).toBe(hex(answer));
      expect(await until(link, 'receive 1024')).toEqual([Event.NetworkFailed, NetworkFailure.HttpStatus + 256 * 503, '']);
      expect(transport.calls).toEqual([
        'abort',
        expect.objectContaining({ kind: 'smdp', address: 'host:8443' }),
        { totalBytes: 1030, function: 'authenticateClient' },
        [body.slice(0, 2048), false],
        [body.slice(2048), true],
        1024,
        1024,
        1024,
        1024,
      ]);
      expect(processor.counters).toMatchObject({ framesIn: 7, framesOut: 7, framesDropped: 0, framesIgnored: 0 });
      await processor.close();
    });

    it('gets datagrams', async () => {
      const link = new Link();
      const datagrams = new ScriptedDatagrams();
      const processor = serveNetworkProcessor(link, { transport: new ScriptedTransport(), datagrams });
      expect(await until(link, `open ${COAP_EIM}`)).toEqual([Event.NetworkOpened, 0, '']);
      link.toProcessor((await device.do('datagram 40017E')).out);
      expect(datagrams.channel.sent).toEqual(['40017E']);
      datagrams.channel.give(fromHex('60007D'));
      expect(await until(link, 'event')).toEqual([Event.Datagram, 0, '60007D']);
      await processor.close();
    });
  });

  it('has no datagrams where CoAP is left out', async () => {
    const small = compileDevice('-DIPA_WITHOUT_COAP');
    const other = new SerialDevice(small.program);
    await other.do(`open ${SMDP}`);
    expect((await other.do('datagram 4001')).out).toBe('');
    await other.do(
      `line ${frame(Event.Datagram, 1, 0, fromHex('6000'))}${frame(Event.NetworkOpened, 1)}${frame(Event.NetworkFailed, 1, 4)}`,
    );
    expect(await other.events()).toEqual([[Event.NetworkOpened, 0, '']]);
    await other.do('receive 16');
    await other.do(`line ${frame(Event.NetworkFailed, 1, 4)}`);
    expect(await other.events()).toEqual([[Event.NetworkFailed, 4, '']]);
    await other.end();
    small.remove();
  });
});

const KINDS: readonly number[] = [Event.NetworkOpened, Event.NetworkSent, Event.NetworkData, Event.NetworkFailed, Event.Datagram];

/** Draws what may come on a line. */
class Dice {
  constructor(private readonly random: () => number) {}

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  oneOf<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  bytes(length: number): Uint8Array {
    // many flags and escapes, few different others
    return Uint8Array.from({ length }, () => this.oneOf([0x7e, 0x7d, 0x5e, 0x5d, 0x00, 0x01, 0x08, this.below(256)]));
  }

  frame(exchange: number): Uint8Array {
    const kind = this.below(8) === 0 ? this.below(256) : this.oneOf(KINDS);
    const length = this.oneOf([0, 0, 1, 3, 7, 8, 9, 64, 600, 601, 1088, 1089]);
    const near = this.below(4) === 0 ? exchange - 1 : exchange;
    return encodeFrame({ kind, exchange: near & 0xff, argument: this.below(2 ** 32) | 0, payload: this.bytes(length) });
  }

  /** Frames and noise, whole, cut, or with a byte changed, in hexadecimal. */
  line(exchange: number): string {
    const pieces = Array.from({ length: 1 + this.below(4) }, () => {
      const bytes = this.below(5) === 0 ? this.bytes(this.below(40)) : this.frame(exchange);
      const damage = this.below(6);
      if (damage === 0) return bytes.subarray(this.below(bytes.length));
      if (damage === 1) return bytes.subarray(0, this.below(bytes.length));
      if (damage === 2 && bytes.length > 0) bytes[this.below(bytes.length)] = this.below(256);
      return bytes;
    });
    return hex(new Uint8Array(Buffer.concat(pieces)));
  }
}

/** Begins something, gives the device a line, and compares what it tells with what whole frames of that line say. */
async function checkRound(device: SerialDevice, random: () => number, words: string): Promise<void> {
  const dice = new Dice(random);
  const windowBytes = dice.oneOf([1, 8, 600, 1024]);
  const [begin, ends] = dice.oneOf([
    [`open ${SMDP}`, Event.NetworkOpened],
    ['send 7E 1', Event.NetworkSent],
    [`receive ${windowBytes}`, Event.NetworkData],
    ['abort', 0],
  ] as const);
  const { out } = await device.do(begin);
  const exchange = framesOf(out)[0]!.exchange;
  const line = `7E${dice.line(exchange)}7E`;
  let awaited: number = ends;
  const expected = framesOf(line).flatMap(({ kind, exchange: its, argument, payload }) => {
    const most = { [Event.NetworkData]: windowBytes, [Event.Datagram]: 1088 }[kind] ?? 0;
    const unasked = kind === Event.Datagram || kind === Event.NetworkFailed;
    if (its !== exchange || payload.length > most || !(unasked || (awaited !== 0 && kind === awaited))) return [];
    if (kind !== Event.Datagram) awaited = 0;
    return [[kind, argument, hex(payload)]];
  });
  await device.do(`line ${line}`);
  expect(await device.events(), `${words}: ${begin}, ${line}`).toEqual(expected);
}

function framesOf(line: string): Frame[] {
  const frames: Frame[] = [];
  new FrameReader(4096, (each) => frames.push(each)).take(fromHex(line));
  return frames;
}

/** The line between the device and the processor, both in hexadecimal on the device's side. */
class Link implements ByteLine {
  readonly name = 'test:';
  #listener: (bytes: Uint8Array) => void = () => {};
  #written = '';
  #wake: () => void = () => {};

  write(bytes: Uint8Array): void {
    this.#written += hex(bytes);
    this.#wake();
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  onClose(): void {}

  async close(): Promise<void> {}

  toProcessor(digits: string): void {
    this.#listener(fromHex(digits));
  }

  /** What the processor has written, once there is something. */
  async fromProcessor(): Promise<string> {
    if (this.#written === '')
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const written = this.#written;
    this.#written = '';
    return written;
  }
}
