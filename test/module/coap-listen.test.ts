// SPDX-License-Identifier: Apache-2.0
// Pushed packages (SGP.32 v1.2 §3.1.1.2, §6.3.3.1), datagram by datagram against bytes put together by hand: what the eIM gets for each
// kind, what is refused, and what the device tells by itself.

import { describe, expect, it } from 'vitest';
import { Command, ErrorCode, Event, NetworkFailure, Option } from '../../host/abi.js';
import { fromHex } from '../../host/sim/codec/bytes.js';
import { type ByHandOptions, CoapByHand, numberOption } from './support/coap-by-hand.js';
import { type Answers, SimplePeers } from './support/simple-peers.js';

const PATH = 'B467736D6104727370320461736E31';
const EID = '5A1089049032123451234512345678901235';
/** Stands for an eUICC package: the module does not look into it. */
const PACKAGE = 'BF510530030401AA';
/** BF51{A0{30{80, 81, 83 07, 30{result}}, 5F37}}: the result of an operation, signed. */
const packageResult = (result: string) => `BF5117A015300E800141810101830107300${'3'}${result}5F37021234`;
/** An operation 86 that went well, and 83, enable. */
const RESULT = packageResult('860100');
const ENABLED = packageResult('830100');
const RECEIVED = 'BF4E020500';
const CARD: Answers = { BF51: RESULT };
const LISTEN_MS = 60_000;

/** A device that waits for packages. */
function listening(options: ByHandOptions & { readonly card?: Answers } = {}): CoapByHand {
  const peers = new SimplePeers({ card: { ...CARD, ...options.card } });
  const hand = new CoapByHand({ command: Command.Listen, peers, ...options });
  expect(hand.begin(), 'who waits says nothing').toEqual([]);
  return hand;
}

/** A confirmable POST with token AA. */
const push = (id: string, body: string, options = '') => `4102${id}AA${PATH}${options}${body && `FF${body}`}`;
/** BF4E around what is pushed, or answered. */
const transfer = (content: string) => `BF4E${(content.length / 2).toString(16).padStart(2, '0').toUpperCase()}${content}`;
/** The answer in the acknowledgement, 2.05. */
const acknowledged = (id: string, body: string, options = '') => `6145${id}AA${options}FF${body}`;

it('the first push may have the message ID 0, and a later one, too', () => {
  const hand = listening();
  const acks = transfer('BF5306800107800108');
  for (const id of ['0000', '1234', 'FFFF']) expect(hand.down(push(id, acks)), id).toEqual([acknowledged(id, RECEIVED)]);
});

function rest(hand: CoapByHand): void {
  expect(hand.pass(LISTEN_MS)).toEqual([]);
}

