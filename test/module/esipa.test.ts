// SPDX-License-Identifier: Apache-2.0
// ESipa messages by themselves (SGP.32 v1.2 §6.3.2): answers of the eIM that are not what they should be, failures of the
// network, and the published messages when their folder is there (IPA_SHARED).

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Action, ErrorCode, NetworkFailure, Option } from '../../host/abi.js';
import { need, readTlv, tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../host/sim/codec/bytes.js';
import { Module } from './support/module.js';
import { Session, type SessionOptions } from './support/session.js';
import { type Answer, EID, EIM_ID, inTurn, SimplePeers } from './support/simple-peers.js';

const NO_PACKAGE = 'BF4F03020101';
const run = (peers: SimplePeers, options: SessionOptions = {}) => new Session(peers, options).run();
const polled = (answer: Answer) => run(new SimplePeers({ eim: { BF4F: inTurn(answer, NO_PACKAGE) } }));

describe('the answer to GetEimPackage', () => {
  it.each([2, 3, 4, 127])('that is the error %i ends the command', (code) => {
    expect(polled(tlv(0xbf4f, tlv(0x02, Uint8Array.of(code))))).toMatchObject({ error: ErrorCode.EimError, detail: code, packages: 0 });
  });

  it.each([
    ['is empty', '', ErrorCode.Truncated],
    ['has another tag', 'BF5003020101', ErrorCode.UnexpectedTag],
    ['is cut off', 'BF4F1CBF52195C0D', ErrorCode.Truncated],
    ['has bytes behind it', 'BF4F0302010100', ErrorCode.TrailingBytes],
    ['has an indefinite length', 'BF4F800201010000', ErrorCode.BadEncoding],
    ['holds an element that is too long', 'BF4F05BF520F5C01', ErrorCode.Overrun],
    ['holds two packages', 'BF4F0ABF52035C0181BF5400', ErrorCode.UnexpectedTag],
    ['is primitive', '8003020101', ErrorCode.UnexpectedTag],
    ['is larger than the message buffer', tlv(0xbf4f, tlv(0xbf54, tlv(0x83, new Uint8Array(3_200)))), ErrorCode.MessageTooLong],
  ])('that %s is reported as invalidPackageFormat', (_, answer, error) => {
    const peers = new SimplePeers({ eim: { BF4F: inTurn(answer, NO_PACKAGE) } });
    expect(run(peers)).toMatchObject({ error, packages: 1 });
    expect(peers.esipa[1]).toBe(hex(tlv(0xbf50, tlv(0x5a, EID), fromHex('A003020101'))));
  });

  it('that holds a bound profile package where none may be takes no other way', () => {
    const card = { BF20: tlv(0xbf20), BF2E: tlv(0xbf2e, tlv(0x80, new Uint8Array(16))) };
    const trigger = tlv(0xbf4f, tlv(0xbf54, tlv(0xbf36, tlv(0x80, new Uint8Array(100))), tlv(0x82, fromHex('AB'))));
    const peers = new SimplePeers({ card, eim: { BF4F: inTurn(trigger, NO_PACKAGE), BF39: 'BF390381017F' } });
    expect(run(peers, { cutNetwork: (length) => (length > 50 ? [20] : []) })).toMatchObject({
      error: ErrorCode.EimError,
      detail: 127,
      packages: 1,
    });
    expect(peers.esipa[1], 'the whole trigger was read').toMatch(/8201AB$/);
  });
});

describe('the answer to ProvideEimPackageResult', () => {
  const unknown = 'BF4F03BF6000';

  it.each([
    ['an error', 'BF500302017F'],
    ['another alternative', 'BF5003BF5400'],
    ['nothing', ''],
    ['another message', 'BF4F023000'],
  ])('that is %s leaves the report owed: it goes out again with the next command', (_, answer) => {
    const peers = new SimplePeers({ eim: { BF4F: inTurn(unknown, NO_PACKAGE), BF50: inTurn(answer, 'BF50023000') } });
    const first = new Session(peers);
    expect(first.run()).toMatchObject({ error: ErrorCode.UnknownPackage, packages: 1 });
    expect(first.actions).toContain(Action.Persist);
    const count = peers.esipa.length;
    expect(new Session(peers, {}, first.module).run()).toMatchObject({ error: 0 });
    expect(peers.esipa[count], 'first of all').toMatch(/^BF50/);
    expect(peers.esipa[count]).toBe(peers.esipa[count - 1]);
  });

  it('that is always an error does not keep the eIM from being polled', () => {
    const peers = new SimplePeers({ eim: { BF4F: inTurn(unknown, NO_PACKAGE), BF50: 'BF500302017F' } });
    const first = new Session(peers);
    first.run();
    const count = peers.esipa.length;
    expect(new Session(peers, {}, first.module).run()).toMatchObject({ error: ErrorCode.EimError, detail: 127 });
    expect(peers.esipa.slice(count).map((each) => each.slice(0, 4))).toEqual(['BF50', 'BF4F']);
  });

  describe.each([
    ['nothing', 'BF50023000', []],
    ['the notifications alone', 'BF5006BF5303800108', ['08']],
    ['the result alone', 'BF5006BF5303800107', ['07']],
  ])('that acknowledges %s', (_, answer, removed) => {
    const result = tlv(
      0xbf51,
      tlv(0xa0, tlv(0x30, tlv(0x80, EIM_ID), fromHex('830107'), tlv(0x30, fromHex('830100'))), tlv(0x5f37, new Uint8Array(64))),
    );
    const notification = tlv(0x30, tlv(0xbf2f, fromHex('80010881020640')), tlv(0x5f37, new Uint8Array(64)));

    it('does not have the result sent again in this run', () => {
      const request = tlv(0xbf4f, tlv(0xbf51, tlv(0x30, tlv(0x80, EIM_ID)), tlv(0x5f37, new Uint8Array(64))));
      let stored: Uint8Array[] = [];
      const card = {
        BF51: () => {
          stored = [result];
          return result;
        },
        BF2B05: tlv(0xbf2b, tlv(0xa0, notification)),
        BF2B04A00282: () => tlv(0xbf2b, tlv(0xa2, ...stored)),
        BF30: (command: Uint8Array) => {
          if (hex(command).endsWith('07')) stored = [];
          return 'BF3003800100';
        },
      };
      const peers = new SimplePeers({ card, eim: { BF4F: inTurn(request, NO_PACKAGE), BF50: answer } });
      expect(run(peers)).toMatchObject({ error: 0, packages: 1 });
      expect(peers.esipa.filter((each) => each.startsWith('BF50'))).toHaveLength(1);
      expect(peers.es10.filter((each) => each.startsWith('BF30'))).toEqual(removed.map((sequence) => `BF30038001${sequence}`));
    });
  });

  it('may acknowledge any sequence numbers of up to eight bytes, in any order', () => {
    const request = tlv(0xbf51, tlv(0x30, tlv(0x80, EIM_ID)), tlv(0x5f37, new Uint8Array(64)));
    const result = tlv(
      0xbf51,
      tlv(0xa0, tlv(0x30, tlv(0x80, EIM_ID), fromHex('830107'), tlv(0x30, fromHex('850100'))), tlv(0x5f37, new Uint8Array(64))),
    );
    const sequences = ['80088000000000000001', '800100', '8003010000'];
    const acknowledgement = tlv(0xbf50, tlv(0xbf53, fromHex(sequences.join(''))));
    const peers = new SimplePeers({
      card: { BF51: result },
      eim: { BF4F: inTurn(tlv(0xbf4f, request), NO_PACKAGE), BF50: acknowledgement },
    });
    expect(run(peers)).toMatchObject({ error: 0, packages: 1 });
    expect(peers.es10.filter((each) => each.startsWith('BF30'))).toEqual(sequences.map((each) => hex(tlv(0xbf30, fromHex(each)))));
  });

  it('that acknowledges a number of nine bytes is refused', () => {
    const peers = new SimplePeers({
      card: { BF2B04A00282: tlv(0xbf2b, tlv(0xa2, tlv(0xbf51, tlv(0xa0, tlv(0x30, fromHex('830107')))))) },
      eim: { BF50: tlv(0xbf50, tlv(0xbf53, tlv(0x80, new Uint8Array(9)))) },
    });
    expect(run(peers)).toMatchObject({ error: ErrorCode.BadValue });
  });
});

describe('a failure of the network', () => {
  const FAILURES = Object.entries(NetworkFailure);
  const errorOf = (reason: number) => ErrorCode.NetworkUnreachable + 1 - reason;

  it.each(FAILURES)('%s while the peer is selected ends the command', (_, reason) => {
    const peers = new SimplePeers();
    const session = new Session({ card: peers.card, eim: peers.eim, open: () => reason + 256 * 404 });
    expect(session.run()).toMatchObject({ error: errorOf(reason), detail: 404 });
  });

  it.each(FAILURES)('%s in an exchange ends the command', (_, reason) => {
    expect(run(new SimplePeers({ eim: { BF4F: reason } }))).toMatchObject({ error: errorOf(reason), detail: 0 });
  });

  it('with an HTTP status tells it', () => {
    expect(run(new SimplePeers({ eim: { BF4F: NetworkFailure.HttpStatus + 256 * 503 } }))).toMatchObject({
      error: ErrorCode.NetworkHttpStatus,
      detail: 503,
    });
  });

  it('for one notification leaves the others to be delivered, when the eIM refused it', () => {
    const notification = (sequence: number) => tlv(0x30, tlv(0xbf2f, tlv(0x80, Uint8Array.of(sequence))), tlv(0x5f37, new Uint8Array(64)));
    const left = [1, 2, 3].map(notification);
    const list: Answer = () => tlv(0xbf2b, tlv(0xa0, ...left));
    const remove: Answer = (request) => {
      left.splice(
        left.findIndex((each) => hex(each).includes(hex(request.subarray(3)))),
        1,
      );
      return 'BF3003800100';
    };
    const refuse: Answer = (request) => (hex(request).includes('BF2F03800102') ? NetworkFailure.HttpStatus + 256 * 500 : '');
    const peers = new SimplePeers({ card: { BF2B00: list, BF30: remove }, eim: { BF3D: refuse } });
    expect(run(peers)).toMatchObject({ notifications: 2, error: ErrorCode.NetworkHttpStatus, detail: 500 });
    expect(left.map(hex)).toEqual([hex(notification(2))]);
  });
});

describe.skipIf(!process.env.IPA_SHARED)('published messages', () => {
  const lines = process.env.IPA_SHARED ? readFileSync(path.join(process.env.IPA_SHARED, 'vectors.md'), 'utf8').split('\n') : [];

  /** The bytes of the line that begins so. */
  function published(start: string): Uint8Array {
    const line = lines.find((each) => each.startsWith(`- ${start}`));
    const [, text] = /`([0-9A-Fa-f]+)`\s*$/.exec(line ?? '') ?? [];
    if (text === undefined) throw new Error(`no bytes for "${start}"`);
    return fromHex(text);
  }

  const enable = {
    eim: {
      BF4F: () => inTurn(published('… in GetEimPackageResponse'), published('GetEimPackageResponse noEimPackageAvailable(1)')),
      BF50: () => published('ProvideEimPackageResultResponse: acknowledge seq 7'),
    },
    card: { BF51: () => published('EuiccPackageResult: enable ok(0)') },
  };
  const withPackage = (card: Record<string, Answer> = {}) =>
    new SimplePeers({ card: { ...enable.card, ...card }, eim: { ...enable.eim, BF4F: enable.eim.BF4F() } });

  it('GetEimPackage, its package as it goes to the card, the result and its acknowledgement', () => {
    const peers = withPackage();
    expect(run(peers)).toMatchObject({ error: 0, packages: 1 });
    expect(peers.esipa[0]).toBe(hex(published('GetEimPackageRequest, minimal')));
    expect(peers.es10).toContain(hex(published('… EuiccPackageRequest')));
    expect(peers.esipa[1]).toBe(hex(published('ProvideEimPackageResult (eidValue + that result)')));
    expect(peers.es10).toContain('BF3003800107');
    expect(peers.es10).toContain(hex(published('RetrieveNotificationsListRequest: all')));
    expect(peers.es10).toContain(hex(published('… by seq 7')));
    expect(peers.es10).toContain(hex(published('… only eUICC package results')));
    expect(peers.es10).toContain(hex(published('GetEID')));
  });

  it('the package in blocks of 120 bytes on channel 1', () => {
    const peers = withPackage();
    run(peers, { blockBytes: 120 });
    const at = lines.findIndex((each) => each.startsWith('STORE DATA split'));
    const blocks = lines.slice(at + 1, at + 3).map((line) => /`([0-9A-F]+)`/.exec(line)?.[1]);
    expect(blocks).toHaveLength(2);
    const first = peers.apdus.indexOf(blocks[0]!);
    expect(peers.apdus.slice(first, first + 2)).toEqual(blocks);
  });

  it('the result together with its notifications', () => {
    const both = readTlv(published('ProvideEimPackageResult ePRAndNotifications'));
    const list = need(need(both, 0x30), 0xa0);
    const peers = withPackage({ BF2B05: tlv(0xbf2b, list.raw) });
    run(peers);
    expect(peers.esipa[1]).toBe(hex(both.raw));
  });

  it('an installation result by HandleNotification', () => {
    const message = readTlv(published('HandleNotificationEsipa carrying the PIR'));
    const peers = new SimplePeers({ card: { BF2B00: inTurn(tlv(0xbf2b, need(message, 0xa0).raw), 'BF2B02A000') } });
    expect(run(peers)).toMatchObject({ error: 0, notifications: 1 });
    expect(peers.esipa[0]).toBe(hex(message.raw));
  });

  it.each(['signed error replayError(4)', 'unsigned error'])('a package result that is an %s', (which) => {
    const result = published(`EuiccPackageResult: ${which}`);
    const peers = withPackage({ BF51: result });
    expect(run(peers)).toMatchObject({ packages: 1 });
    expect(peers.esipa[1]).toBe(hex(tlv(0xbf50, tlv(0x5a, EID), result)));
  });

  it('the error of a download trigger by HandleNotification', () => {
    const transactionId = need(readTlv(published('ProfileDownloadTriggerResult error undefinedError(127)')), 0x82).raw;
    const trigger = tlv(
      0xbf4f,
      tlv(0xbf54, ...readTlv(published('ProfileDownloadTriggerRequest contactDefaultSmdp')).children.map(({ raw }) => raw), transactionId),
    );
    const peers = new SimplePeers({ eim: { BF4F: inTurn(trigger, NO_PACKAGE) } });
    run(peers);
    expect(peers.esipa[1]).toBe(hex(published('… delivered as HandleNotification')));
  });

  it('the error of a data request', () => {
    const request = concat(fromHex('5C02BF2D'), tlv(0x83, fromHex('0123456789ABCDEF')));
    const peers = new SimplePeers({ eim: { BF4F: inTurn(tlv(0xbf4f, tlv(0xbf52, request)), NO_PACKAGE) } });
    run(peers);
    expect(peers.esipa[1]).toBe(hex(tlv(0xbf50, tlv(0x5a, EID), published('IpaEuiccDataResponse: error incorrectTagList(1)'))));
  });

  it('the answer to a data request', () => {
    const expected = readTlv(published('IpaEuiccDataResponse: associationToken 1'));
    const data = need(need(expected, 0xbf52), 0xa0);
    const features = need(need(data, 0xa8), 0x80).value[1]!;
    const address = tlv(0xbf3c, tlv(0x80, need(data, 0x81).value));
    const certificates = tlv(0xbf56, tlv(0xa0, need(data, 0xa5).raw, need(data, 0xa6).raw));
    const request = concat(fromHex('5C068184A5A6A8A9'), tlv(0x83, need(data, 0x87).value));
    const peers = new SimplePeers({
      card: { BF3C: address, BF56: certificates },
      eim: { BF4F: inTurn(tlv(0xbf4f, tlv(0xbf52, request)), NO_PACKAGE) },
    });
    // it has minimizeEsipaBytes, which ipad does without
    const session = new Session(peers, { options: Uint8Array.of(Option.IpaFeatures, 1, features) }, new Module(undefined, 'ipad-iot'));
    expect(session.run()).toMatchObject({ error: 0 });
    // the published device has HTTPS alone; this one CoAP, too, both ways: retrieveHttps, retrieveCoaps, injectCoaps
    expect(peers.esipa[1]).toBe(hex(expected.raw).replace('81020780', '810204D0'));
  });

  it('AddInitialEim, as the host brings it', () => {
    const request = published('AddInitialEimRequest: one eIM, certificate form');
    const list = inTurn('BF5502A000', published('GetEimConfigurationDataResponse: same eIM, token 1'));
    const peers = new SimplePeers({ card: { BF55: list, BF57: published('AddInitialEimResponse ok with token 1') } });
    expect(run(peers, { initialEim: request, cutNetwork: (length) => [length >> 1] })).toMatchObject({ error: 0 });
    expect(peers.es10).toContain(hex(request));
  });
});
