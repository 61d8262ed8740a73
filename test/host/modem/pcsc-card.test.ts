// SPDX-License-Identifier: Apache-2.0
// Cards in readers: which reader is taken, what reaches the card, and words for everything that PC/SC can fail with.

import { describe, expect, it } from 'vitest';
import { openPcscCard } from '../../../host/modem/pcsc-card.js';
import { type PcscConnection, PcscFailure, type PcscFailureCode, type PcscService } from '../../../host/modem/pcsc-service.js';

const ATR = Uint8Array.of(0x3b, 0x9f, 0x96);
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

/** A service that writes down what it is asked for. */
function service(
  names: readonly string[],
  { protocol = 'T=0', fail = {} }: { protocol?: 'T=0' | 'T=1'; fail?: Record<string, PcscFailureCode> } = {},
) {
  const log: string[] = [];
  const does = async <Result>(what: string, result: Result): Promise<Result> => {
    log.push(what);
    const code = fail[what];
    if (code) throw new PcscFailure(code, `SCARD ${code}`);
    return result;
  };
  const connection: PcscConnection = {
    protocol,
    atr: () => does('atr', ATR),
    transmit: (command) => does(`transmit ${Buffer.from(command).toString('hex').toUpperCase()}`, bytes('9000')),
    powerCycle: () => does('powerCycle', undefined),
    disconnect: () => does('disconnect', undefined),
  };
  const present: PcscService = {
    readers: () => does('readers', names),
    connect: (reader) => does(`connect ${reader}`, connection),
    close: () => void log.push('close'),
  };
  return { log, openService: () => does('open', present) };
}

const READERS = ['Maker CCID 00 00', 'Maker CCID 01 00', 'Virtual PCD 00 00'];

describe('the reader', () => {
  it.each([
    [['Maker CCID 00 00'], undefined, 'Maker CCID 00 00'],
    [READERS, 'virtual', 'Virtual PCD 00 00'],
    [READERS, 'Maker CCID 01 00', 'Maker CCID 01 00'],
    [['Reader', 'Reader 2'], 'Reader', 'Reader'],
  ])('of %j by %j is %s', async (names, wanted, reader) => {
    const { log, openService } = service(names);
    const card = await openPcscCard(wanted, { openService });
    expect(card).toMatchObject({ name: `pcsc:${reader}`, reader, atr: ATR });
    expect(log).toEqual(['open', 'readers', `connect ${reader}`, 'powerCycle', 'atr']);
  });

  it.each([
    [[], undefined, 'no card reader is connected; plug one in'],
    [READERS, undefined, 'there are several card readers; choose one of "Maker CCID 00 00", "Maker CCID 01 00", "Virtual PCD 00 00"'],
    [READERS, 'maker', 'several card readers have "maker" in their name; choose one of "Maker CCID 00 00"'],
    [READERS, 'omnikey', 'no card reader has "omnikey" in its name; there are "Maker CCID 00 00"'],
  ])('of %j by %j is none', async (names, wanted, words) => {
    const { log, openService } = service(names);
    await expect(openPcscCard(wanted, { openService })).rejects.toThrow(words);
    expect(log).toEqual(['open', 'readers', 'close']);
  });
});

describe('the card', () => {
  it('loses its power with each reset, and is left without', async () => {
    const { log, openService } = service(['R']);
    const card = await openPcscCard(undefined, { openService });
    expect(await card.reset()).toEqual(ATR);
    card.powerOff();
    await expect(card.transmit(bytes('00A4'))).rejects.toThrow('the card reader "R": the card has no power; reset it first');
    expect(await card.reset()).toEqual(ATR);
    await card.close();
    expect(log.slice(5)).toEqual(['powerCycle', 'atr', 'disconnect', 'connect R', 'powerCycle', 'atr', 'disconnect', 'close']);
  });

  it.each([
    ['T=0', '00A4040002AABB00', '00A4040002AABB'],
    ['T=0', '00A4040002AABB', '00A4040002AABB'],
    ['T=0', '0070000001', '0070000001'],
    ['T=0', '80F20000', '80F20000'],
    ['T=1', '00A4040002AABB00', '00A4040002AABB00'],
  ] as const)('gets by %s of %s what its protocol has', async (protocol, command, sent) => {
    const { log, openService } = service(['R'], { protocol });
    const card = await openPcscCard(undefined, { openService });
    expect(await card.transmit(bytes(command))).toEqual(bytes('9000'));
    expect(log.at(-1)).toBe(`transmit ${sent}`);
  });

  it('is closed also when it is gone', async () => {
    const { log, openService } = service(['R'], { fail: { disconnect: 'CardRemoved' } });
    const card = await openPcscCard(undefined, { openService });
    await card.close();
    expect(log.slice(-2)).toEqual(['disconnect', 'close']);
  });
});

describe('a failure', () => {
  it.each([
    ['open', 'NoService', 'PC/SC: no PC/SC service runs here; install and start pcscd'],
    ['readers', 'NoService', 'PC/SC: no PC/SC service runs here'],
    ['readers', 'NotAllowed', 'PC/SC: this user may not use it'],
    ['connect R', 'NoCard', 'the card reader "R": no card is in it; insert the eUICC'],
    ['connect R', 'Busy', 'the card reader "R": another program uses the card; end it'],
    ['connect R', 'CardMute', 'the card reader "R": the card does not answer to reset'],
    ['connect R', 'Protocol', 'the card reader "R": card and reader have no protocol in common'],
    ['powerCycle', 'CardMute', 'the card reader "R": the card does not answer to reset'],
    ['connect R', 'Other', 'the card reader "R": PC/SC failed (SCARD Other)'],
  ] as const)('in %s, %s, says what to do', async (where, code, words) => {
    const { log, openService } = service(['R'], { fail: { [where]: code } });
    await expect(openPcscCard(undefined, { openService })).rejects.toThrow(words);
    expect(log.at(-1)).toBe(where === 'open' ? 'open' : 'close');
  });

  it.each([
    ['powerCycle', 'CardRemoved', 'the card reader "R": the card was taken out; insert it and try again'],
    ['atr', 'NoReader', 'the card reader "R": the reader is gone; plug it in again'],
    ['transmit 9000', 'CardReset', 'the card reader "R": another program has reset the card'],
  ] as const)('of an open card in %s, %s, names the reader', async (where, code, words) => {
    const fail: Record<string, PcscFailureCode> = {};
    const card = await openPcscCard(undefined, service(['R'], { fail }));
    fail[where] = code;
    await expect(where === 'transmit 9000' ? card.transmit(bytes('9000')) : card.reset()).rejects.toThrow(words);
  });
});