describe('the answer to a package that is pushed', () => {
  it.each([
    ['an eUICC package', PACKAGE, RESULT],
    ['an IpaEuiccDataRequest', 'BF52045C02BF22', 'BF520AA008BF2205810302FF00'],
    // eimAcknowledgements
    ['acknowledgements', 'BF5306800107800108', '0500'],
    ['what cannot be decoded', 'BF540430050000', '020101'],
    ['a kind that nobody knows', 'BF58020500', '020102'],
  ])('%s', (_, pushed, answer) => {
    const hand = listening({ card: { BF22: 'BF2205810302FF00' } });
    expect(hand.down(push('0101', transfer(pushed)))).toEqual([acknowledged('0101', transfer(answer))]);
    expect(hand.down(push('0101', transfer(pushed))), 'the same again').toEqual([acknowledged('0101', transfer(answer))]);
    rest(hand);
    const error = answer === '020102' ? ErrorCode.UnknownPackage : answer === '020101' ? ErrorCode.Overrun : 0;
    expect(hand.result).toMatchObject({ error, packages: 1 });
  });

  it.each([
    ['nothing', ''],
    ['another function', 'BF4F0ABF510530030401AA'],
    ['a message that ends too early', 'BF4E07BF5304800107'],
  ])('says that it cannot be decoded: %s', (_, body) => {
    const hand = listening();
    expect(hand.down(push('0101', body))).toEqual([acknowledged('0101', 'BF4E03020101')]);
  });

  it('brings the package to the card, and takes from the card what is acknowledged', () => {
    const hand = listening();
    hand.down(push('0101', transfer(PACKAGE)));
    expect(hand.down(push('0102', transfer('BF5306800107800108')))).toEqual([acknowledged('0102', RECEIVED)]);
    rest(hand);
    expect(hand.peers.es10.filter((command) => /^BF(51|30)/.test(command))).toEqual([PACKAGE, 'BF3003800107', 'BF3003800108']);
    expect(hand.result).toMatchObject({ error: 0, packages: 2 });
  });

  it('to a trigger is that it was received; then the device downloads as a client', () => {
    // BF54{A0{80 "1$a.b$c"}}; the card refuses GetEUICCInfo1, so that all there is to tell is the error: BF3D{BF50{5A, BF54{30{80 7F}}}}
    const hand = listening();
    const failed = `BF3D1DBF501A${EID}BF540530038001${'7F'}`;
    const [receipt, request] = hand.down(push('0101', transfer('BF540BA009800731246' + '12E622463')));
    expect(receipt).toBe(acknowledged('0101', RECEIVED));
    // our first message: ID and token of seed 1 (coap-link.test.ts), Block2 0/0/1024
    expect(request).toBe(`420220222320${PATH}C106FF${failed}`);
    expect(hand.down('624420222320'), 'and listens again').toEqual([]);
    expect(hand.down(push('0102', transfer(PACKAGE)))).toEqual([acknowledged('0102', transfer(RESULT))]);
  });

  it('that changed the profile does not come: the device tells by itself, with the notifications that belong to it', () => {
    const list = 'A00B3009BF2F06800109810100';
    const hand = listening({ card: { BF51: ENABLED, BF2B05A003800107: `BF2B0D${list}` } });
    // BF50{5A, 30{BF51, A0{notification}}}; all of it fits into one block
    const inner = `30${((ENABLED.length + list.length) / 2).toString(16).toUpperCase()}${ENABLED}${list}`;
    const told = `BF50${((EID.length + inner.length) / 2).toString(16).toUpperCase()}${EID}${inner}`;
    // an empty acknowledgement, so that the eIM does not repeat the package; then our own message
    expect(hand.down(push('0101', transfer(PACKAGE)))).toEqual(['60000101', `420220222320${PATH}C106FF${told}`]);
    expect(hand.down(push('0101', transfer(PACKAGE))), 'the package again').toEqual(['60000101']);
    // BF50{BF53{80 07, 80 09}}
    expect(hand.down('624520222320FFBF5009BF5306800107800109')).toEqual([]);
    expect(hand.peers.es10.filter((command) => command.startsWith('BF30'))).toEqual(['BF3003800107', 'BF3003800109']);
    expect(hand.down(push('0102', transfer('BF5303800107'))), 'and listens again').toEqual([acknowledged('0102', RECEIVED)]);
  });
});

describe('a slow card', () => {
  it('makes the answer a message of its own when the eIM asks again, which is repeated until it is acknowledged', () => {
    const hand = listening();
    hand.isCardHeld = true;
    expect(hand.down(push('0101', transfer(PACKAGE)))).toEqual([]);
    expect(hand.down(push('0101', transfer(PACKAGE)))).toEqual(['60000101']);
    expect(hand.down(push('0102', transfer(PACKAGE))), 'another one: 5.03').toEqual(['61A30102AA']);
    hand.isCardHeld = false;
    // CON 2.05 with the token of the request, and an ID of ours
    const answer = `414520${'22'}AAFF${transfer(RESULT)}`;
    expect(hand.settle()).toEqual([answer]);
    expect(hand.pass(3_000).map((each) => each.split(': ')[1])).toEqual([answer]);
    expect(hand.down(push('0101', transfer(PACKAGE))), 'the request once more').toEqual(['60000101']);
    expect(hand.down('60002022')).toEqual([]);
    rest(hand);
    expect(hand.result).toMatchObject({ error: 0, packages: 1 });
    expect(hand.peers.es10.filter((command) => command === PACKAGE)).toHaveLength(1);
  });
});

