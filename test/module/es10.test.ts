// SPDX-License-Identifier: Apache-2.0
// ES10 commands by themselves: the cutting of bound profile packages (SGP.22 v2.5 §2.5.5) and STORE DATA (§5.7.2), answers that
// are not what they should be, and the published packages when their folder is there (IPA_SHARED).

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../host/abi.js';
import { readTlv, type Tlv, tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex, hex, utf8 } from '../../host/sim/codec/bytes.js';
import { inProject } from '../../scripts/paths.js';
import { Internals } from './support/internals.js';
import { Session } from './support/session.js';
import { type Answer, EIM_ID, inTurn, SimplePeers } from './support/simple-peers.js';

const parts = new Internals();
const headerBytes = (element: Tlv) => element.raw.length - element.value.length;

/** The commands that a package becomes by the module's rule, walking over all its elements. */
function segments(bpp: Uint8Array): Uint8Array[] {
  const outer = readTlv(bpp);
  const commands: { length: number; bytes: Uint8Array[] }[] = [];
  const take = (element: Tlv, depth: number, parent: number) => {
    const length = parts.segment({
      bppHeaderBytes: headerBytes(outer),
      depth,
      parent,
      tag: element.tag,
      header: headerBytes(element),
      whole: element.raw.length,
    });
    if (length < 0) throw new Error(`refused: ${length}`);
    if (length > 0) commands.push({ length, bytes: element.tag === 0xbf23 ? [outer.raw.subarray(0, headerBytes(outer))] : [] });
    commands.at(-1)!.bytes.push(element.raw.subarray(0, element.constructed ? headerBytes(element) : element.raw.length));
    for (const child of element.children) take(child, depth + 1, element.tag);
  };
  for (const element of outer.children) take(element, 4, 0xbf36);
  return commands.map(({ length, bytes }) => {
    const command = concat(...bytes);
    expect(command.length, 'as long as announced').toBe(length);
    return command;
  });
}

describe('a bound profile package', () => {
  const frozen = JSON.parse(readFileSync(inProject('test/vectors/bound-profile-package.json'), 'utf8')) as {
    package: string;
    segments: string[];
  };

  it('is cut at the places of the clause', () => {
    expect(segments(fromHex(frozen.package)).map(hex)).toEqual(frozen.segments);
    expect(frozen.segments.join('')).toBe(frozen.package);
  });

  it.each([0x80, 0x30, 0x87, 0xa4, 0xbf25, 0xbf36])('with an element %i where none may be is refused', (tag) => {
    expect(parts.segment({ bppHeaderBytes: 5, depth: 4, parent: 0xbf36, tag, header: 2, whole: 10 })).toBe(ErrorCode.UnexpectedTag);
  });

  it.each([
    [0xa1, 0x88],
    [0xa3, 0x86],
    [0xa1, 0x30],
  ])('has a command for each element of %i, whatever its tag', (parent, tag) => {
    expect(parts.segment({ bppHeaderBytes: 5, depth: 5, parent, tag, header: 4, whole: 1020 })).toBe(1020);
    expect(parts.segment({ bppHeaderBytes: 5, depth: 6, parent: tag, tag, header: 2, whole: 9 }), 'not for what is inside').toBe(0);
  });

  it.each([0xa0, 0xa2])('sends %i whole', (tag) => {
    expect(parts.segment({ bppHeaderBytes: 5, depth: 4, parent: 0xbf36, tag, header: 2, whole: 28 })).toBe(28);
    expect(parts.segment({ bppHeaderBytes: 5, depth: 5, parent: tag, tag: 0x87, header: 2, whole: 26 })).toBe(0);
  });
});

describe.skipIf(!process.env.IPA_SHARED)('published bound profile packages', () => {
  const vectors = path.join(process.env.IPA_SHARED ?? '', 'vectors');
  const bytesOf = (file: string) => new Uint8Array(readFileSync(path.join(vectors, file)));
  /** The numbers behind "segment lengths in order" in vectors.md. */
  const listedLengths = () => {
    const [, list = ''] =
      /segment lengths in order = \[([\d, ]+)\]/.exec(readFileSync(path.join(vectors, '..', 'vectors.md'), 'utf8')) ?? [];
    return list.split(',').map(Number);
  };

  it('one of 12,900 bytes has segments of the listed lengths', () => {
    const bpp = bytesOf('laf0rge_bpp.ber');
    const cut = segments(bpp);
    expect(listedLengths().length).toBeGreaterThan(10);
    expect(cut.map(({ length }) => length)).toEqual(listedLengths());
    expect(hex(concat(...cut))).toBe(hex(bpp));
  });

  it.each(['laf0rge_bpp.ber', 'waigel_bound-profile-package.der'])(
    '%s goes through the module as it is, in blocks of every kind',
    (file) => {
      const bpp = bytesOf(file);
      for (const blockBytes of [16, 63, 120, 255]) expect(loaded(bpp, { blockBytes }).join('')).toBe(hex(bpp));
    },
  );
});

