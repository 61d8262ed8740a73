// SPDX-License-Identifier: Apache-2.0
// Ways that the step tables go only when two things go wrong, or one at an odd moment: the card or the network fails between a server and
// the return to the eIM, in the middle of a report, in an ES10 function of the host.

import { describe, expect, it } from 'vitest';
import { Action, Command, ErrorCode, Event, NetworkFailure, Option } from '../../host/abi.js';
import { tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex, hex, utf8 } from '../../host/sim/codec/bytes.js';
import { Module } from './support/module.js';
import { Session } from './support/session.js';
import { type Answer, type Answers, EID, EIM_ID, inTurn, SimplePeers } from './support/simple-peers.js';

const TRANSACTION_ID = fromHex('0102030405060708');
const NO_PACKAGE = 'BF4F03020101';
const LOST: Answer = NetworkFailure.ConnectionLost;
const REFUSED: Answer = { status: '6F00' };
const ENTRY = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x81, EIM_ID), tlv(0x82, fromHex('02')), tlv(0x84, fromHex('01')));
const ENTRIES = tlv(0xbf55, tlv(0xa0, ENTRY));
const NOTIFICATION = tlv(
  0x30,
  tlv(0xbf2f, fromHex('800101'), fromHex('81020640'), tlv(0x0c, utf8('smdp.example.com'))),
  tlv(0x5f37, new Uint8Array(64)),
);
const NOTIFICATIONS = tlv(0xbf2b, tlv(0xa0, NOTIFICATION));
/** ipaFeatures with directRspServerCommunication, and ES9+ in ASN.1. */
const DIRECT = Uint8Array.of(Option.IpaFeatures, 1, 0xd0, Option.RspBinding, 1, 0);
const trigger = (code: string) => tlv(0xbf4f, tlv(0xbf54, tlv(0xa0, tlv(0x80, utf8(code))), tlv(0x82, TRANSACTION_ID)));
const TRIGGER = trigger('1$smdp.example.com$TOKEN');

/** Peers where messages in A2 are answered like the others, and opening a server may fail. */
function peersOf(answers: { readonly card?: Answers; readonly eim?: Answers }, opens: readonly (number | undefined)[] = []) {
  const plain = new SimplePeers(answers);
  const opened: string[] = [];
  const left = [...opens];
  const peers = {
    card: plain.card,
    eim: (request: Uint8Array) => plain.eim(request[0] === 0xa2 ? inside(request) : request),
    reset: plain.reset,
    open: (peer: Uint8Array) => {
      opened.push(hex(peer.subarray(0, 3)));
      return left.shift();
    },
  };
  return { plain, peers, opened };
}

/** The contents of an element with a length of one to three bytes. */
function inside(element: Uint8Array): Uint8Array {
  const first = element[1]!;
  return element.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
}

const command = (kind: number) => Uint8Array.of(Option.Command, 1, kind);

describe('a report that is owed', () => {
  it('stays owed when the network is lost at it again', () => {
    const module = new Module();
    const answers = { eim: { BF4F: inTurn(TRIGGER, NO_PACKAGE), BF39: 'BF39038101 7F'.replace(' ', ''), BF3D: inTurn(LOST, LOST, '') } };
    const { plain, peers } = peersOf({ ...answers, card: { BF20: 'BF2000', BF2E: tlv(0xbf2e, tlv(0x80, new Uint8Array(16))) } });
    expect(new Session(peers, {}, module).run()).toMatchObject({ error: ErrorCode.EimError });
    expect(new Session(peers, {}, module).run()).toMatchObject({ error: ErrorCode.NetworkConnectionLost, packages: 0 });
    expect(new Session(peers, {}, module).run()).toMatchObject({ error: 0 });
    expect(plain.esipa.filter((message) => message.startsWith('BF3D'))).toHaveLength(3);
  });
});

describe('package results of several eIMs', () => {
  it('are left where they are when the card does not list them', () => {
    const other = tlv(0x30, tlv(0x80, utf8('other.example.com')), tlv(0x81, utf8('other.example.com')), tlv(0x82, fromHex('02')));
    const { peers } = peersOf({ card: { BF55: tlv(0xbf55, tlv(0xa0, ENTRY, other)), BF2B04A00282: REFUSED } });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.StatusWord, detail: 0x6f00 });
  });
});

