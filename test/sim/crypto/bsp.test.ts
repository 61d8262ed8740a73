// SPDX-License-Identifier: Apache-2.0
// Key agreement, key derivation and segment protection: frozen answers of our own, and what must be refused.
import { createHash } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { BspChannel, BspError } from '../../../host/sim/crypto/bsp.js';
import { deriveBspKeys, EphemeralKey, KeyAgreementError } from '../../../host/sim/crypto/key-agreement.js';

const ONE = new EphemeralKey(new Uint8Array(32).fill(0x11));
const TWO = new EphemeralKey(new Uint8Array(32).fill(0x22));
const SECRET = 'CCFC261F58193C98CA4AD4A53BBAC6F0EE29BC4D48438090446908622CA79AF6';
const REFERENCE = { keyType: 0x88, keyLengthBytes: 16, hostId: utf8('host') };
const KEYS = deriveBspKeys(fromHex(SECRET), REFERENCE, fromHex('89049032123451234512345678901235'));

describe('key agreement', () => {
  it('gives both sides the X coordinate, as another implementation does', () => {
    expect(hex(ONE.agree(TWO.publicPoint))).toBe(SECRET);
    expect(hex(TWO.agree(ONE.publicPoint))).toBe(SECRET);
    expect(hex(p256.getSharedSecret(new Uint8Array(32).fill(0x11), TWO.publicPoint).slice(1))).toBe(SECRET);
  });

  it('makes new keys when no scalar is given', () => {
    const [first, second] = [new EphemeralKey(), new EphemeralKey()];
    expect(first.publicPoint.length).toBe(65);
    expect(first.publicPoint).not.toEqual(second.publicPoint);
    expect(first.agree(second.publicPoint)).toEqual(second.agree(first.publicPoint));
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a point beside the curve', new Uint8Array(65).fill(4)],
    ['the point at infinity', Uint8Array.of(0)],
    ['a point cut off', ONE.publicPoint.subarray(0, 64)],
  ])('refuses %s', (_name, point) => {
    expect(() => ONE.agree(point)).toThrow(KeyAgreementError);
  });
});

it('keys derived from a secret are frozen', () => {
  expect(hex(KEYS.initialMacChainingValue)).toBe('00DD888A2C9A20F3BF08C999233934EE');
  expect(hex(KEYS.encryptionKey)).toBe('E1B3251A6C011227014E8FB4B8DEA6C8');
  expect(hex(KEYS.macKey)).toBe('893302B54DD0A211C45A08E7A99A9C9B');
});

describe('BspChannel', () => {
  const ENCRYPTED = '871871AC8632BDD7A9E97283157C3A45267A932F3FAC036BACFE';
  const MAC_ONLY = '880E7365636F6E643B0A8B4ECD9B22D9';
  const WHOLE_BLOCK = '8628A7D836C51CBFE470BB796D01A17AC8EE50E41AFAC2351085C8EA39300E11CC8E9F3D53F5B4C5BCED';
  let sender: BspChannel;
  let receiver: BspChannel;

  beforeEach(() => {
    sender = new BspChannel(KEYS);
    receiver = new BspChannel(KEYS);
  });

  it('protects a row of parts to frozen bytes', () => {
    expect(hex(sender.protect(0x87, utf8('first')))).toBe(ENCRYPTED);
    expect(hex(sender.protectMacOnly(0x88, utf8('second')))).toBe(MAC_ONLY);
    expect(hex(sender.protect(0x86, new Uint8Array(16)))).toBe(WHOLE_BLOCK);
    const longest = sender.protect(0x86, new Uint8Array(1007));
    expect(longest.length).toBe(1020);
    expect(createHash('sha256').update(longest).digest('hex')).toBe('81ec3ad1a07031aa555f9bfd7e0c129823db67958d659524ee8f34ad37b3e60c');
  });

  it('opens the row again', () => {
    expect(receiver.unprotect(readTlv(fromHex(ENCRYPTED)))).toEqual(utf8('first'));
    expect(receiver.unprotectMacOnly(readTlv(fromHex(MAC_ONLY)))).toEqual(utf8('second'));
    expect(receiver.unprotect(readTlv(fromHex(WHOLE_BLOCK)))).toEqual(new Uint8Array(16));
  });

  it.each([0, 1, 15, 16, 17, 100, 1007, 1015])('carries %i bytes', (length) => {
    const plain = new Uint8Array(length).fill(0xa5);
    expect(receiver.unprotect(readTlv(sender.protect(0x86, plain)))).toEqual(plain);
    expect(receiver.unprotectMacOnly(readTlv(sender.protectMacOnly(0x88, plain)))).toEqual(plain);
  });

  it('refuses changed bits, another tag and parts out of order, and can go on with the right part', () => {
    const [first, second] = [sender.protect(0x87, utf8('first')), sender.protect(0x87, utf8('second'))];
    for (const position of [2, 17, 18, 25]) {
      const changed = first.map((byte, index) => (index === position ? byte ^ 1 : byte));
      expect(() => receiver.unprotect(readTlv(changed))).toThrow('the MAC is wrong');
    }
    expect(() => receiver.unprotect(readTlv(tlv(0x86, readTlv(first).value)))).toThrow('the MAC is wrong');
    expect(() => receiver.unprotect(readTlv(second))).toThrow('the MAC is wrong');
    expect(receiver.unprotect(readTlv(first))).toEqual(utf8('first'));
    expect(() => receiver.unprotect(readTlv(first))).toThrow('the MAC is wrong');
    expect(receiver.unprotect(readTlv(second))).toEqual(utf8('second'));
  });

  it('tells structure from security', () => {
    const failureOf = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return error instanceof BspError ? error.failure : error;
      }
    };
    expect(failureOf(() => receiver.unprotect(readTlv(tlv(0x86, new Uint8Array(7)))))).toBe('structure');
    expect(failureOf(() => receiver.unprotect(readTlv(tlv(0x86, new Uint8Array(24)))))).toBe('security');
    expect(failureOf(() => receiver.unprotect(readTlv(sender.protectMacOnly(0x86, new Uint8Array(15)))))).toBe('structure');
  });

  it('refuses wrong padding under a right MAC', () => {
    // A part with a good MAC whose ciphertext was not made by encryption decrypts to something without padding.
    const part = readTlv(sender.protectMacOnly(0x86, new Uint8Array(16)));
    expect(() => receiver.unprotect(part)).toThrow('the padding is wrong');
  });
});