const SESSION_ID = fromHex('0102030405060708');
const SIGNATURE = tlv(0x5f37, new Uint8Array(64).fill(0x5a));
const CERTIFICATE = tlv(0x30, tlv(0x04, new Uint8Array(300).fill(0xce)));
const SIGNED2 = tlv(0x30, tlv(0x80, SESSION_ID), fromHex('010100'));
const PIR = tlv(
  0xbf37,
  tlv(
    0xbf27,
    tlv(0x80, SESSION_ID),
    tlv(0xbf2f, fromHex('80010781020780'), tlv(0x0c, utf8('smdp.example.com'))),
    fromHex('06028837 A204A0024F00'),
  ),
  SIGNATURE,
);
const TRIGGER = tlv(0xbf4f, tlv(0xbf54, tlv(0x82, fromHex('AABB'))));

/** Peers of a download up to the package. */
function download(bpp: Uint8Array, answers: { card?: Record<string, Answer>; eim?: Record<string, Answer> } = {}): SimplePeers {
  const serverSigned1 = tlv(
    0x30,
    tlv(0x80, SESSION_ID),
    tlv(0x81, new Uint8Array(16)),
    tlv(0x83, utf8('smdp.example.com')),
    tlv(0x84, new Uint8Array(16)),
  );
  return new SimplePeers({
    card: {
      BF20: tlv(0xbf20, fromHex('8203020500')),
      BF2E: tlv(0xbf2e, tlv(0x80, new Uint8Array(16))),
      BF38: tlv(0xbf38, tlv(0xa0, tlv(0x30, tlv(0x80, SESSION_ID)), SIGNATURE, CERTIFICATE, CERTIFICATE)),
      BF21: tlv(0xbf21, tlv(0xa0, SIGNED2, SIGNATURE)),
      BF41: tlv(0xbf41, tlv(0xa0, tlv(0x30, tlv(0x80, SESSION_ID)), SIGNATURE)),
      BF36: '',
      A0: '',
      A1: '',
      A2: '',
      A3: '',
      88: '',
      86: '',
      ...answers.card,
    },
    eim: {
      BF4F: inTurn(TRIGGER, 'BF4F03020101'),
      BF39: tlv(0xbf39, tlv(0xa0, tlv(0x80, SESSION_ID), serverSigned1, SIGNATURE, tlv(0x04, new Uint8Array(20)), CERTIFICATE)),
      BF3B: tlv(0xbf3b, tlv(0xa0, tlv(0x80, SESSION_ID), SIGNED2, SIGNATURE, CERTIFICATE)),
      BF3A: tlv(0xbf3a, tlv(0xa0, tlv(0x80, SESSION_ID), bpp)),
      BF41: tlv(0xbf41, tlv(0xa0)),
      ...answers.eim,
    },
  });
}

const isSegment = (command: string) => /^(BF36|A[0-3]|8[68])/.test(command);

/** The segments that a package becomes in the whole module; the last one is answered with a result. */
function loaded(bpp: Uint8Array, options: { blockBytes: number }): string[] {
  const count = segments(bpp).length;
  let left = count;
  const answer: Answer = () => (--left === 0 ? PIR : '');
  const card = Object.fromEntries(['BF36', 'A0', 'A1', 'A2', 'A3', '88', '86'].map((start) => [start, answer]));
  const peers = download(bpp, { card });
  expect(new Session(peers, { ...options, cutNetwork: (length) => [length >> 2, length >> 1] }).run()).toMatchObject({
    error: 0,
    profilesInstalled: 1,
  });
  return peers.es10.filter(isSegment);
}

