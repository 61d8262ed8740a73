// SPDX-License-Identifier: Apache-2.0
// The network processor against a scripted network. The frames were made by a program of its own from RFC 1662.

import { describe, expect, it } from 'vitest';
import { Action, Event, NetworkFailure } from '../../host/abi.js';
import { type ByteLine, NetworkError, type Action as Request, type ResponseChunk } from '../../host/interfaces.js';
import { encodeFrame, type Frame, FrameReader } from '../../host/network-processor/frames.js';
import { serveNetworkProcessor } from '../../host/network-processor/index.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { ScriptedDatagrams, ScriptedTransport } from '../support/scripted-network.js';
import { settled } from '../support/turned-clock.js';

const SMDP = '800101' + '820101' + '8109686F73743A38343433';
const COAP_EIM = '800100' + '820100' + '830102' + '810365696D';
const AUTHENTICATE_CLIENT = 0x3b * 2 ** 24;

const OPEN = '7E0401000000008001018201018109686F73743A3834343369957E';
const OPENED = '7E06010000000031E47E';
const SEND = '7E05013B000003017D5E7D5D2F5F7E';
const SENT = '7E0701000000001AE07E';
const RECEIVE = '7E06010000040051837E';
const DATA = '7E080100000001ABB6547E';
const FAILED_503 = '7E09010001F705C9E57E';
const ABORT = '7E070200000000D6FD7E';
const CLOSE = '7E0803000000001BCB7E';
const DATAGRAM_SEND = '7E100100000000400131107E';
const DATAGRAM = '7E0E01000000006000FE497E';

const frame = (kind: number, exchange: number, argument = 0, payload = ''): string =>
  hex(encodeFrame({ kind, exchange, argument, payload: fromHex(payload) }));

/** A line whose far end is the test. */
class DeviceLine implements ByteLine {
  readonly name = 'test:';
  /** What the processor has written and the test has not taken. */
  written = '';
  #listener: (bytes: Uint8Array) => void = () => {};
  #onClose: (reason: Error) => void = () => {};

  write(bytes: Uint8Array): void {
    this.written += hex(bytes);
  }
  onData(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }
  onClose(listener: (reason: Error) => void): void {
    this.#onClose = listener;
  }
  async close(): Promise<void> {}

  /** The device sends; gives what the processor has written when everything has settled. */
  async send(...frames: string[]): Promise<string> {
    this.#listener(fromHex(frames.join('')));
    return this.take();
  }

  async take(): Promise<string> {
    await settled();
    const { written } = this;
    this.written = '';
    return written;
  }

  break(reason: Error): void {
    this.#onClose(reason);
  }
}

function serve(chunks: (ResponseChunk | Error)[] = [], onAction?: (action: Request) => void) {
  const line = new DeviceLine();
  const transport = new ScriptedTransport(chunks);
  const datagrams = new ScriptedDatagrams();
  const processor = serveNetworkProcessor(line, { transport, datagrams }, onAction ? { onAction } : {});
  return { line, transport, datagrams, processor };
}

