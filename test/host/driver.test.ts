// SPDX-License-Identifier: Apache-2.0
// The driver against scripted instances: every action of the interface, and what the module is told for it.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Action, ConsentAnswer, ErrorCode, Event, MAX_GET_RESPONSES, NetworkFailure, RspFunction, Summary } from '../../host/abi.js';
import { IpaError } from '../../host/core/errors.js';
import { type DriverLinks, deliverNotifications, download, es10, poll } from '../../host/driver.js';
import {
  type CardSlot,
  type IpaInstance,
  NetworkError,
  type Peer,
  type RequestHead,
  type ResponseChunk,
  type Transport,
} from '../../host/interfaces.js';
import type { PollOptions } from '../../host/options.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { type Step, scriptedInstance, summary } from '../support/scripted-instance.js';

const SMDP = fromHex('800101820101810968' + '6F73743A38343433');
const OFFER = fromHex('80080123456789ABCDEF' + '0101FF' + '830100' + '5A0A98001032547698103214');

/** A transport that keeps what it is asked and answers with these chunks. */
class FakeTransport implements Transport {
  readonly counters = { requests: 0, bodyBytesUp: 0, bodyBytesDown: 0, wireBytesUp: 0, wireBytesDown: 0 };
  readonly calls: unknown[] = [];
  /** How many bytes each part may have. */
  readonly wanted: number[] = [];
  constructor(private readonly chunks: (ResponseChunk | Error)[] = []) {}

  async open(peer: Peer): Promise<void> {
    this.calls.push(peer);
  }
  async beginRequest(head: RequestHead): Promise<void> {
    this.calls.push(head);
  }
  async sendChunk(bytes: Uint8Array, last: boolean): Promise<void> {
    this.calls.push([hex(bytes), last]);
  }
  async receive(maxBytes: number): Promise<ResponseChunk> {
    this.wanted.push(maxBytes);
    const chunk = this.chunks.shift()!;
    if (chunk instanceof Error) throw chunk;
    return chunk;
  }
  async abort(): Promise<void> {
    this.calls.push('abort');
  }
  async close(): Promise<void> {
    this.calls.push('close');
  }
}

const noCard: CardSlot = { reset: () => new Uint8Array(), powerOff: () => {}, transmit: () => new Uint8Array() };
const linksOf = (instance: IpaInstance, rest: Partial<DriverLinks> = {}): DriverLinks => ({
  instance,
  card: noCard,
  transport: new FakeTransport(),
  ...rest,
});

describe('the seed', () => {
  const finished = (): Step[] => [{ kind: Action.Finished, events: 0 }];
  /** The seeds of two polls, from option 98 of the command; undefined where there is none. */
  const seeds = async (options: PollOptions) => {
    const commands = await Promise.all(
      [1, 2].map(async () => {
        const instance = scriptedInstance(finished());
        await poll(linksOf(instance), { utcTime: null, ...options });
        return instance.events[0]!.bytes;
      }),
    );
    return commands.map((bytes) => /^(?:800101810100)9804([0-9A-F]{8})/.exec(bytes)?.[1]);
  };

  it('is drawn anew for each poll that has a schedule, whose addition comes from it', async () => {
    const [first, second] = await seeds({ schedule: { intervalSeconds: 60, jitterSeconds: 30 } });
    expect(first).toMatch(/^[0-9A-F]{8}$/);
    expect(first).not.toBe('00000000');
    expect(second).not.toBe(first);
  });

  it('is left out where nothing draws from it', async () => {
    expect(await seeds({})).toEqual([undefined, undefined]);
  });
});

