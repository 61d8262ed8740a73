// SPDX-License-Identifier: Apache-2.0
// One eUICC with several eIMs (SGP.32 v1.2 §2.11.1.1, §3.3.1, §5.9.11): each with its own key, counter and token, in one list of results.
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { child, need, readInteger, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { hex, text, utf8 } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import { addInitialEimRequest, encodeEimConfigurationData } from '../../../host/sim/eim/configuration-data.js';
import { addEim, deleteEim, listEim, updateEim } from '../../../host/sim/eim/packages/eco.js';
import { euiccPackageRequest, euiccPackageSigned, type PackageOperations } from '../../../host/sim/eim/packages/euicc-package.js';
import { enable, getRat } from '../../../host/sim/eim/packages/psmo.js';
import type { SimulatedEuicc, SimulatedEuiccOptions } from '../../../host/sim/euicc/index.js';
import { makeMetadata, notifyAll } from '../../../host/sim/profile/index.js';
import { ask, askHex, EID, openedEuicc, pki, SMDP_ADDRESS } from './support/card.js';

const EUICC_KEY = createPublicKey(pki.euicc.privateKey);
const ICCID = '89000123456789012341';

/** One eIM of the test: what it signs with, and what it counts. */
interface Eim {
  readonly eimId: string;
  readonly privateKey: KeyObject;
  counterValue: number;
  readonly token: number;
}

function makeEim(eimId: string, token: number): Eim {
  return { eimId, privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, counterValue: 100, token };
}

function configurationOf({ eimId, privateKey, counterValue, token }: Eim): Uint8Array {
  const spki = Uint8Array.from(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
  const wantsToken = token > 0 ? { associationToken: -1 } : {};
  return encodeEimConfigurationData({ eimId, counterValue, eimPublicKeyData: { spki }, ...wantsToken });
}

/** Three eIMs: the first and the third asked for a token. */
function threeEims(options: Partial<SimulatedEuiccOptions> = {}): { euicc: SimulatedEuicc; eims: [Eim, Eim, Eim] } {
  const eims: [Eim, Eim, Eim] = [makeEim('one.example.com', 1), makeEim('two.example.com', 0), makeEim('three.example.com', 2)];
  const euicc = openedEuicc({
    profiles: [{ metadata: makeMetadata({ iccid: ICCID, notifications: notifyAll(SMDP_ADDRESS) }) }],
    ...options,
  });
  const answer = hex(ask(euicc, addInitialEimRequest(...eims.map(configurationOf))).raw);
  expect(answer).toBe('BF570AA008840101' + '0500' + '840102');
  return { euicc, eims };
}

function request(eim: Eim, operations: PackageOperations, signer = eim): Uint8Array {
  const signed = euiccPackageSigned({ eimId: eim.eimId, eid: EID, counterValue: ++eim.counterValue, operations });
  return euiccPackageRequest(signed, signer.token, signer.privateKey);
}

/** Runs a package; the data of its result, with the signature checked for this eIM's token alone. */
function run(euicc: SimulatedEuicc, eim: Eim, operations: PackageOperations): Tlv {
  return dataFor(eim, need(ask(euicc, request(eim, operations)), 0xa0));
}

function dataFor(eim: Eim, signed: Tlv): Tlv {
  const data = need(signed, 0x30);
  const signature = need(signed, 0x5f37).value;
  const tokens = [0, 1, 2].filter((token) => verifyRs(EUICC_KEY, signature, data.raw, tlv(0x84, Uint8Array.of(token))));
  expect(tokens).toEqual([eim.token]);
  expect(text(need(data, 0x80).value)).toBe(eim.eimId);
  return data;
}

function results(data: Tlv): string[] {
  return need(data, 0x30).children.map((each) => hex(each.raw));
}

const RAT = { psmos: [getRat()] };

describe('results', () => {
  test('each names its eIM and counter, and is signed with the token of that eIM', () => {
    const { euicc, eims } = threeEims();
    const counters = eims.map((eim) => readInteger(need(run(euicc, eim, RAT), 0x81)));
    expect(counters).toEqual([101, 101, 101]);
    expect(euicc.packageResults.map((each) => [each.seqNumber, each.eimId])).toEqual([
      [1, 'one.example.com'],
      [2, 'two.example.com'],
      [3, 'three.example.com'],
    ]);
  });

  test('are found by number, all together, and apart from notifications, which are found by event', () => {
    const { euicc, eims } = threeEims();
    run(euicc, eims[0], RAT);
    run(euicc, eims[2], { psmos: [enable(ICCID)] });
    run(euicc, eims[1], RAT);
    const numbered = (seqNumber: number): Tlv => need(ask(euicc, `BF2B05A0038001${hex(Uint8Array.of(seqNumber))}`), 0xa2).children[0]!;
    dataFor(eims[0], need(numbered(1), 0xa0));
    dataFor(eims[2], need(numbered(2), 0xa0));
    dataFor(eims[1], need(numbered(4), 0xa0));
    const all = need(ask(euicc, 'BF2B04A0028200'), 0xa2).children;
    expect(all.map((each) => hex(each.raw))).toEqual([1, 2, 4].map((seqNumber) => hex(numbered(seqNumber).raw)));
    const enabled = need(ask(euicc, 'BF2B06A00481020640'), 0xa0).children;
    expect(enabled.map((each) => readInteger(need(need(each, 0xbf2f), 0x80)))).toEqual([3]);
    expect(askHex(euicc, 'BF2B06A00481020780')).toBe('BF2B02A000');
  });

  test('when there is no more room, the oldest one goes, whose ever it is', () => {
    const { euicc, eims } = threeEims({ maximumPackageResults: 2 });
    for (const eim of eims) run(euicc, eim, RAT);
    expect(euicc.packageResults.map((each) => each.eimId)).toEqual(['two.example.com', 'three.example.com']);
    expect(askHex(euicc, 'BF2B05A003800101')).toBe('BF2B02A000');
    expect(askHex(euicc, 'BF3003800101')).toBe('BF3003800101');
  });

  test('stay when their eIM is deleted', () => {
    const { euicc, eims } = threeEims();
    run(euicc, eims[1], RAT);
    run(euicc, eims[0], { ecos: [deleteEim('two.example.com')] });
    dataFor(eims[1], need(need(ask(euicc, 'BF2B05A003800101'), 0xa2).children[0]!, 0xa0));
  });
});

describe('keys and counters', () => {
  test('the key or token of another eIM: unsigned error with the token of the one named', () => {
    const { euicc, eims } = threeEims();
    const [one, two] = eims;
    const forged = need(ask(euicc, request(one, RAT, two)), 0xa2);
    expect(hex(forged.raw)).toBe('A214800F6F6E652E6578616D706C652E636F6D840101');
    expect(child(need(ask(euicc, request(two, RAT, one)), 0xa2), 0x84)).toBeUndefined();
    expect(euicc.packageResults).toEqual([]);
  });

  test('each has its own counter', () => {
    const { euicc, eims } = threeEims();
    eims[0].counterValue = 5_000;
    run(euicc, eims[0], RAT);
    run(euicc, eims[1], RAT);
    expect(euicc.eimConfigurations.map((each) => each.counterValue)).toEqual([5_001, 101, 100]);
    eims[0].counterValue = 5_000;
    const replayed = dataFor(eims[0], need(ask(euicc, request(eims[0], RAT)), 0xa1));
    expect(readInteger(need(replayed, 0x02))).toBe(4);
  });
});

describe('eIMs about each other', () => {
  const info = (eimId: string): Uint8Array => tlv(0x30, tlv(0x80, utf8(eimId)));
  const list = (...eims: readonly Eim[]): string => hex(tlv(0xab, tlv(0xa0, ...eims.map(({ eimId }) => info(eimId)))));

  test('one lists all and deletes another, which has nothing to say then', () => {
    const { euicc, eims } = threeEims();
    const [one, two, three] = eims;
    expect(results(run(euicc, one, { ecos: [listEim()] }))).toEqual([list(one, two, three)]);
    expect(results(run(euicc, one, { ecos: [deleteEim(two.eimId), listEim()] }))).toEqual(['890100', list(one, three)]);
    expect(hex(ask(euicc, request(two, RAT)).raw)).toBe('BF5113A211800F74776F2E6578616D706C652E636F6D');
  });

  test('one raises the counter of another, whose token stays', () => {
    const { euicc, eims } = threeEims();
    const [one, , three] = eims;
    expect(results(run(euicc, one, { ecos: [updateEim({ eimId: three.eimId, counterValue: 300 })] }))).toEqual(['8A0100']);
    expect(euicc.eimConfigurations.at(-1)).toEqual({ eimId: three.eimId, counterValue: 300, associationToken: 2 });
    expect(readInteger(need(dataFor(three, need(ask(euicc, request(three, RAT)), 0xa1)), 0x02))).toBe(4);
    three.counterValue = 300;
    run(euicc, three, RAT);
  });

  test('one that was deleted and added again gets a new token', () => {
    const { euicc, eims } = threeEims();
    const [one, , three] = eims;
    run(euicc, one, { ecos: [deleteEim(three.eimId)] });
    const spki = Uint8Array.from(createPublicKey(three.privateKey).export({ type: 'spki', format: 'der' }));
    const again = addEim({ eimId: three.eimId, counterValue: 100, associationToken: -1, eimPublicKeyData: { spki } });
    expect(results(run(euicc, one, { ecos: [again] }))).toEqual(['A803840103']);
    expect(ask(euicc, request({ ...three }, RAT)).children.map((each) => each.tag)).toEqual([0xa2]);
    expect(need(ask(euicc, request({ ...three, token: 3 }, RAT)), 0xa0)).toBeDefined();
  });
});