describe('frames', () => {
  /** The frames in a line, and how many were dropped. */
  const read = (line: string, mostPayloadBytes = 8): { frames: string[]; dropped: number } => {
    const frames: string[] = [];
    const words = ({ kind, exchange, argument, payload }: Frame) => `${kind} ${exchange} ${argument} ${hex(payload)}`;
    const reader = new FrameReader(mostPayloadBytes, (each) => frames.push(words(each)));
    reader.take(fromHex(line));
    return { frames, dropped: reader.dropped };
  };

  it.each([
    [{ kind: 5, exchange: 1, argument: AUTHENTICATE_CLIENT + 3, payload: '017E7D' }, SEND],
    [{ kind: 9, exchange: 1, argument: 5 + 256 * 503, payload: '' }, FAILED_503],
    [{ kind: 9, exchange: 1, argument: -1, payload: '' }, '7E0901FFFFFFFF212A7E'],
    [{ kind: 8, exchange: 1, argument: 1, payload: 'AB' }, DATA],
  ])('are written and read: %j', ({ payload, ...rest }, line) => {
    expect(hex(encodeFrame({ ...rest, payload: fromHex(payload) }))).toBe(line);
    expect(read(line)).toEqual({ frames: [`${rest.kind} ${rest.exchange} ${rest.argument} ${payload}`], dropped: 0 });
  });

  it.each([
    ['a wrong FCS', '7E06010000000031E57E'],
    ['a header that lacks a byte, and a right FCS', '7E060100000054E87E'],
    ['kind and exchange alone, and a right FCS', '7E06011E4A7E'],
    ['nothing but a right FCS', '7E00007E'],
    ['an escape at its end', '7E06010000000031E47D7E'],
    ['one byte more than fits', frame(8, 1, 0, '00'.repeat(9))],
  ])('are dropped with %s, and the next is read', (_, line) => {
    expect(read(line + OPENED)).toEqual({ frames: ['6 1 0 '], dropped: 1 });
  });

  it('may be as long as is said, cut anywhere, and share a flag; noise in front is passed over', () => {
    const longest = frame(8, 1, 0, '7E'.repeat(8));
    expect(read(`0D0A7D00FF${longest.slice(0, -2)}${OPENED}`)).toEqual({ frames: [`8 1 0 ${'7E'.repeat(8)}`, '6 1 0 '], dropped: 0 });
    const frames: Frame[] = [];
    const reader = new FrameReader(8, (each) => frames.push(each));
    for (const byte of fromHex(longest)) reader.take(Uint8Array.of(byte));
    expect(frames.map(({ payload }) => hex(payload))).toEqual(['7E'.repeat(8)]);
  });
});

