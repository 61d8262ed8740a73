// SPDX-License-Identifier: Apache-2.0
// LoadEuiccPackage (SGP.32 v1.2 §5.9.1, §3.3.1): the checks before execution in their order, the signed result, and how it is kept.
import { describe, expect, test } from 'vitest';
import { child, need, readInteger, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { getRat, listProfileInfo } from '../../../host/sim/eim/packages/psmo.js';
import { makeMetadata } from '../../../host/sim/profile/index.js';
import { ask, askHex, damaged, openIsdr, refused, withChild } from './support/card.js';
import {
  codes,
  configuration,
  EIM_ID,
  managedEuicc,
  type PackageChange,
  packageRequest,
  run,
  signedErrorCode,
  unsignedError,
  verified,
} from './support/eim.js';

const PSMOS = { psmos: [getRat()] };

function request(change: PackageChange = {}, euicc = managedEuicc()): Uint8Array {
  return packageRequest(euicc, PSMOS, change);
}

describe('accepted', () => {
  test('the result repeats eIM, counter and transaction, is numbered and signed', () => {
    const euicc = managedEuicc();
    const data = verified(need(ask(euicc, request()), 0xa0));
    expect(data.children.map((each) => each.tag)).toEqual([0x80, 0x81, 0x82, 0x83, 0x30]);
    expect(hex(need(data, 0x80).value)).toBe(hex(new TextEncoder().encode(EIM_ID)));
    expect(readInteger(need(data, 0x81))).toBe(11);
    expect(hex(need(data, 0x82).value)).toBe('0123456789ABCDEF');
    expect(readInteger(need(data, 0x83))).toBe(1);
  });

  test('without a transaction, the result has none', () => {
    const euicc = managedEuicc();
    const data = verified(need(ask(euicc, request({ withoutTransaction: true })), 0xa0));
    expect(data.children.map((each) => each.tag)).toEqual([0x80, 0x81, 0x83, 0x30]);
  });

  test('the token is part of what both sign', () => {
    const euicc = managedEuicc({}, { associationToken: -1 });
    expect(euicc.eimConfigurations).toEqual([{ eimId: EIM_ID, counterValue: 10, associationToken: 1 }]);
    expect(codes(run(euicc, PSMOS))).toEqual([[0xa6]]);
    expect(unsignedError(euicc, request({ token: 0, counterValue: 99 }))).toEqual({ transaction: true, token: 1 });
  });

  test('the eIM key may come in a certificate, or as a whole object under its tag', () => {
    const spki = readTlv(configuration()).children.find((each) => each.tag === 0xa5)!;
    const nested = tlv(0xa5, tlv(0xa0, tlv(0x30, spki.children[0]!.value)));
    const euicc = managedEuicc({ eimConfigurations: [withChild(configuration(), 0xa5, nested)] });
    expect(codes(run(euicc, PSMOS))).toEqual([[0xa6]]);
  });

  test('unknown fields inside the signed part are ignored', () => {
    const extraFields = [tlv(0x9f26, Uint8Array.of(1, 2, 3)), tlv(0xbf7f, tlv(0x80))];
    expect(codes(run(managedEuicc(), PSMOS, { extraFields }))).toEqual([[0xa6]]);
  });

  test('the counter is stored; the largest one works', () => {
    const euicc = managedEuicc();
    run(euicc, PSMOS, { counterValue: 0x7fffff });
    expect(euicc.eimConfigurations[0]!.counterValue).toBe(0x7fffff);
    run(euicc, PSMOS, { counterValue: 0x7fffffff });
    expect(euicc.eimConfigurations[0]!.counterValue).toBe(0x7fffffff);
  });

  test('the result is kept until it is removed, over resets', () => {
    const euicc = managedEuicc();
    const result = hex(ask(euicc, request()).raw);
    openIsdr(euicc);
    expect(hex(need(ask(euicc, 'BF2B05A003800101'), 0xa2).value)).toBe(result);
    expect(hex(need(ask(euicc, 'BF2B04A0028200'), 0xa2).value)).toBe(result);
    expect(euicc.packageResults).toMatchObject([{ seqNumber: 1, eimId: EIM_ID, counterValue: 11 }]);
    expect(askHex(euicc, 'BF3003800101')).toBe('BF3003800100');
    expect(askHex(euicc, 'BF2B04A0028200')).toBe('BF2B02A200');
    expect(askHex(euicc, 'BF3003800101')).toBe('BF3003800101');
  });

  test('when too many are kept, the oldest goes', () => {
    const euicc = managedEuicc({ maximumPackageResults: 3 });
    for (let count = 0; count < 5; count++) run(euicc, PSMOS);
    expect(euicc.packageResults.map((each) => each.seqNumber)).toEqual([3, 4, 5]);
  });
});

describe('unsigned errors, in the order of the checks', () => {
  const invalid = '49'.repeat(32);

  test('not even an eimId: 6A80', () => {
    expect(refused(managedEuicc(), 'BF5100')).toBe('6A80');
    expect(refused(managedEuicc(), 'BF51023000')).toBe('6A80');
    expect(refused(managedEuicc(), tlv(0xbf51, tlv(0x30, tlv(0x80, new Uint8Array(129)))))).toBe('6A80');
  });

  test('cannot be decoded: eimId, and the token when the eIM is known', () => {
    const euicc = managedEuicc({}, { associationToken: -1 });
    const signed = need(readTlv(request({}, euicc)), 0x30).raw;
    const broken = [
      withChild(request({}, euicc), 0x5f37, undefined),
      ...[0x5a, 0x81, 0xa0].map((tag) => tlv(0xbf51, withChild(signed, tag, undefined), tlv(0x5f37, fromHex(invalid)))),
      tlv(0xbf51, withChild(signed, 0x5a, tlv(0x5a, new Uint8Array(10))), tlv(0x5f37, fromHex(invalid))),
    ];
    for (const each of broken) expect(unsignedError(euicc, each)).toEqual({ transaction: true, token: 1 });
    const noTransaction = tlv(0xbf51, withChild(signed, 0x82, tlv(0x82)), tlv(0x5f37, fromHex(invalid)));
    expect(unsignedError(euicc, noTransaction)).toEqual({ transaction: false, token: 1 });
  });

  test('unknown eIM: its eimId, no token', () => {
    const euicc = managedEuicc({}, { associationToken: -1 });
    expect(unsignedError(euicc, request({ eimId: 'other.example.com' }))).toEqual({ transaction: true, token: undefined });
    expect(hex(ask(euicc, request({ eimId: 'x' })).raw)).toBe('BF510FA20D800178 8208 0123456789ABCDEF'.replace(/ /g, ''));
  });

  test('wrong signature: before EID and counter are looked at', () => {
    const euicc = managedEuicc();
    expect(unsignedError(euicc, damaged(request()))).toEqual({ transaction: true, token: undefined });
    expect(unsignedError(euicc, damaged(request({ eid: '8'.repeat(32) })))).toEqual({ transaction: true, token: undefined });
  });

  test('errors change nothing and are not kept', () => {
    const euicc = managedEuicc();
    ask(euicc, damaged(request()));
    ask(euicc, request({ counterValue: 10 }));
    expect(euicc.eimConfigurations[0]!.counterValue).toBe(10);
    expect(euicc.packageResults).toEqual([]);
  });
});

describe('signed errors, in the order of the checks', () => {
  test('another EID: invalidEid(3), before the counter', () => {
    expect(signedErrorCode(managedEuicc(), request({ eid: '89049032123451234512345678901334', counterValue: 1 }))).toBe(3);
  });

  test('a counter not greater than the stored one: replayError(4)', () => {
    const euicc = managedEuicc();
    const first = request();
    ask(euicc, first);
    expect(signedErrorCode(euicc, first)).toBe(4);
    expect(signedErrorCode(euicc, request({ counterValue: 3 }))).toBe(4);
    expect(signedErrorCode(euicc, request({ counterValue: -1 }))).toBe(4);
    expect(euicc.packageResults).toHaveLength(1);
  });

  test('a counter beyond the range: counterValueOutOfRange(6)', () => {
    expect(signedErrorCode(managedEuicc(), request({ counterValue: 0x80000000 }))).toBe(6);
  });

  test('a package that is too large: sizeOverflow(15)', () => {
    expect(signedErrorCode(managedEuicc({ maximumPackageBytes: 100 }), request())).toBe(15);
  });

  test('during an emergency call: ecallActive(104)', () => {
    const metadata = makeMetadata({ iccid: '89000123456789012341', ecallIndication: true });
    const euicc = managedEuicc({ profiles: [{ metadata, state: 'enabled' }] });
    expect(signedErrorCode(euicc, request())).toBe(104);
  });

  test('the error repeats eIM, counter and transaction', () => {
    const data = verified(need(ask(managedEuicc(), request({ counterValue: 2 })), 0xa1));
    expect(data.children.map((each) => each.tag)).toEqual([0x80, 0x81, 0x82, 0x02]);
    expect(readInteger(need(data, 0x81))).toBe(2);
  });
});

describe('operations', () => {
  test('an unknown operation ends the package: processingTerminated unknownOrDamagedCommand(2)', () => {
    const unknown = { operation: 'unknown', bytes: fromHex('BF7E00') };
    expect(codes(run(managedEuicc(), { psmos: [getRat(), unknown, getRat()] }))).toEqual([[0xa6], [0x02, 2]]);
    expect(codes(run(managedEuicc(), { ecos: [unknown] }))).toEqual([[0x02, 2]]);
  });

  test('a list that does not fit ends the package: processingTerminated resultSizeOverflow(1)', () => {
    const profiles = [{ metadata: makeMetadata({ iccid: '89000123456789012341' }) }];
    const list = listProfileInfo({ tags: [0x5a] });
    expect(codes(run(managedEuicc({ maximumResultBytes: 40, profiles }), { psmos: [list, list, list, getRat()] }))).toEqual([
      [0xbf2d],
      [0xbf2d],
      [0x02, 1],
    ]);
  });

  test('an empty list gives an empty result', () => {
    expect(run(managedEuicc(), { psmos: [] })).toEqual([]);
  });

  test('a failing operation ends the package; the counter counts all the same', () => {
    const euicc = managedEuicc();
    const badSearch = { operation: 'listProfileInfo', bytes: fromHex('BF2D05A003800101') };
    expect(run(euicc, { psmos: [badSearch, getRat()] }).map((each) => hex(each.raw))).toEqual(['BF2D03810101']);
    expect(euicc.eimConfigurations[0]!.counterValue).toBe(11);
  });

  test('a package in several blocks of any size', () => {
    const euicc = managedEuicc();
    const long = packageRequest(euicc, { psmos: Array.from({ length: 60 }, () => listProfileInfo({ tags: [0x5a] })) });
    expect(long.length).toBeGreaterThan(255);
    expect(need(verified(need(ask(euicc, long), 0xa0)), 0x30).children).toHaveLength(60);
  });

  test('what follows the signature is ignored', () => {
    const euicc = managedEuicc();
    const parts = readTlv(request()).children.map((each) => each.raw);
    expect(child(ask(euicc, tlv(0xbf51, concat(...parts), tlv(0x85, Uint8Array.of(1)))), 0xa0)).toBeDefined();
  });
});