describe('an answer that nobody acknowledges', () => {
  // a copy of the request comes before the answer, which is then a message of its own
  it.each([
    ['the receipt of a trigger', 'BF540BA00980073124612E622463'],
    ['the receipt of acknowledgements', 'BF5303800107'],
  ])('ends the command: %s', (_, pushed) => {
    const hand = listening();
    const request = push('0101', transfer(pushed));
    hand.module.event(Event.Datagram, 0, fromHex(request));
    expect(hand.down(request)).toEqual(['60000101', `41452022AAFF${RECEIVED}`]);
    expect(hand.pass(100_000)).toHaveLength(4);
    expect(hand.result).toMatchObject({ error: ErrorCode.NetworkTimeout, packages: 1 });
    expect(
      hand.peers.es10.filter((command) => command.startsWith('BF20')),
      'nothing is downloaded',
    ).toEqual([]);
  });

  it('does not come when the card does not forget what is acknowledged', () => {
    const hand = listening({ card: { BF30: 'BF300380017F' } });
    expect(hand.down(push('0101', transfer('BF5303800107')))).toEqual([]);
    expect(hand.result).toMatchObject({ error: ErrorCode.EuiccRefused, detail: 127 });
  });
});

describe('blocks', () => {
  const first = `BF4E${'18'}BF5115${'3013041100'}`;
  const body = `${first}${'AB'.repeat(16)}`;
  const blocks = [body.slice(0, 32), body.slice(32)] as const;
  /** Block1 0/1/16 and 1/0/16; 27 is 16 = 13 + 3 more than Uri-Path; Request-Tag 0A0B behind it. */
  const block1 = [`D10308D2FC0A0B`, `D10310D2FC0A0B`] as const;

  it('of the package are answered with 2.31, the last one with the answer, whose blocks are asked for', () => {
    const hand = listening({ options: `${Option.CoapBlockSzx.toString(16)}0100` });
    expect(hand.down(push('0101', blocks[0], block1[0]))).toEqual(['615F0101AAD10E08']);
    const answer = transfer(RESULT);
    expect(answer.length / 2).toBe(29);
    // Block2 0/1/16, then Block1 1/0/16
    expect(hand.down(push('0102', blocks[1], block1[1]))).toEqual([acknowledged('0102', answer.slice(0, 32), 'D10A084110')]);
    // 1/0/16
    expect(hand.down(push('0103', '', 'C110'))).toEqual([acknowledged('0103', answer.slice(32), 'D10A10')]);
    expect(hand.peers.es10).toContain(body.slice(6));
    rest(hand);
    expect(hand.result).toMatchObject({ error: 0, packages: 1 });
  });

  it.each([
    ['under another tag', '0102', blocks[1], block1[1].replace('0A0B', '0A0C'), '88'],
    ['with one left out', '0102', blocks[1], block1[1].replace('10D2', '20D2'), '88'],
    ['too short in the middle', '0102', blocks[1], block1[1].replace('10D2', '18D2'), '82'],
    ['a question for a block of an answer that is not there', '0102', '', 'C110', '88'],
    ['another package', '0102', blocks[0], block1[0].replace('0A0B', '0A0C'), 'A3'],
  ])('are refused: %s', (_, id, payload, options, code) => {
    const hand = listening();
    hand.down(push('0101', blocks[0], block1[0]));
    expect(hand.down(push(id, payload, options))).toEqual([`61${code}${id}AA`]);
    expect(hand.down(push('0103', blocks[1], block1[1])), 'the right one').toEqual([acknowledged('0103', transfer(RESULT), 'D10E10')]);
  });

  it('are waited for 120 s each, however long the device has listened before', () => {
    const hand = listening({ options: numberOption(Option.ListenMs, 3_600_000) });
    expect(hand.pass(3_000_000)).toEqual([]);
    expect(hand.down(push('0101', blocks[0], block1[0]))).toHaveLength(1);
    expect(hand.pass(119_000)).toEqual([]);
    expect(hand.down(push('0102', blocks[1], block1[1]))).toEqual([acknowledged('0102', transfer(RESULT), 'D10E10')]);
    expect(hand.result).toBeUndefined();
  });

  it('that do not come end the command', () => {
    const hand = listening({ options: numberOption(Option.ListenMs, 3_600_000) });
    hand.pass(3_000_000);
    hand.down(push('0101', blocks[0], block1[0]));
    expect(hand.pass(3_600_000)).toEqual([]);
    expect([hand.result, hand.nowMs]).toMatchObject([{ error: ErrorCode.NetworkTimeout }, 3_120_000]);
    expect(hand.peers.es10).not.toContain(body.slice(6));
  });
});