describe('the network processor', () => {
  it('does what the frames of the protocol ask for, and answers with theirs', async () => {
    const actions: Request[] = [];
    const answer = [{ bytes: fromHex('AB'), more: true }, new NetworkError('httpStatus', 'no', 503)];
    const { line, transport, processor } = serve(answer, (action) => void actions.push(action));
    expect(await line.send(OPEN)).toBe(OPENED);
    expect(await line.send(SEND)).toBe(SENT);
    expect(await line.send(RECEIVE)).toBe(DATA);
    expect(await line.send(RECEIVE)).toBe(FAILED_503);
    expect(await line.send(ABORT, CLOSE)).toBe('');
    expect(transport.calls).toEqual([
      'abort',
      { kind: 'smdp', binding: 'json', scheme: 'https', listen: false, address: 'host:8443', trust: { kind: 'platform' } },
      { totalBytes: 3, function: 'authenticateClient' },
      ['017E7D', true],
      1024,
      1024,
      'abort',
      'close',
    ]);
    expect(processor.counters).toEqual({ framesIn: 6, framesOut: 4, framesDropped: 0, framesIgnored: 0, datagramsDropped: 0 });
    expect(actions.map(({ kind, argument, bytes }) => [kind, argument, hex(bytes)])).toEqual([
      [Action.NetworkOpen, 0, SMDP],
      [Action.NetworkSend, AUTHENTICATE_CLIENT + 3, '017E7D'],
      [Action.NetworkReceive, 1024, ''],
      [Action.NetworkReceive, 1024, ''],
      [Action.NetworkAbort, 0, ''],
      [Action.NetworkClose, 0, ''],
    ]);
  });

  it('sends and gives datagrams, tells of a channel that has failed, and closes it', async () => {
    const { line, datagrams, processor } = serve();
    expect(await line.send(frame(Action.NetworkOpen, 1, 0, COAP_EIM))).toBe(OPENED);
    await line.send(DATAGRAM_SEND);
    const { channel } = datagrams;
    expect(channel.sent).toEqual(['4001']);
    channel.give(fromHex('6000'));
    channel.give(new Uint8Array(1089));
    channel.give(new Uint8Array(1088));
    expect(await line.take()).toBe(DATAGRAM + frame(Event.Datagram, 1, 0, '00'.repeat(1088)));
    expect(processor.counters.datagramsDropped).toBe(1);
    channel.fail(new NetworkError('connectionLost', 'closed'));
    expect(await line.take()).toBe(frame(Event.NetworkFailed, 1, NetworkFailure.ConnectionLost));
    await line.send(frame(Action.NetworkClose, 2));
    expect(channel.isClosed).toBe(true);
    channel.give(fromHex('6000'));
    expect(await line.take()).toBe('');
  });

  it('closes the channel at NetworkOpen to a server, which its failure then does not disturb', async () => {
    const { line, datagrams } = serve();
    await line.send(frame(Action.NetworkOpen, 1, 0, COAP_EIM));
    expect(await line.send(frame(Action.NetworkOpen, 2, 0, SMDP))).toBe(frame(Event.NetworkOpened, 2));
    expect(datagrams.channel.isClosed).toBe(true);
    datagrams.channel.fail(new NetworkError('connectionLost', 'closed'));
    expect(await line.take()).toBe('');
  });

  it.each([
    ['unreachable', NetworkFailure.Unreachable],
    ['timeout', NetworkFailure.Timeout],
    ['tlsRefused', NetworkFailure.TlsRefused],
    ['connectionLost', NetworkFailure.ConnectionLost],
    ['malformed', NetworkFailure.Malformed],
  ] as const)('tells of failure %s', async (reason, code) => {
    const { line } = serve([new NetworkError(reason, 'no')]);
    await line.send(OPEN);
    expect(await line.send(RECEIVE)).toBe(frame(Event.NetworkFailed, 1, code));
  });

  it.each([
    ['a peer that is none', Action.NetworkOpen, 0, '800109', NetworkFailure.Malformed],
    ['no bytes for a peer', Action.NetworkOpen, 0, '', NetworkFailure.Malformed],
    ['a function that no path is known for', Action.NetworkSend, 0x7e00_0001, '01', NetworkFailure.Malformed],
    ['a negative argument', Action.NetworkSend, -1, '01', NetworkFailure.Malformed],
  ])('tells of failure at %s', async (_, kind, argument, payload, code) => {
    const { line } = serve();
    expect(await line.send(frame(kind, 1, argument, payload))).toBe(frame(Event.NetworkFailed, 1, code));
  });

  it('tells that nothing is reached by CoAP where there are no channels', async () => {
    const line = new DeviceLine();
    serveNetworkProcessor(line, { transport: new ScriptedTransport() });
    expect(await line.send(frame(Action.NetworkOpen, 1, 0, COAP_EIM))).toBe(frame(Event.NetworkFailed, 1, NetworkFailure.Unreachable));
  });

  it('asks for a frame at most, whatever the device wants', async () => {
    const { line, transport } = serve();
    await line.send(frame(Action.NetworkReceive, 1, 0x7fff_ffff));
    expect(transport.calls.at(-1)).toBe(1088);
  });

  it('takes a peer with a certificate, which is longer than a frame to the device may be', async () => {
    const { line, transport } = serve();
    const certificate = `308205${'DC'}${'00'.repeat(1500)}`;
    const anchor = `A68205E4A18205E0${certificate}`;
    expect(await line.send(frame(Action.NetworkOpen, 1, 0, `80010082010081026869${anchor}`))).toBe(OPENED);
    expect(transport.calls[1]).toMatchObject({ address: 'hi', trust: { kind: 'certificate' } });
  });

  describe('what was given up', () => {
    it.each([
      ['NetworkAbort', ABORT],
      ['NetworkClose', frame(Action.NetworkClose, 2)],
    ])('by %s is not told, and what comes then is', async (_, given) => {
      const { line } = serve();
      await line.send(OPEN);
      expect(await line.send(RECEIVE)).toBe('');
      expect(await line.send(given)).toBe('');
      expect(await line.send(frame(Action.NetworkSend, 2, AUTHENTICATE_CLIENT + 1, '01'))).toBe(frame(Event.NetworkSent, 2));
    });

    it('by NetworkOpen of a device that has been reset, in the middle of a body, is not told; a body begins anew', async () => {
      const { line, transport } = serve();
      await line.send(OPEN);
      expect(await line.send(frame(Action.NetworkSend, 1, AUTHENTICATE_CLIENT + 3, '01'))).toBe(SENT);
      await line.send(OPEN);
      expect(await line.send(SEND)).toBe(SENT);
      expect(transport.calls.filter((call) => Array.isArray(call))).toEqual([
        ['01', false],
        ['017E7D', true],
      ]);
    });

    it('by a frame of a new exchange, whose beginning was lost, is not told', async () => {
      const { line, transport } = serve();
      await line.send(OPEN);
      expect(await line.send(RECEIVE)).toBe('');
      expect(await line.send(frame(Action.NetworkSend, 2, AUTHENTICATE_CLIENT + 1, '01'))).toBe(frame(Event.NetworkSent, 2));
      expect(transport.calls.slice(2)).toEqual([1024, 'abort', { totalBytes: 1, function: 'authenticateClient' }, ['01', true]]);
    });

    it('is closed when it opens at last, and does not hold up the next', async () => {
      const { line, datagrams } = serve();
      datagrams.isSlow = true;
      expect(await line.send(frame(Action.NetworkOpen, 1, 0, COAP_EIM))).toBe('');
      expect(await line.send(frame(Action.NetworkAbort, 2))).toBe('');
      datagrams.isSlow = false;
      expect(await line.send(frame(Action.NetworkOpen, 3, 0, COAP_EIM))).toBe(frame(Event.NetworkOpened, 3));
      datagrams.finishOpening();
      expect(await line.take()).toBe('');
      expect(datagrams.channels.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    });
  });

  describe('against nonsense', () => {
    it.each([
      ['an action of the card', frame(Action.CardWrite, 1, 0, '41540D')],
      ['an action that nobody knows', frame(200, 1)],
      ['a second request before the first is answered', RECEIVE + SEND],
      ['receiving no bytes', frame(Action.NetworkReceive, 1, 0)],
      ['receiving less than no bytes', frame(Action.NetworkReceive, 1, -5)],
      ['a datagram of another exchange', frame(Action.DatagramSend, 9, 0, '4001')],
    ])('ignores %s', async (_, frames) => {
      const { line, processor } = serve();
      await line.send(OPEN);
      expect(await line.send(frames)).toBe('');
      expect(processor.counters).toMatchObject({ framesIgnored: 1, framesDropped: 0 });
      expect(await line.send(frame(Action.NetworkOpen, 2, 0, SMDP))).toBe(frame(Event.NetworkOpened, 2));
    });

    it('drops damaged frames, and counts them', async () => {
      const { line, processor } = serve();
      expect(await line.send('7E06010000000031E57E', '7E06011E4A7E', frame(Action.NetworkOpen, 1, 0, '00'.repeat(3073)))).toBe('');
      expect(processor.counters).toMatchObject({ framesIn: 0, framesDropped: 3, framesIgnored: 0 });
      expect(await line.send(OPEN)).toBe(OPENED);
    });

    it('goes on through thousands of frames of any kind, and then serves a device as ever', async () => {
      const seed = Number(process.env.IPA_SEED ?? 1);
      const random = seededRandom(seed);
      const below = (limit: number) => Math.floor(random() * limit);
      const { line, processor } = serve();
      for (let round = 0; round < 5000; round++) {
        const payload = below(3) === 0 ? [SMDP, COAP_EIM][below(2)]! : hex(Uint8Array.from({ length: below(40) }, () => below(256)));
        const whole = frame(below(4) === 0 ? below(256) : 4 + below(5), below(3), below(2 ** 32) | 0, payload);
        const cut = below(5) === 0 ? 2 * below(whole.length / 2) : whole.length;
        await line.send(whole.slice(0, cut));
      }
      expect(processor.counters.framesIn, `seed ${seed}`).toBeGreaterThan(1000);
      expect(await line.send('7E', frame(Action.NetworkOpen, 77, 0, SMDP)), `seed ${seed}`).toMatch(
        new RegExp(`${frame(Event.NetworkOpened, 77)}$`),
      );
    });
  });

  it('ends with the line, and tells why', async () => {
    const { line, transport, processor } = serve();
    await line.send(OPEN);
    await line.send(RECEIVE);
    line.break(new Error('unplugged'));
    expect((await processor.lineClosed).message).toBe('unplugged');
    expect(await line.take()).toBe('');
    expect(transport.calls.at(-1)).toBe('close');
  });

  it('ends by close, and then does nothing more', async () => {
    const { line, datagrams, processor } = serve();
    await line.send(frame(Action.NetworkOpen, 1, 0, COAP_EIM));
    await processor.close();
    expect(datagrams.channel.isClosed).toBe(true);
    datagrams.channel.give(fromHex('6000'));
    expect(await line.send(OPEN)).toBe('');
    expect(processor.counters.framesIn).toBe(1);
  });
});