describe('a notification that goes straight to its SM-DP+', () => {
  const card = (more: Answers = {}): Answers => ({ BF2B00: NOTIFICATIONS, BF30: 'BF3003800100', ...more });

  it('waits when the SM-DP+ cannot be reached; the eIM is asked all the same', () => {
    const { plain, peers, opened } = peersOf({ card: card() }, [undefined, NetworkFailure.Unreachable, undefined]);
    expect(new Session(peers, { options: DIRECT }).run()).toMatchObject({ error: ErrorCode.NetworkUnreachable, notifications: 0 });
    expect(opened).toEqual(['800100', '800101', '800100']);
    expect(plain.esipa.filter((message) => message.startsWith('BF4F'))).toHaveLength(1);
  });

  it('is delivered although the eIM cannot be opened again', () => {
    const { peers } = peersOf({ card: card({ BF2B00: inTurn(NOTIFICATIONS, NOTIFICATIONS, 'BF2B02A000') }) }, [
      undefined,
      undefined,
      NetworkFailure.Unreachable,
    ]);
    expect(new Session(peers, { options: DIRECT }).run()).toMatchObject({ error: ErrorCode.NetworkUnreachable, notifications: 1 });
  });

  it('is delivered although the card does not tell the eIM again', () => {
    const answers = card({ BF2B00: inTurn(NOTIFICATIONS, NOTIFICATIONS, 'BF2B02A000'), BF55: inTurn(ENTRIES, REFUSED) });
    const { peers } = peersOf({ card: answers });
    expect(new Session(peers, { options: DIRECT }).run()).toMatchObject({ error: ErrorCode.StatusWord, notifications: 1 });
  });
});

describe('a download straight from the SM-DP+', () => {
  const card = (more: Answers = {}): Answers => ({ BF20: 'BF2000', BF2E: tlv(0xbf2e, tlv(0x80, new Uint8Array(16))), ...more });

  it('is reported when the SM-DP+ cannot be reached', () => {
    const { plain, peers } = peersOf({ card: card(), eim: { BF4F: inTurn(TRIGGER, NO_PACKAGE) } }, [undefined, NetworkFailure.Unreachable]);
    expect(new Session(peers, { options: DIRECT }).run()).toMatchObject({ error: ErrorCode.NetworkUnreachable, packages: 1 });
    expect(plain.esipa.find((message) => message.startsWith('BF3D'))).toMatch(/BF54.*300380017F$/);
  });

  it('is reported in the next poll when the eIM cannot be opened again', () => {
    const module = new Module();
    const answers = { card: card(), eim: { BF4F: inTurn(TRIGGER, NO_PACKAGE), BF39: 'BF390381017F' } };
    const { plain, peers } = peersOf(answers, [undefined, undefined, NetworkFailure.Unreachable]);
    expect(new Session(peers, { options: DIRECT }, module).run()).toMatchObject({ packages: 1 });
    expect(plain.esipa.some((message) => message.startsWith('BF3D'))).toBe(false);
    new Session(peers, { options: DIRECT }, module).run();
    expect(plain.esipa.some((message) => message.startsWith('BF3D'))).toBe(true);
  });

  it('is reported in the next poll when the card does not tell the eIM again', () => {
    const module = new Module();
    const answers = {
      card: card({ BF55: inTurn(ENTRIES, REFUSED, ENTRIES) }),
      eim: { BF4F: inTurn(TRIGGER, NO_PACKAGE), BF39: 'BF390381017F' },
    };
    const { plain, peers } = peersOf(answers);
    new Session(peers, { options: DIRECT }, module).run();
    expect(plain.esipa.some((message) => message.startsWith('BF3D'))).toBe(false);
    new Session(peers, { options: DIRECT }, module).run();
    expect(plain.esipa.some((message) => message.startsWith('BF3D'))).toBe(true);
  });
});