describe('loading a bound profile package', () => {
  const frozen = JSON.parse(readFileSync(inProject('test/vectors/bound-profile-package.json'), 'utf8')) as {
    package: string;
    segments: string[];
  };
  const bpp = fromHex(frozen.package);

  it('stops at the first status word that is an error, and cancels the session', () => {
    const peers = download(bpp, { card: { A2: { status: '6A80' } } });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.StatusWord, detail: 0x6a80, profilesInstalled: 0 });
    expect(peers.es10.filter(isSegment)).toEqual(frozen.segments.slice(0, 6));
    expect(peers.es10).toContain(`BF410D8008${hex(SESSION_ID)}810105`);
  });

  it('without a result at the end is told as such', () => {
    const peers = download(bpp);
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.NoInstallationResult, profilesInstalled: 0 });
    expect(peers.es10).toContain(`BF410D8008${hex(SESSION_ID)}810105`);
  });

  it('with a result that cannot be read fails', () => {
    const peers = download(bpp, { card: { A0: 'BF3703BF2700' } });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.MissingElement, profilesInstalled: 0 });
  });

  it('with a second package behind the first is refused', () => {
    const twice = concat(bpp, bpp);
    const peers = download(twice);
    expect(new Session(peers).run().error).toBe(ErrorCode.UnexpectedTag);
  });

  it('goes on to its result when an unknown element follows the package', () => {
    const count = segments(bpp).length;
    let left = count;
    const answer: Answer = () => (--left === 0 ? PIR : '');
    const card = Object.fromEntries(['BF36', 'A0', 'A1', 'A2', 'A3', '88', '86'].map((start) => [start, answer]));
    const unknown = tlv(0xbe, tlv(0x80, new Uint8Array(300)));
    for (const blockBytes of [16, 255]) {
      left = count;
      const peers = download(concat(bpp, unknown), { card });
      expect(new Session(peers, { blockBytes }).run()).toMatchObject({ error: 0, profilesInstalled: 1 });
      expect(peers.es10.some((each) => each.startsWith('BF41'))).toBe(false);
    }
  });

  it('cut off by the network leaves the result to the eUICC', () => {
    const peers = download(bpp, { eim: { BF3A: tlv(0xbf3a, tlv(0xa0, bpp)).subarray(0, 900) } });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.Truncated, profilesInstalled: 0 });
  });
});

describe('headers at the end of a window or a block', () => {
  /** A list of notifications whose headers move by one byte from test to test. */
  it('are passed on from the card to the network wherever they fall', () => {
    for (let fill = 930; fill < 1030; fill++) {
      const notification = tlv(
        0x30,
        tlv(0xbf2f, fromHex('80010781020640')),
        tlv(0x04, new Uint8Array(fill)),
        tlv(0xbf51, tlv(0x5f37, new Uint8Array(5)), tlv(0x30, tlv(0x5a))),
      );
      const list = inTurn(tlv(0xbf2b, tlv(0xa0, notification)), 'BF2B02A000');
      const peers = new SimplePeers({ card: { BF2B00: list } });
      expect(new Session(peers).run(), `filled with ${fill} bytes`).toMatchObject({ error: 0, notifications: 1 });
      expect(peers.esipa[0]).toBe(hex(tlv(0xbf3d, tlv(0xa0, notification))));
      expect(peers.es10).toContain('BF3003800107');
    }
  });

  it('are passed on from the network to the card wherever they fall', () => {
    for (let fill = 200; fill < 300; fill++) {
      const request = tlv(
        0xbf51,
        tlv(0x30, tlv(0x80, EIM_ID), tlv(0x81, fromHex('01')), tlv(0xbf2d, tlv(0x04, new Uint8Array(fill)), tlv(0xbf51, tlv(0x5f37)))),
        SIGNATURE,
      );
      const result = tlv(0xbf51, tlv(0xa0, tlv(0x30, tlv(0x80, EIM_ID), fromHex('830107'), tlv(0x30, fromHex('850100'))), SIGNATURE));
      const peers = new SimplePeers({ card: { BF51: result }, eim: { BF4F: inTurn(tlv(0xbf4f, request), 'BF4F03020101') } });
      expect(new Session(peers, { cutNetwork: (length) => [fill % length] }).run(), `filled with ${fill} bytes`).toMatchObject({
        error: 0,
        packages: 1,
      });
      expect(peers.es10).toContain(hex(request));
    }
  });
});