describe('a request that is refused', () => {
  it.each([
    ['to another path: 4.04', '41020101AAB467736D6104727370320461736E32FF00', '6184'],
    ['to a shorter path: 4.04', '41020101AAB467736D610472737032FF00', '6184'],
    ['to a longer path: 4.04', `41020101AA${PATH}0161FF00`, '6184'],
    ['to no path: 4.04', '41020101AAFF00', '6184'],
    ['GET: 4.05', `41010101AA${PATH}`, '6185'],
    ['PUT: 4.05', `41030101AA${PATH}FF00`, '6185'],
    // Uri-Query, 15, is 4 more than Uri-Path
    ['with an option that must be understood: 4.02', `41020101AA${PATH}4161FF00`, '6182'],
    ['whose options cannot be read: 4.02', `41020101AA${PATH}F0FF00`, '6182'],
  ])('%s', (_, request, head) => {
    const hand = listening();
    expect(hand.down(request)).toEqual([`${head}0101AA`]);
    expect(hand.down(push('0102', transfer(PACKAGE))), 'and listens on').toEqual([acknowledged('0102', transfer(RESULT))]);
  });

  it('may have Uri-Host, Uri-Port and Accept, and what is elective', () => {
    const hand = listening();
    // Uri-Host "a", Uri-Port 1, Uri-Path, Content-Format 42, Accept 42
    const request = `41020101AA31614101${`44${PATH.slice(2)}`}112A512AFF${transfer(PACKAGE)}`;
    expect(hand.down(request)).toEqual([acknowledged('0101', transfer(RESULT))]);
  });

  it('is not answered when it is not confirmed', () => {
    const hand = listening();
    expect(hand.down(`5${push('0101', transfer(PACKAGE)).slice(1)}`)).toEqual([]);
    expect(hand.peers.es10).not.toContain(PACKAGE);
  });
});

describe('when nobody pushes', () => {
  it.each([1, 1_000, 60_000, 3_600_000])('the command ends after %i ms without an error', (listenMs) => {
    const hand = listening({ options: numberOption(Option.ListenMs, listenMs) });
    expect(hand.pass(10_000_000)).toEqual([]);
    expect([hand.result, hand.nowMs]).toMatchObject([{ error: 0, detail: 0, packages: 0 }, listenMs]);
    expect(
      hand.peers.es10.filter((command) => command.startsWith('BF2B')),
      'nothing is delivered',
    ).toEqual([]);
  });

  it('the time begins again after each package', () => {
    const hand = listening();
    hand.pass(50_000);
    hand.down(push('0101', transfer(PACKAGE)));
    hand.pass(30_000);
    expect(hand.down(push('0101', transfer(PACKAGE))), 'a copy, which is answered and changes nothing').toHaveLength(1);
    hand.pass(29_000);
    expect(hand.result).toBeUndefined();
    hand.pass(2_000);
    expect([hand.result, hand.nowMs]).toMatchObject([{ error: 0, packages: 1 }, 110_000]);
  });

  it('is told in NetworkOpen that the eIM comes, once: what the device tells later goes out from it', () => {
    const hand = listening({ card: { BF51: ENABLED } });
    expect(hand.opened.slice(12, 22)).toBe('8301018400'.slice(0, 10));
    hand.down(push('0101', transfer(PACKAGE)));
    // nobody takes the result: after the time-out of a message and a pause the eIM is connected to
    hand.pass(31 * 3_000 + 3_000);
    expect(hand.opened).toBe(`800100820100830101${hand.opened.slice(-34)}`);
    expect(fromHex(hand.opened.slice(-30))).toEqual(new TextEncoder().encode('eim.example.com'));
  });
});

it('a card that does not tell its EID ends the waiting', () => {
  const peers = new SimplePeers({ card: { BF3E: { status: '6F00' } } });
  const hand = new CoapByHand({ command: Command.Listen, peers });
  hand.begin();
  expect(hand.result).toMatchObject({ error: ErrorCode.StatusWord, detail: 0x6f00, packages: 0 });
});

it.each([NetworkFailure.ConnectionLost, NetworkFailure.Unreachable])(
  'a port that is lost while the card is still read ends it, too (%i)',
  (reason) => {
    const hand = new CoapByHand({ command: Command.Listen });
    hand.isCardHeld = true;
    hand.begin();
    while (hand.opened === '') hand.answerOfCard();
    hand.module.event(Event.NetworkFailed, reason);
    while (!hand.result) hand.answerOfCard();
    expect(hand.result).toMatchObject({ error: ErrorCode.NetworkUnreachable + 1 - reason, packages: 0 });
  },
);