describe('a server that leaves out the metadata of the profile, by which rules and consent are judged', () => {
  const signed = tlv(0x30, tlv(0x80, TRANSACTION_ID), tlv(0x83, utf8('smdp.example.com')));
  const signature = tlv(0x5f37, new Uint8Array(64));
  const certificate = tlv(0x30, new Uint8Array(0));
  const initiated = tlv(0xbf39, tlv(0xa0, tlv(0x80, TRANSACTION_ID), signed, signature, tlv(0x04, new Uint8Array(20)), certificate));
  const signed2 = tlv(0x30, tlv(0x80, TRANSACTION_ID), tlv(0x01, fromHex('00')));
  const METADATA = [
    ['altogether', []],
    ['but for the name of its provider', [tlv(0xbf25, tlv(0x91, utf8('Provider')))]],
  ] as const;

  it.each(METADATA)('%s, is refused: nothing is prepared, and the session is cancelled', (_, metadata) => {
    const authenticated = tlv(0xbf3b, tlv(0xa0, tlv(0x80, TRANSACTION_ID), ...metadata, signed2, signature, certificate));
    const { plain, peers } = peersOf({
      card: {
        BF20: 'BF2000',
        BF2E: tlv(0xbf2e, tlv(0x80, new Uint8Array(16))),
        BF38: tlv(0xbf38, tlv(0xa0, signed, signature)),
        BF41: tlv(0xbf41, tlv(0xa0, signed, signature)),
      },
      eim: { BF39: initiated, BF3B: authenticated, BF41: 'BF4102A000' },
    });
    const code = tlv(0x80, utf8('1$smdp.example.com$TOKEN'));
    const options = concat(DIRECT, Uint8Array.of(Option.DownloadData, code.length), code, command(Command.Download));
    expect(new Session(peers, { options }).run()).toMatchObject({ error: ErrorCode.MissingElement, profilesInstalled: 0 });
    expect(plain.es10.some((sent) => sent.startsWith('BF21'))).toBe(false);
    expect(plain.es10.some((sent) => sent.startsWith('BF41'))).toBe(true);
    expect(plain.esipa.some((sent) => sent.startsWith('BF41'))).toBe(true);
  });
});

describe('an event of the SM-DS', () => {
  it('without an address is refused', () => {
    const signed = tlv(0x30, tlv(0x80, TRANSACTION_ID), tlv(0x83, utf8('smds.example.com')));
    const signature = tlv(0x5f37, new Uint8Array(64));
    const certificate = tlv(0x30, new Uint8Array(0));
    const initiated = tlv(0xbf39, tlv(0xa0, tlv(0x80, TRANSACTION_ID), signed, signature, tlv(0x04, new Uint8Array(20)), certificate));
    const events = tlv(0xbf40, tlv(0xa0, tlv(0x80, TRANSACTION_ID), tlv(0xa1, tlv(0x30, tlv(0x80, utf8('EVENT'))))));
    const { peers } = peersOf({
      card: { BF20: 'BF2000', BF2E: tlv(0xbf2e, tlv(0x80, new Uint8Array(16))), BF38: tlv(0xbf38, tlv(0xa0, signed, signature)) },
      eim: { BF39: initiated, BF3B: events },
    });
    const smds = Uint8Array.of(Option.DownloadData, 20, 0xa2, 18, 0x80, 16, ...utf8('smds.example.com'));
    const options = concat(DIRECT, smds, command(Command.Download));
    expect(new Session(peers, { options }).run()).toMatchObject({ error: ErrorCode.MissingElement });
  });
});

