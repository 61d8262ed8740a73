// SPDX-License-Identifier: Apache-2.0
// Block-wise transfers of the module, datagram by datagram against bytes put together by hand from RFC 7959 and RFC 9175: bodies of more
// than one block, agreeing on a size, beginning again, and the next block that is asked for while the card takes the last one.

import { describe, expect, it } from 'vitest';
import { Action, ErrorCode, Event, NetworkFailure, Option } from '../../host/abi.js';
import { tlv } from '../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { CoapByHand } from './support/coap-by-hand.js';
import { type Head, heads } from './support/coap-heads.js';
import { EID, EIM_ID, inTurn, SimplePeers } from './support/simple-peers.js';

const PATH = 'B467736D6104727370320461736E31';
const BF4F = 'BF4F125A1089049032123451234512345678901235';
const NOTHING = 'BF4F03020101';
/** 13 + 252 more than 27; 269 more than 23. */
const TAG_BEHIND_BLOCK1 = 'D2FC';
const TAG_BEHIND_BLOCK2 = 'E20000';

const szx = (exponent: number) => `${Option.CoapBlockSzx.toString(16)}010${exponent}`;
const DONE = { error: 0, packages: 0 };

describe('a request of more than one block', () => {
  it('has Block1, Request-Tag, and Block2 with the last block; an answer of more than one is asked for block by block', () => {
    // blocks of 16 bytes: 16 and 5 up; Block1 is 16 = 13 + 3 more than Uri-Path, its value 0/1/16 is 08, that of 1/0/16 is 10
    const hand = new CoapByHand({ options: szx(0) });
    // two blocks and a question are about one body, what follows is another one
    const h = heads(1, 3, 1);
    expect(hand.begin()).toEqual([`4202${h[0]!.head}${PATH}D10308${TAG_BEHIND_BLOCK1}2021FF${BF4F.slice(0, 32)}`]);
    // 2.31 Continue with Block1 0/1/16; then Block2 0/0/16, which is no byte at all
    expect(hand.down(`625F${h[0]!.head}D10E08`)).toEqual([`4202${h[1]!.head}${PATH}C04110${TAG_BEHIND_BLOCK1}2021FF${BF4F.slice(32)}`]);
    // an answer of 22 bytes: an alternative that is not known, and is reported. Block2 0/1/16, then Block1 1/0/16
    const answer = `BF4F13BF5810${'0500'.repeat(8)}`;
    expect(hand.down(`6245${h[1]!.head}D10A084110FF${answer.slice(0, 32)}`)).toEqual([
      `4202${h[2]!.head}${PATH}C110${TAG_BEHIND_BLOCK2}2021`,
    ]);
    // ProvideEimPackageResult: BF50{5A EID, A0{02 unknownPackage}} of 26 bytes, a body under another tag
    const report = `BF50175A1089049032123451234512345678901235A003020102`;
    expect(h[3]!.tag).not.toBe('2021');
    expect(hand.down(`6245${h[2]!.head}D10A10FF${answer.slice(32)}`)).toEqual([
      `4202${h[3]!.head}${PATH}D10308${TAG_BEHIND_BLOCK1}${h[3]!.tag}FF${report.slice(0, 32)}`,
    ]);
  });

  /** A poll over coaps that delivers one notification of `bytes` bytes by way of the eIM: BF3D{A0{30…}}. */
  function delivering(bytes: number, options: string): { readonly hand: CoapByHand; readonly body: string } {
    const metadata = tlv(0xbf2f, tlv(0x80, fromHex('05')), tlv(0x81, fromHex('0780')), tlv(0x0c, fromHex('612E6264')));
    const notification = tlv(0x30, metadata, tlv(0x04, new Uint8Array(bytes - 25).fill(0xab)));
    const list = tlv(0xbf2b, tlv(0xa0, notification));
    const peers = new SimplePeers({ card: { BF2B00: inTurn(list, 'BF2B02A000') } });
    return { hand: new CoapByHand({ peers, options }), body: hex(tlv(0xbf3d, tlv(0xa0, notification))) };
  }

  const at = (body: string, from: number, to?: number) => body.slice(2 * from, to && 2 * to);
  const up = ({ head }: Head, options: string, payload: string) => `4202${head}${PATH}${options}FF${payload}`;

  it('goes on in smaller blocks when 2.31 says so, counted in these', () => {
    const { hand, body } = delivering(101, szx(2));
    expect(body.length / 2).toBe(101);
    const h = heads(1, 4, 1);
    // Block1 0/1/64 is 0A; the server wants 16: what comes next is its block 4, 4/1/16 is 48
    expect(hand.begin()).toEqual([up(h[0]!, `D1030A${TAG_BEHIND_BLOCK1}2021`, at(body, 0, 64))]);
    expect(hand.down(`625F${h[0]!.head}D10E08`)).toEqual([up(h[1]!, `D10348${TAG_BEHIND_BLOCK1}2021`, at(body, 64, 80))]);
    expect(hand.down(`625F${h[1]!.head}D10E48`)).toEqual([up(h[2]!, `D10358${TAG_BEHIND_BLOCK1}2021`, at(body, 80, 96))]);
    // the last one, 6/0/16, and with it Block2 0/0/64
    expect(hand.down(`625F${h[2]!.head}D10E58`)).toEqual([up(h[3]!, `C1024160${TAG_BEHIND_BLOCK1}2021`, at(body, 96))]);
    // taken: 2.04 without payload, Block1 6/0/16
    expect(hand.down(`6244${h[3]!.head}D10E60`)).toEqual([`4202${h[4]!.head}${PATH}C102FF${BF4F}`]);
    hand.down(`6245${h[4]!.head}FF${NOTHING}`);
    expect(hand.result).toMatchObject({ ...DONE, notifications: 1 });
  });

  it.each([
    ['another block', 'D10E1A'],
    ['no block', ''],
  ])('cannot go on with 2.31 for %s', (_, option) => {
    const { hand } = delivering(101, szx(2));
    const h = heads(1, 1, 1);
    hand.begin();
    // the notification stays where it is, and the eIM is asked for packages
    expect(hand.down(`625F${h[0]!.head}${option}`)).toEqual([`4202${h[1]!.head}${PATH}C102FF${BF4F}`]);
    hand.down(`6245${h[1]!.head}FF${NOTHING}`);
    expect(hand.result).toMatchObject({ error: ErrorCode.NetworkMalformed, detail: 0x5f, notifications: 0 });
  });

  it('begins again in smaller blocks after 4.13 with a size, as another body', () => {
    const hand = new CoapByHand();
    const h = heads(1, 1, 2);
    hand.begin();
    // Block1 0/1/16
    const { tag } = h[1]!;
    expect(hand.down(`628D${h[0]!.head}D10E08`)).toEqual([up(h[1]!, `D10308${TAG_BEHIND_BLOCK1}${tag}`, BF4F.slice(0, 32))]);
    // Block2 stays as large as it was: 0/0/1024
    expect(hand.down(`625F${h[1]!.head}D10E08`)).toEqual([`4202${h[2]!.head}${PATH}C1064110${TAG_BEHIND_BLOCK1}${tag}FF${BF4F.slice(32)}`]);
    hand.down(`6245${h[2]!.head}D10E10FF${NOTHING}`);
    expect(hand.result).toMatchObject(DONE);
  });

  it.each([
    ['the same size', 'D10E06'],
    ['a larger one', 'D10E0E'],
  ])('is refused by 4.13 with %s', (_, option) => {
    const hand = new CoapByHand({ options: szx(5) });
    const h = heads(1, 1);
    hand.begin();
    hand.down(`628D${h[0]!.head}${option}`);
    expect(hand.result).toMatchObject({ error: ErrorCode.CoapRefused, detail: 0x8d });
  });

  it('begins again after 4.08, four times under another tag each, and then gives up', () => {
    const hand = new CoapByHand({ options: szx(0) });
    const h = heads(1, 2, 2, 2, 2, 2);
    const begins = (n: number) => up(h[n]!, `D10308${TAG_BEHIND_BLOCK1}${h[n]!.tag}`, BF4F.slice(0, 32));
    let first = hand.begin();
    for (let n = 0; n < 10; n += 2) {
      expect(first).toEqual([begins(n)]);
      expect(hand.down(`625F${h[n]!.head}D10E08`)).toHaveLength(1);
      first = hand.down(`6288${h[n + 1]!.head}`);
    }
    expect([first, new Set(h.map(({ tag }) => tag)).size]).toEqual([[], 5]);
    expect(hand.result).toMatchObject({ error: ErrorCode.CoapRefused, detail: 0x88 });
  });

  it('cannot begin again when its beginning is not there any more', () => {
    // 1,400 bytes in blocks of 1,024: with the second one the first has left the window
    const { hand } = delivering(1_400, '');
    const h = heads(1, 2, 1);
    hand.begin();
    expect(hand.down(`625F${h[0]!.head}D10E0E`)).toHaveLength(1);
    expect(hand.down(`6288${h[1]!.head}`)).toEqual([`4202${h[2]!.head}${PATH}C106FF${BF4F}`]);
    hand.down(`6245${h[2]!.head}FF${NOTHING}`);
    expect(hand.result).toMatchObject({ error: ErrorCode.CoapRefused, detail: 0x88, notifications: 0 });
  });
});

