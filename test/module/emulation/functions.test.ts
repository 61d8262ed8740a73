// SPDX-License-Identifier: Apache-2.0
// The other functions of the virtual ISD-R, byte by byte (SGP.32 v1.2 §5.9), and what passes to the card as it is.

import { beforeEach, describe, expect, it } from 'vitest';
import { Action, Assistant, CardLink, Command, ErrorCode, Event, Option } from '../../../host/abi.js';
import { tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { Module } from '../support/module.js';
import { SimplePeers } from '../support/simple-peers.js';
import { VirtualIsdr } from '../support/virtual-isdr.js';

const KEY = 'A504A0020500';
/** EimConfigurationData in hexadecimal, from its contents. */
const eim = (contents: string) => hex(tlv(0x30, fromHex(contents)));
const addInitial = (...eims: readonly string[]) => hex(tlv(0xbf57, tlv(0xa0, fromHex(eims.join('')))));
const E = eim(`8001658301058401FF${KEY}`);

let isdr: VirtualIsdr;
beforeEach(() => {
  isdr = new VirtualIsdr();
});

describe('AddInitialEim', () => {
  it('stores several eIMs, with tokens for those that want one, and tells them without counterValue', () => {
    expect(isdr.run('BF5500').answer).toBe('BF5502A000');
    const request = addInitial(E, eim(`800166830100${KEY}8900820103`), eim(`8001678301008401FF${KEY}`));
    expect(isdr.run(request)).toMatchObject({ answer: 'BF570AA0088401010500840102', log: ['persist'] });
    const all = [`800165840101${KEY}`, `800166820103${KEY}8900`, `800167840102${KEY}`].map(eim);
    expect(isdr.run('BF5500').answer).toBe(hex(tlv(0xbf55, tlv(0xa0, fromHex(all.join(''))))));
    expect(isdr.run('BF5505A003800167').answer).toBe(hex(tlv(0xbf55, tlv(0xa0, fromHex(all[2]!)))));
    expect(isdr.run('BF5503800166').answer, 'reading I-12').toBe(hex(tlv(0xbf55, tlv(0xa0, fromHex(all[1]!)))));
    expect(isdr.run('BF5503800168').answer).toBe('BF5502A000');
  });

  it.each([
    ['when there is one', [E], '02', true],
    ['with one that there is already', [E, E], '02', false],
    ['without a list', [], '07', false],
    ['without eimId', [eim(`830105${KEY}`)], '07', false],
    ['with an eimId of 129 bytes', [eim(`808181${'61'.repeat(129)}830105${KEY}`)], '07', false],
    ['with an eimIdType of two bytes', [eim(`80016582020001830105${KEY}`)], '07', false],
    ['without a key', [eim('800165830105')], '07', false],
    ['without a counter', [eim(`800165${KEY}`)], '07', false],
    ['with a token of its own', [eim(`800165830105840107${KEY}`)], '05', false],
    ['with a negative counter', [eim(`8001658301FF${KEY}`)], '06', false],
    ['with a counter of 33 bits', [eim(`80016583050100000000${KEY}`)], '06', false],
    ['with something else in the list', [E, '8000'], '07', false],
    ['with more than fits', [E, eim(`800166830100A58205DCA08205D8${'00'.repeat(1_496)}`)], '01', false],
  ])('%s is refused, and nothing is stored', (_, eims, code, associated) => {
    if (associated) isdr.run(addInitial(E));
    const before = isdr.run('BF5500').answer;
    expect(isdr.run(addInitial(...eims))).toMatchObject({ answer: `BF57038101${code}`, log: [] });
    expect(isdr.run('BF5500').answer).toBe(before);
    if (!associated) expect(isdr.run(addInitial(E)).answer, 'no token was used up').toBe('BF5705A003840101');
  });
});

describe('what a consumer eUICC has not', () => {
  it.each([
    ['GetCerts', 'BF5600', 'BF560381017F'],
    ['ProfileRollback without permission', 'BF58038001FF', 'BF5803020101'],
    ['ImmediateEnable that is not configured', 'BF5A038001FF', 'BF5A03800101'],
    ['EnableEmergencyProfile', 'BF5B038001FF', 'BF5B03800108'],
    ['DisableEmergencyProfile', 'BF5C038001FF', 'BF5C03800102'],
    ['ExecuteFallbackMechanism', 'BF5D038001FF', 'BF5D03800106'],
    ['ReturnFromFallback', 'BF5E038001FF', 'BF5E03800106'],
    ['GetConnectivityParameters', 'BF5F00', 'BF5F03810101'],
  ])('%s is answered as such', (_, request, answer) => {
    expect(isdr.run(request)).toMatchObject({ error: 0, answer, log: [] });
  });
});

describe('ConfigureImmediateProfileEnabling and ImmediateEnable', () => {
  it('is for the time before there is an eIM', () => {
    expect(isdr.run('BF59028000').answer).toBe('BF5903800100');
    isdr.run(addInitial(E));
    expect(isdr.run('BF5900').answer).toBe('BF5903800102');
  });

  it('needs a download to enable the profile of', () => {
    isdr.run('BF59028000');
    expect(isdr.run('BF5A038001FF').answer).toBe('BF5A03800104');
  });

  it('keeps what is not given again', () => {
    isdr.run('BF590682026F708000'); // 82 6F70, 80
    expect(isdr.run('BF5A038001FF').answer, 'another SM-DP+').toBe('BF5A03800101');
    isdr.run('BF5900');
    isdr.run('BF59028000');
    expect(isdr.run('BF5A038001FF').answer, 'still another SM-DP+').toBe('BF5A03800101');
  });
});

describe('eUICCMemoryReset', () => {
  it.each([
    ['profiles', 'BF640482020780', 'BF340482020780', 'BF3403800100', 'BF6403800100'],
    ['profiles and the default SM-DP+', 'BF6404820205E0', 'BF34048202 05E0', 'BF3403800101', 'BF6403800101'],
    ['everything', 'BF6404820201FE', 'BF34048202 05E0', 'BF3403800100', 'BF6409800100810100820100'],
    ['everything while the card is busy', 'BF6404820201FE', 'BF34048202 05E0', 'BF3403800105', 'BF6403800105'],
    ['everything and the card fails', 'BF6404820201FE', 'BF34048202 05E0', 'BF3403800109', 'BF640380017F'],
  ])('of %s', (_, request, command, cardAnswer, answer) => {
    isdr.run(addInitial(E));
    const outcome = isdr.run(request, { card: { BF34: cardAnswer } });
    expect(outcome.answer).toBe(answer);
    expect(outcome.log[0]).toBe(`card ${command.replace(' ', '')}`);
    const forgotten = answer.includes('810100');
    expect(isdr.run('BF5500').answer === 'BF5502A000', 'the eIM is forgotten').toBe(forgotten);
  });

  it('of the eIM configurations needs no card', () => {
    isdr.run(addInitial(E));
    expect(isdr.run('BF640482020204')).toMatchObject({ answer: 'BF6406800101810100', log: ['persist'] });
    expect(isdr.run('BF640482020204').answer).toBe('BF6406800101810101');
    expect(isdr.run(addInitial(E)).answer, 'a token is never given twice').toBe('BF5705A003840102');
  });

  it('without options is refused', () => {
    expect(isdr.run('BF6400')).toMatchObject({ error: ErrorCode.StatusWord, detail: 0x6a80 });
  });
});

describe('functions that the card has in another form', () => {
  it('SetDefaultDpAddress', () => {
    expect(isdr.run('BF650480026470', { card: { BF3F: 'BF3F03800100' } })).toMatchObject({
      answer: 'BF6503800100',
      log: ['card BF3F0480026470'],
    });
    const long = hex(tlv(0xbf65, tlv(0x80, new Uint8Array(300).fill(0x61))));
    const longer = hex(tlv(0xbf65, tlv(0x80, new Uint8Array(309).fill(0x61))));
    expect(isdr.run(longer)).toMatchObject({ answer: 'BF650380017F', log: [] });
    expect(isdr.run(long, { card: { BF3F: 'BF3F0380017F' } })).toMatchObject({
      answer: 'BF650380017F',
      log: [`card ${long.replace('BF65', 'BF3F')}`],
    });
  });

  it('GetProfilesInfo with tags of SGP.32', () => {
    const card = { BF2D06: 'BF2D03810101', BF2D03: 'BF2D02A000' };
    expect(isdr.run('BF2D075C055A9F679F26', { card: { ...card, BF2D055C: 'BF2D03810101' } })).toMatchObject({
      answer: 'BF2D02A000',
      log: ['card BF2D055C035A9F67', 'card BF2D035C015A'],
    });
  });
});

describe('what passes to the card', () => {
  it.each([
    ['GetProfilesInfo', 'BF2D00'],
    ['GetProfilesInfo with tags of SGP.22', 'BF2D045C025A9F'],
    ['RetrieveNotificationsList', 'BF2B00'],
    ['… by a number of the card', 'BF2B05A003800107'],
    ['… by an event', 'BF2B06A00481020780'],
    ['… by nothing', 'BF2B02A000'],
    ['RemoveNotificationFromList', 'BF3003800107'],
    ['… of nothing', 'BF3000'],
    ['a function of SGP.22', 'BF3400'],
    ['a function of neither', 'BF7F00'],
  ])('%s, as it is', (_, request) => {
    const answer = hex(tlv(0xbf2b, new Uint8Array(700).fill(0xa5)));
    const outcome = isdr.run(request, { card: { [request]: answer } });
    expect(outcome).toMatchObject({ error: 0, answer, log: [`card ${request}`] });
  });

  it('a command of many blocks, block by block', () => {
    const request = hex(tlv(0xbf38, tlv(0x04, new Uint8Array(3_000).fill(0x42))));
    expect(isdr.run(request, { blockBytes: 100, card: { BF38: 'BF3800' } })).toMatchObject({
      error: 0,
      answer: 'BF3800',
      log: [`card ${request}`],
    });
  });

  it('everything, when the assistant is another', () => {
    for (const assistant of [Assistant.Ipad, Assistant.Lpad]) {
      const options = Uint8Array.of(Option.Assistant, 1, assistant);
      expect(isdr.run('BF5F00', { options, card: { BF5F: 'BF5F0381017F' } })).toMatchObject({
        answer: 'BF5F0381017F',
        log: ['card BF5F00'],
      });
    }
  });
});

describe('the interface', () => {
  it('declares an LPA to the card', () => {
    const peers = new SimplePeers();
    const { module } = isdr;
    module.event(Event.Command, 0, Uint8Array.of(Option.Command, 1, Command.Poll, Option.CardLink, 1, CardLink.Apdu));
    const { kind, bytes } = module.next(0);
    expect([kind, hex(bytes)]).toEqual([Action.CardTransmit, '80AA000005A903830107']);
    expect(peers.apdus).toEqual([]);
  });

  it.each([Event.Signature, Event.Verified])('refuses event %i that nobody waits for', (kind) => {
    expect(isdr.module.event(kind, 1)).toBe(ErrorCode.UnexpectedEvent);
    isdr.module.event(Event.Command, 0, Uint8Array.of(Option.Command, 1, Command.Es10, Option.CardLink, 1, CardLink.Apdu));
    expect(isdr.module.event(kind, 1)).toBe(ErrorCode.UnexpectedEvent);
  });

  it('is not in the module ipad: neither the option nor the events', () => {
    const plain = new Module();
    const command = (assistant: number) =>
      concat(Uint8Array.of(Option.Command, 1, Command.Poll), Uint8Array.of(Option.Assistant, 1, assistant));
    expect(plain.event(Event.Command, 0, command(Assistant.Emulated))).toBe(ErrorCode.BadOption);
    for (const kind of [Event.Signature, Event.Verified]) expect(plain.event(kind)).toBe(ErrorCode.UnknownEvent);
    expect(isdr.module.event(Event.Command, 0, command(3))).toBe(ErrorCode.BadOption);
  });
});
