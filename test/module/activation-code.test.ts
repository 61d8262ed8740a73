// SPDX-License-Identifier: Apache-2.0
// ProfileDownloadTriggerRequest and the activation code in it (SGP.32 v1.2 §2.11.1.3, SGP.22 v2.5 §4.1).

import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../host/abi.js';
import { tlv } from '../../host/sim/codec/ber.js';
import { fromHex, utf8 } from '../../host/sim/codec/bytes.js';
import { Internals } from './support/internals.js';

const parts = new Internals();
const withCode = (code: Uint8Array) => parts.trigger(tlv(0xa0, tlv(0x80, code)));
const read = (code: string) => withCode(utf8(code));

/** As in assembly/proc/download-trigger.ts. */
const Trigger = { Address: 0, ConfiguredAddress: 1, HeldByEim: 2 } as const;

describe('an activation code', () => {
  it.each([
    ['1$SMDP.EXAMPLE.COM$TOKEN-1', 'SMDP.EXAMPLE.COM', 'TOKEN-1'],
    ['LPA:1$smdp.example.com$AB-12', 'smdp.example.com', 'AB-12'],
    ['lpa:1$smdp.example.com$AB-12', 'smdp.example.com', 'AB-12'],
    ['Lpa:1$smdp.example.com$AB-12', 'smdp.example.com', 'AB-12'],
    ['1$smdp.example.com$', 'smdp.example.com', ''],
    ['1$smdp.example.com$T$1.3.6.1.4.1.1', 'smdp.example.com', 'T'],
    ['1$smdp.example.com$T$1.3.6.1.4.1.1$1', 'smdp.example.com', 'T'],
    ['1$smdp.example.com$T$$1', 'smdp.example.com', 'T'],
    ['1$smdp.example.com$$1.3.6.1.4.1.1', 'smdp.example.com', ''],
    ['1$smdp.example.com$$$$$$$$$$', 'smdp.example.com', ''],
    ['1$127.0.0.1:8443$T', '127.0.0.1:8443', 'T'],
    ['1$a$b', 'a', 'b'],
  ])('%s names a server and a token', (code, address, token) => {
    expect(read(code)).toEqual({ result: 0, address, token });
  });

  it.each([
    '',
    '1',
    '1$',
    '1$$',
    '1$$T',
    '1$smdp.example.com',
    'LPA:',
    'LPA:1$',
    'LPA:1$$$$$$',
    'LPA 1$smdp.example.com$T',
    'LPAX1$smdp.example.com$T',
    '2$smdp.example.com$T',
    '$smdp.example.com$T',
    '11$smdp.example.com$T',
    ' 1$smdp.example.com$T',
    '1$smdp example.com$T',
    '1$smdp.example.com/path$T',
    '1$user@smdp.example.com$T',
    '1$smdp_example.com$T',
    '1$smdp.exämple.com$T',
    'smdp.example.com',
  ])('%s is refused', (code) => {
    expect(read(code).result).toBe(ErrorCode.BadTrigger);
  });

  it('of bytes that are no text is refused', () => {
    for (const bytes of ['10 24 AA 24 BB', '31 24 00 24 41', '31 24 FF 24 41', '31 24 41 00 42 24 43']) {
      expect(withCode(fromHex(bytes)).result).toBe(ErrorCode.BadTrigger);
    }
  });

  it('may have 255 characters, and not one more', () => {
    const longest = `1$${'a'.repeat(100)}$${'B'.repeat(255 - 103)}`;
    expect(longest).toHaveLength(255);
    expect(read(longest)).toMatchObject({ result: 0, address: 'a'.repeat(100), token: 'B'.repeat(152) });
    expect(read(`${longest}B`).result).toBe(ErrorCode.BadTrigger);
  });

  it('leaves nothing of the one before', () => {
    read('1$smdp.example.com$TOKEN');
    expect(parts.trigger(fromHex(''))).toMatchObject({ result: Trigger.HeldByEim, address: '', token: '' });
  });
});

describe('a download trigger', () => {
  it('without profileDownloadData leaves everything to the eIM', () => {
    expect(parts.trigger(fromHex('82 02 0102'))).toMatchObject({ result: Trigger.HeldByEim, address: '' });
  });

  it.each([
    ['contactDefaultSmdp', 'A0 02 8100'],
    ['contactSmds without address', 'A0 02 A200'],
  ])('by %s leaves the address to the eUICC', (_, contents) => {
    expect(parts.trigger(fromHex(contents)).result).toBe(Trigger.ConfiguredAddress);
  });

  it('by contactSmds names the SM-DS', () => {
    expect(parts.trigger(fromHex('A0 06 A2 04 80 02 4142'))).toMatchObject({ result: Trigger.Address, address: 'AB', token: '' });
  });

  it.each([
    ['a choice of a later version', 'A0 03 83 01 00'],
    ['an SM-DS without a name', 'A0 04 A2 02 80 00'],
    ['an SM-DS with a name that is none', 'A0 06 A2 04 80 02 412F'],
  ])('by %s is refused', (_, contents) => {
    expect(parts.trigger(fromHex(contents)).result).toBe(ErrorCode.BadTrigger);
  });

  it.each([
    ['an empty choice', 'A0 00', ErrorCode.Truncated],
    ['a code that reaches past the choice', 'A0 03 80 05 31', ErrorCode.Overrun],
    ['an indefinite length', 'A0 80 80 00 0000', ErrorCode.BadEncoding],
  ])('with %s is refused', (_, contents, error) => {
    expect(parts.trigger(fromHex(contents)).result).toBe(error);
  });
});