describe('an answer of more than one block', () => {
  it('may come in smaller blocks than asked for', () => {
    const hand = new CoapByHand();
    const h = heads(1, 2);
    hand.begin();
    const answer = `BF4F13BF5810${'0500'.repeat(8)}`;
    // Block2 0/1/16; the request was one block, so that it has no tag
    expect(hand.down(`6245${h[0]!.head}D10A08FF${answer.slice(0, 32)}`)).toEqual([`4202${h[1]!.head}${PATH}C110`]);
    // the second of 16 and last, 1/0/16
    expect(hand.down(`6245${h[1]!.head}D10A10FF${answer.slice(32)}`)).toHaveLength(1);
  });

  it.each([
    ['a larger size', 'D10A1E', 16],
    ['another number', 'D10A28', 16],
    ['too many bytes', 'D10A18', 17],
    ['too few bytes before the end', 'D10A18', 15],
    ['no block', '', 16],
    ['SZX 7', 'D10A1F', 16],
  ])('is refused when a later block has %s', (_, option, bytes) => {
    const hand = new CoapByHand({ options: szx(1) });
    const h = heads(1, 2);
    hand.begin();
    hand.down(`6245${h[0]!.head}D10A08FFBF4F33BF5830${'0500'.repeat(5)}`);
    hand.down(`6245${h[1]!.head}${option}FF${'00'.repeat(bytes)}`);
    expect(hand.result).toMatchObject({ error: ErrorCode.NetworkMalformed, detail: 0x45 });
  });
});