describe('a package', () => {
  const PACKAGE = tlv(0xbf51, tlv(0x30, tlv(0x80, EIM_ID), tlv(0x5a, EID), tlv(0x81, fromHex('01'))), tlv(0x5f37, new Uint8Array(64)));

  it('in the middle of which the connection is lost is not reported either', () => {
    const { plain, peers } = peersOf({ eim: { BF4F: tlv(0xbf4f, PACKAGE).subarray(0, 60) } });
    expect(new Session(peers, { networkBreaksOff: 'receiving' }).run()).toMatchObject({ error: ErrorCode.NetworkConnectionLost });
    expect(plain.esipa.filter((message) => message.startsWith('BF50'))).toEqual([]);
  });

  it('that the network cuts off is not reported: the eIM offers it again', () => {
    const { plain, peers } = peersOf({ eim: { BF4F: tlv(0xbf4f, PACKAGE).subarray(0, 60) } });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.Truncated });
    expect(plain.es10.some((sent) => sent.startsWith('BF51'))).toBe(false);
  });

  it('with a result that is too long to keep is answered from the card, after a reset', () => {
    const long = tlv(
      0xbf51,
      tlv(
        0xa0,
        tlv(0x30, tlv(0x80, EIM_ID), tlv(0x81, fromHex('01')), tlv(0x83, fromHex('07')), tlv(0x30, tlv(0xbf2d, new Uint8Array(4_000)))),
        tlv(0x5f37, new Uint8Array(64)),
      ),
    );
    const list = inTurn('BF2B02A200', tlv(0xbf2b, tlv(0xa2, long)), 'BF2B02A200');
    const { plain, peers } = peersOf({
      card: { BF51: long, BF2B04A00282: list },
      eim: { BF4F: inTurn(tlv(0xbf4f, PACKAGE), NO_PACKAGE), BF50: 'BF5006BF5303800107' },
    });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.MessageTooLong, packages: 1 });
    expect(plain.resets).toBe(1);
    expect(plain.esipa.find((message) => message.startsWith('BF50'))).toContain(hex(long));
    expect(plain.es10.at(-1)).not.toBe('');
  });
});

describe('IpaEuiccData', () => {
  const REQUEST = tlv(0xbf4f, tlv(0xbf52, tlv(0x5c, fromHex('BF22'))));
  const INFO = tlv(0xbf22, tlv(0x81, fromHex('020302')));

  it('ends the run when the network is lost while it goes out', () => {
    const { peers } = peersOf({ card: { BF22: INFO }, eim: { BF4F: inTurn(REQUEST, NO_PACKAGE), BF50: LOST } });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.NetworkConnectionLost });
  });

  it('ends the run when the connection is lost in the middle of it', () => {
    const long = tlv(0xbf22, tlv(0x81, fromHex('020302')), tlv(0x84, new Uint8Array(3_000)));
    const { plain, peers } = peersOf({ card: { BF22: long }, eim: { BF4F: inTurn(REQUEST, NO_PACKAGE) } });
    expect(new Session(peers, { networkBreaksOff: 'sending' }).run()).toMatchObject({ error: ErrorCode.NetworkConnectionLost });
    expect(plain.esipa.filter((message) => message.startsWith('BF50'))).toEqual([]);
  });

  it('ends the run when what the eIM acknowledges cannot be removed', () => {
    const { peers } = peersOf({
      card: { BF22: INFO, BF30: REFUSED },
      eim: { BF4F: inTurn(REQUEST, NO_PACKAGE), BF50: 'BF5006BF5303800107' },
    });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.StatusWord, detail: 0x6f00 });
  });
});

describe('an ES10 function of the host', () => {
  const run = (request: string, answers: Answers = {}, failing = false) => {
    const { plain, peers } = peersOf({ card: answers });
    const session = new Session(
      { ...peers, reset: () => void plain.reset() },
      { options: command(Command.Es10), initialEim: fromHex(request) },
    );
    session.tell(Event.Command, 0, session.commandBytes());
    for (;;) {
      const result = session.step();
      if (result) return { result, plain };
      if (failing && session.actions.at(-1) === Action.CardReset) session.tell(Event.CardFailed);
    }
  };

  it.each([
    ['that is none', '3000', ErrorCode.UnexpectedTag],
    ['that ends too early', 'BF2D055C', ErrorCode.Truncated],
  ])('%s is refused', (_, request, error) => {
    expect(run(request).result).toMatchObject({ error });
  });

  it('that the card refuses ends with its status word', () => {
    expect(run('BF2D00', { BF2D: REFUSED }).result).toMatchObject({ error: ErrorCode.StatusWord, detail: 0x6f00 });
  });

  it('that switched profiles tells when the card is gone afterwards', () => {
    const { result, plain } = run('BF3111A00C5A0A98001032547698103214810100', { BF31: 'BF3103800100' }, true);
    expect(result).toMatchObject({ error: ErrorCode.CardLost });
    expect(plain.resets).toBe(1);
  });
});