describe('answers of the eUICC that are not what they should be', () => {
  const run = (card: Record<string, Answer>) => new Session(new SimplePeers({ card })).run();

  it.each([
    ['an EID with wrong check digits', 'BF3E125A1089049032123451234512345678901234', ErrorCode.BadEid],
    ['an EID that is too short', 'BF3E115A0F890490321234512345123456789012', ErrorCode.BadEid],
    ['an EID with letters', 'BF3E125A108904903212345123451234567890123A', ErrorCode.BadEid],
    ['no EID', 'BF3E00', ErrorCode.Truncated],
    ['another element', 'BF3E03800100', ErrorCode.UnexpectedTag],
    ['another function', 'BF2D02A000', ErrorCode.UnexpectedTag],
    ['nothing', '', ErrorCode.Truncated],
    ['bytes behind the answer', 'BF3E125A108904903212345123451234567890123500', ErrorCode.TrailingBytes],
    ['an EID that reaches past its answer', 'BF3E025A1089049032123451234512345678901235', ErrorCode.Overrun],
    ['an answer that is cut off', 'BF3E125A10890490', ErrorCode.Overrun],
  ])('%s', (_, answer, error) => {
    expect(run({ BF3E: answer })).toMatchObject({ error });
  });

  it.each([
    ['no eIM, and the host brings none', 'BF5502A000', ErrorCode.NoInitialEim],
    ['an entry without eimId', 'BF5507A0053003820102', ErrorCode.MissingElement],
    ['an entry that is none', 'BF5505A003800100', ErrorCode.UnexpectedTag],
    ['an eimId without bytes', 'BF5506A00430028000', ErrorCode.BadValue],
    ['another function', 'BF2D02A000', ErrorCode.UnexpectedTag],
    ['a list that is cut off', 'BF5510A00E300C8003', ErrorCode.Truncated],
    ['an entry that is larger than the list', 'BF5506A004300A8001', ErrorCode.Overrun],
    ['nothing', '', ErrorCode.Truncated],
    ['an entry without address whose eimId is none', 'BF550AA008300680013182010 1'.replaceAll(' ', ''), ErrorCode.MissingElement],
  ])('%s', (_, answer, error) => {
    expect(run({ BF55: answer })).toMatchObject({ error });
  });

  it('an entry that is larger than the message buffer', () => {
    const entry = tlv(0x30, tlv(0x80, EIM_ID), tlv(0xa5, tlv(0x04, new Uint8Array(3_100))));
    expect(run({ BF55: tlv(0xbf55, tlv(0xa0, entry)) })).toMatchObject({ error: ErrorCode.MessageTooLong });
  });

  it('RemoveNotificationFromList refused', () => {
    const kept = tlv(0xbf2b, tlv(0xa0, tlv(0x30, tlv(0xbf2f, fromHex('800107')), SIGNATURE)));
    expect(run({ BF2B00: kept, BF30: 'BF300380017F' })).toMatchObject({ error: ErrorCode.EuiccRefused, detail: 127, notifications: 0 });
  });

  it('nothingToDelete, which is as good as removed', () => {
    const list = inTurn(tlv(0xbf2b, tlv(0xa0, tlv(0x30, tlv(0xbf2f, fromHex('800107')), SIGNATURE))), 'BF2B02A000');
    expect(run({ BF2B00: list, BF30: 'BF3003800101' })).toMatchObject({ error: 0, notifications: 1 });
  });

  it('a second answer to IpaEuiccData that is longer than the first', () => {
    const ask = tlv(0xbf4f, tlv(0xbf52, fromHex('5C02BF22'), tlv(0x83, fromHex('0102'))));
    const answer = inTurn(tlv(0xbf22, tlv(0x81, new Uint8Array(10))), tlv(0xbf22, tlv(0x81, new Uint8Array(40))));
    const peers = new SimplePeers({ card: { BF22: answer }, eim: { BF4F: inTurn(ask, 'BF4F03020101') } });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.BadResponse, packages: 1 });
    expect(peers.esipa).toContain(
      hex(
        tlv(
          0xbf50,
          tlv(0x5a, fromHex('89049032123451234512345678901235')),
          tlv(0xbf52, tlv(0xa1, tlv(0x80, fromHex('0102')), fromHex('02017F'))),
        ),
      ),
    );
  });

  it('a second answer to IpaEuiccData that is longer than the first by all that would still come', () => {
    const ask = tlv(0xbf4f, tlv(0xbf52, fromHex('5C03BF22A9')));
    const device = fromHex('A90D800435290611A10585030D0000');
    const answer = inTurn(tlv(0xbf22, tlv(0x81, new Uint8Array(10))), tlv(0xbf22, tlv(0x81, new Uint8Array(10 + device.length))));
    const peers = new SimplePeers({ card: { BF22: answer }, eim: { BF4F: inTurn(ask, 'BF4F03020101') } });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.BadResponse, packages: 1 });
  });

  it('a second answer to IpaEuiccData that is shorter than the first', () => {
    const ask = tlv(0xbf4f, tlv(0xbf52, fromHex('5C02BF22')));
    const answer = inTurn(tlv(0xbf22, tlv(0x81, new Uint8Array(40))), tlv(0xbf22, tlv(0x81, new Uint8Array(10))));
    const peers = new SimplePeers({ card: { BF22: answer }, eim: { BF4F: inTurn(ask, 'BF4F03020101') } });
    expect(new Session(peers).run()).toMatchObject({ error: ErrorCode.BadResponse });
  });
});