describe('the network', () => {
  const send = (rspFunction: number, total: number, digits: string): Step => ({
    kind: Action.NetworkSend,
    argument: rspFunction * 2 ** 24 + total,
    bytes: fromHex(digits),
  });

  it('gets the peer, and each request with its function and length', async () => {
    const transport = new FakeTransport([
      { bytes: fromHex('AB'), more: true },
      { bytes: fromHex('CD'), more: false },
    ]);
    const instance = scriptedInstance([
      { kind: Action.NetworkOpen, bytes: SMDP },
      send(RspFunction.AuthenticateClient, 3, '0102'),
      send(RspFunction.AuthenticateClient, 3, '03'),
      { kind: Action.NetworkReceive, argument: 512 },
      { kind: Action.NetworkReceive, argument: 1024 },
      { kind: Action.NetworkClose, events: 0 },
    ]);
    await download(linksOf(instance, { transport }), { defaultSmdp: true });
    expect(transport.calls).toEqual([
      { kind: 'smdp', binding: 'json', scheme: 'https', listen: false, address: 'host:8443', trust: { kind: 'platform' } },
      { totalBytes: 3, function: 'authenticateClient' },
      ['0102', false],
      ['03', true],
      'close',
    ]);
    expect(transport.wanted).toEqual([512, 1024]);
    expect(instance.events.slice(1)).toEqual([
      { kind: Event.NetworkOpened, argument: 0, bytes: '' },
      { kind: Event.NetworkSent, argument: 0, bytes: '' },
      { kind: Event.NetworkSent, argument: 0, bytes: '' },
      { kind: Event.NetworkData, argument: 1, bytes: 'AB' },
      { kind: Event.NetworkData, argument: 0, bytes: 'CD' },
    ]);
  });

  it.each(Object.entries(RspFunction))('knows function %s', async (name, number) => {
    const transport = new FakeTransport();
    await poll(linksOf(scriptedInstance([send(number, 1, '01')]), { transport }));
    expect(transport.calls[0]).toEqual({ totalBytes: 1, function: `${name[0]!.toLowerCase()}${name.slice(1)}` });
  });

  it.each([
    ['a function that it does not know', send(0x7e, 1, '01'), [], NetworkFailure.Malformed],
    ['a peer that it does not know', { kind: Action.NetworkOpen, bytes: fromHex('800109') }, [], NetworkFailure.Malformed],
    ['a status', { kind: Action.NetworkReceive }, [new NetworkError('httpStatus', 'no', 503)], NetworkFailure.HttpStatus + 256 * 503],
    ['an address that is none', { kind: Action.NetworkReceive }, [new TypeError('no')], NetworkFailure.Malformed],
  ] as const)('tells of %s', async (_, step, chunks, argument) => {
    const instance = scriptedInstance([step]);
    await poll(linksOf(instance, { transport: new FakeTransport([...chunks]) }));
    expect(instance.events[1]).toEqual({ kind: Event.NetworkFailed, argument, bytes: '' });
  });
});

describe('the time', () => {
  const now = () => new Date(Date.UTC(2026, 10, 26, 12, 3, 4));
  const TOLD = /910E3230323631313236313230333034/;

  it('is that of the host, unless another or none is given', async () => {
    const told = async (run: (links: DriverLinks) => Promise<unknown>) => {
      const instance = scriptedInstance([]);
      await run(linksOf(instance, { now }));
      return instance.events[0]!.bytes;
    };
    expect(await told((links) => poll(links))).toMatch(TOLD);
    expect(await told((links) => download(links, { defaultSmdp: true }))).toMatch(TOLD);
    expect(await told((links) => deliverNotifications(links))).toMatch(TOLD);
    expect(await told((links) => poll(links, { utcTime: new Date(0) }))).toMatch(/910E3139373030313031303030303030/);
    expect(await told((links) => poll(links, { utcTime: null }))).not.toMatch(/910E/);
    expect(await told((links) => es10(links, fromHex('BF3E00')))).not.toMatch(/910E/);
  });
});

describe('a card in a reader', () => {
  const STEPS: readonly Step[] = [{ kind: Action.CardReset }, { kind: Action.CardTransmit, bytes: fromHex('80E2910000') }];
  const TOLD = [
    { kind: Event.CardReady, argument: 0, bytes: '' },
    { kind: Event.CardResponse, argument: 0, bytes: '9000' },
  ];

  it.each([
    ['at once', (bytes: string) => fromHex(bytes)],
    ['later', async (bytes: string) => fromHex(bytes)],
  ])('may answer %s', async (_, give) => {
    const instance = scriptedInstance(STEPS);
    const card: CardSlot = { reset: () => give('3B00'), powerOff: () => {}, transmit: () => give('9000') };
    await poll(linksOf(instance, { card }));
    expect(instance.events.slice(1)).toEqual(TOLD);
  });

  it('that is gone is told to the module', async () => {
    const instance = scriptedInstance(STEPS);
    const gone = () => Promise.reject(new Error('no reader'));
    await poll(linksOf(instance, { card: { reset: gone, powerOff: () => {}, transmit: gone } }));
    expect(instance.events.slice(1).map(({ kind }) => kind)).toEqual([Event.CardFailed, Event.CardFailed]);
  });
});

