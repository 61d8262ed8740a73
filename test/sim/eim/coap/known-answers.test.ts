// SPDX-License-Identifier: Apache-2.0
// The bytes on the wire, written out by hand from RFC 7252 §3 and RFC 7959 §2.2: whole exchanges, and the numbers in block options.
import { afterEach, beforeAll, expect, test } from 'vitest';
import { tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../../host/sim/codec/bytes.js';
import { type BlockBytes, blockValue, readBlock } from '../../../../host/sim/eim/coap/block.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { EID, TestCard } from '../support/card.js';
import { type Bed, queueBody, startBed } from './support/bed.js';

/** Options Uri-Path "gsma", "rsp2", "asn1": delta 11 and 4 bytes, then delta 0 and 4 bytes twice. */
const PATH = 'B4 67736D61  04 72737032  04 61736E31';
const GET_EIM_PACKAGE = `BF4F12 5A10 ${EID}`;

let pki: TestPki;
let bed: Bed;

beforeAll(async () => {
  pki = await createTestPki();
});
afterEach(() => bed.eim.close());

const bytes = (text: string): string => text.replace(/\s+/g, '');

test('GetEimPackage and its answer noEimPackageAvailable', async () => {
  bed = startBed(pki);
  // 44: version 1, CON, token of 4 bytes; 02: POST. 64: ACK with the same token and message ID; 45: 2.05 Content; no options.
  const answers = await bed.wire.receive(`44 02 1234 A1B2C3D4 ${PATH} FF ${GET_EIM_PACKAGE}`);
  expect(answers).toEqual([bytes('64 45 1234 A1B2C3D4 FF BF4F03020101')]);
});

test('the same without a token', async () => {
  bed = startBed(pki);
  expect(await bed.wire.receive(`40 02 0001 ${PATH} FF ${GET_EIM_PACKAGE}`)).toEqual([bytes('60 45 0001 FF BF4F03020101')]);
});

test('not confirmable: the answer neither, with a message ID of its own', async () => {
  bed = startBed(pki);
  const [answer = ''] = await bed.wire.receive(`54 02 1234 A1B2C3D4 ${PATH} FF ${GET_EIM_PACKAGE}`);
  expect(answer).toMatch(/^5445.{4}A1B2C3D4FFBF4F03020101$/);
});

test('HandleNotification → 2.04 without options and payload', async () => {
  bed = startBed(pki);
  const message = hex(tlv(0xbf3d, tlv(0xa0, new TestCard(pki).notification('enable', 1))));
  expect(await bed.wire.receive(`41 02 00FF 07 ${PATH} FF ${message}`)).toEqual(['614400FF07']);
});

test('an answer of 100 bytes in blocks of 64, as is asked for', async () => {
  bed = startBed(pki);
  const { body } = queueBody(bed.eim, 100);
  // Block2 is option 23. After Uri-Path: delta 12. Alone: delta 23 = 13 + 10. Values: number x 16, 8 when more follow, exponent 2.
  const first = await bed.wire.receive(`44 02 0010 A1B2C3D4 ${PATH} C1 02 FF ${GET_EIM_PACKAGE}`);
  expect(first).toEqual([bytes(`64 45 0010 A1B2C3D4 D1 0A 0A FF ${hex(body.subarray(0, 64))}`)]);
  const second = await bed.wire.receive(`44 02 0011 A1B2C3D5 ${PATH} C1 12`);
  expect(second).toEqual([bytes(`64 45 0011 A1B2C3D5 D1 0A 12 FF ${hex(body.subarray(64))}`)]);
});

test('a request of 21 bytes in blocks of 16: 2.31, then the answer, both with Block1', async () => {
  bed = startBed(pki);
  const message = bytes(GET_EIM_PACKAGE);
  // Block1 is option 27. After Uri-Path: delta 16 = 13 + 3. Alone: delta 27 = 13 + 14. Block 0 with more: 08; block 1, the last: 10.
  const first = await bed.wire.receive(`44 02 0020 A1B2C3D4 ${PATH} D1 03 08 FF ${message.slice(0, 32)}`);
  expect(first).toEqual([bytes('64 5F 0020 A1B2C3D4 D1 0E 08')]);
  const second = await bed.wire.receive(`44 02 0021 A1B2C3D4 ${PATH} D1 03 10 FF ${message.slice(32)}`);
  expect(second).toEqual([bytes('64 45 0021 A1B2C3D4 D1 0E 10 FF BF4F03020101')]);
});

test('a ping → reset', async () => {
  bed = startBed(pki);
  expect(await bed.wire.receive('40 00 7777')).toEqual(['70007777']);
});

test.each<[string, number, boolean, BlockBytes]>([
  ['', 0, false, 16],
  ['08', 0, true, 16],
  ['06', 0, false, 1024],
  ['16', 1, false, 1024],
  ['FE', 15, true, 1024],
  ['0102', 16, false, 64],
  ['FFFE', 4095, true, 1024],
  ['010000', 4096, false, 16],
  ['FFFFFE', 1_048_575, true, 1024],
])('block option %s', (value, number, more, bytes) => {
  expect(hex(blockValue({ number, more, bytes }))).toBe(value);
  expect(readBlock(fromHex(value))).toEqual({ number, more, bytes });
});