describe('while the card takes a block', () => {
  /** The first three blocks of 1,024 of an eUICC package of more than 3,000 bytes come in; the card is slow from the first one on. */
  function loading() {
    const list = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x5a, EID), tlv(0x04, new Uint8Array(4_000).fill(0xcd)));
    const answer = hex(tlv(0xbf4f, tlv(0xbf51, list, tlv(0x5f37, new Uint8Array(64)))));
    const block = (number: number) =>
      `D2${'0A'}${((number << 4) | 0xe).toString(16).padStart(4, '0')}FF${answer.slice(2_048 * number, 2_048 * (number + 1))}`;
    const first = `D10A0EFF${answer.slice(0, 2_048)}`;
    const hand = new CoapByHand();
    hand.begin();
    hand.isCardHeld = true;
    const h = heads(1, 3);
    return { hand, h, first, block: (number: number) => `6245${h[number]!.head}${block(number)}` };
  }

  it('the next one is asked for before the card has answered, comes into the other window, and a third one is not', () => {
    const { hand, h, first, block } = loading();
    const windowBytes = () => hand.module.exports.ipa_window_size(Event.Datagram);
    // 1/0/1024
    expect(hand.down(`6245${h[0]!.head}${first}`)).toEqual([`4202${h[1]!.head}${PATH}C116`]);
    expect([hand.isCardBusy, windowBytes()]).toEqual([true, 1_024 + 64]);
    const used = hand.module.exports.ipa_window(Event.Datagram);
    const stores = () => hand.peers.apdus.filter((apdu) => apdu.startsWith('81E2')).length;
    const before = stores();
    // 1/1/1024 comes; the card has still not answered
    expect(hand.down(block(1).replace('D20A001E', 'D10A1E'))).toEqual([]);
    expect([hand.isCardBusy, windowBytes(), stores()]).toEqual([true, 0, before]);
    expect(hand.module.event(Event.Datagram, 0, fromHex('40000000')), 'no place').toBe(ErrorCode.WindowOverflow);
    // nothing is asked for until the first one is used up: behind BF4F it has 1,020 bytes, which are four commands of 255
    const sent: string[][] = [];
    while (sent.flat().length === 0) sent.push(hand.answerOfCard());
    expect(sent.flat()).toEqual([`4202${h[2]!.head}${PATH}C126`]);
    expect(sent.length).toBe(3);
    expect([windowBytes(), hand.module.exports.ipa_window(Event.Datagram) === used]).toEqual([1_024 + 64, false]);
  });

  it('the question leaves first; when the channel fails then, what has come still goes to the card', () => {
    const { hand, h, first } = loading();
    hand.isCardHeld = true;
    hand.module.event(Event.Datagram, 0, fromHex(`6245${h[0]!.head}${first}`));
    expect(hand.module.next(0).kind).toBe(Action.DatagramSend);
    const asked = hand.module.next(0);
    const { kind, bytes } = asked;
    expect(kind).toBe(Action.CardTransmit);
    hand.module.event(Event.NetworkFailed, NetworkFailure.ConnectionLost);
    expect(hand.settle()).toEqual([]);
    for (let response = hand.peers.card(bytes); !hand.result; ) {
      hand.module.event(Event.CardResponse, 0, response);
      hand.isCardHeld = false;
      expect(hand.settle()).toEqual([]);
      response = fromHex('9000');
    }
    expect(hand.peers.apdus.filter((apdu) => apdu.startsWith('8111E2') || apdu.startsWith('81E211')).length).toBeGreaterThan(2);
    expect(hand.result).toMatchObject({ error: ErrorCode.NetworkConnectionLost });
  });
});