describe('an ES10 function', () => {
  it('is read in parts of the window, and its answer collected', async () => {
    const request = new Uint8Array(2050).fill(0x5a);
    const instance = scriptedInstance([
      { kind: Action.RequestRead, argument: 1024 },
      { kind: Action.RequestRead, argument: 1024 },
      { kind: Action.RequestRead, argument: 1024 },
      { kind: Action.Answer, argument: 1, bytes: fromHex('BF3E'), events: 0 },
      { kind: Action.Answer, argument: 0, bytes: fromHex('0100'), events: 0 },
    ]);
    expect(hex(await es10(linksOf(instance), request, { assistant: 'lpad' }))).toBe('BF3E0100');
    expect(instance.events[0]).toEqual({ kind: Event.Command, argument: 0, bytes: '800103810100940101' });
    const parts = instance.events.slice(1);
    expect(parts.map(({ kind, argument, bytes }) => [kind, argument, bytes.length / 2])).toEqual([
      [Event.RequestData, 1, 1024],
      [Event.RequestData, 1, 1024],
      [Event.RequestData, 0, 2],
    ]);
  });

  it('rejects with the error that ended it, detail included', async () => {
    const finished = { kind: Action.Finished, argument: ErrorCode.StatusWord, bytes: summary({ [Summary.Detail]: 0x6a80 }) };
    await expect(es10(linksOf(scriptedInstance([finished])), fromHex('BF3E00'))).rejects.toMatchObject({
      code: 'StatusWord',
      detail: 0x6a80,
    });
  });

  it('does not collect without end', async () => {
    const part = new Uint8Array(255);
    const parts = Math.ceil((256 * MAX_GET_RESPONSES) / part.length) + 1;
    const steps = Array.from({ length: parts }, () => ({ kind: Action.Answer, argument: 1, bytes: part, events: 0 }));
    await expect(es10(linksOf(scriptedInstance(steps)), fromHex('BF2D00'))).rejects.toMatchObject({ code: 'AnswerTooLong' });
    await expect(es10(linksOf(scriptedInstance(steps.slice(2))), fromHex('BF2D00'))).resolves.toHaveLength(part.length * (parts - 2));
  });
});

describe('consent', () => {
  const STEPS: readonly Step[] = [{ kind: Action.Consent, bytes: OFFER }];

  it('is given with the hash of the code that the command was given', async () => {
    const instance = scriptedInstance(STEPS);
    await download(linksOf(instance), { activationCode: '1$a$b', confirmationCode: '1234' });
    const hash = (...parts: (string | Uint8Array)[]) => parts.reduce((all, part) => all.update(part), createHash('sha256')).digest();
    const expected = hash(hash('1234'), fromHex('0123456789ABCDEF')).toString('hex').toUpperCase();
    expect(instance.events[1]).toEqual({ kind: Event.Consent, argument: ConsentAnswer.Install, bytes: expected });
  });

  it('is asked for in a poll, too, and postponed without a code', async () => {
    const [asked, unasked] = [scriptedInstance(STEPS), scriptedInstance(STEPS)];
    await poll(linksOf(asked, { consent: () => ({ install: false }) }));
    await poll(linksOf(unasked));
    expect(asked.events[1]).toEqual({ kind: Event.Consent, argument: ConsentAnswer.Reject, bytes: '' });
    expect(unasked.events[1]).toEqual({ kind: Event.Consent, argument: ConsentAnswer.Postpone, bytes: '' });
  });

  it.each([
    ['a callback that throws', OFFER, 'no display'],
    ['an offer that cannot be read', fromHex('0101FF'), 'offer.transactionId'],
  ])('is postponed by %s, and told when the command is over', async (_, bytes, words) => {
    const instance = scriptedInstance([
      { kind: Action.Consent, bytes },
      { kind: Action.NetworkClose, events: 0 },
    ]);
    const transport = new FakeTransport();
    const consent = () => {
      throw new Error('no display');
    };
    await expect(download(linksOf(instance, { consent, transport }), { defaultSmdp: true })).rejects.toThrow(words);
    expect(instance.events[1]).toEqual({ kind: Event.Consent, argument: ConsentAnswer.Postpone, bytes: '' });
    expect(transport.calls).toEqual(['close']);
  });
});

describe('a result', () => {
  it('has all that the summary has', async () => {
    const values = {
      [Summary.Packages]: 2,
      [Summary.ProfilesInstalled]: 1,
      [Summary.Notifications]: 3,
      [Summary.Detail]: -1,
      [Summary.StateChange]: 1,
      [Summary.Emulated]: 1,
      143: 9,
    };
    const finished = { kind: Action.Finished, argument: ErrorCode.ModemCmeError, bytes: summary(values) };
    const result = await deliverNotifications(linksOf(scriptedInstance([finished])));
    expect(result).toEqual({
      error: IpaError.fromNumber(ErrorCode.ModemCmeError, -1),
      detail: -1,
      packages: 2,
      profilesInstalled: 1,
      notifications: 3,
      stateChange: 'fallback',
      emulated: true,
    });
    expect(result.error?.detail).toBe(-1);
  });

  it('has no state change where there is none', async () => {
    const of = async (values: Record<number, number>) =>
      (await poll(linksOf(scriptedInstance([{ kind: Action.Finished, bytes: summary(values) }])))).stateChange;
    expect(await of({})).toBeUndefined();
    expect(await of({ [Summary.StateChange]: -1 })).toBeUndefined();
    expect(await of({ [Summary.StateChange]: 127 })).toBe('undefined');
  });

  it('is not told when an option does not fit', async () => {
    const instance = scriptedInstance([]);
    await expect(poll(linksOf(instance), { rplmn: 'x' })).rejects.toThrow(RangeError);
    expect(instance.events).toEqual([]);
  });
});
