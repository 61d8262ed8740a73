// SPDX-License-Identifier: Apache-2.0
// The device's signatures, and the check of an eIM's (SGP.32 v1.2 §2.11.1.1), by themselves and in the driver.

import { createPrivateKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Action, Event, Summary } from '../../host/abi.js';
import { isSignedByEim, signAsDevice } from '../../host/device-key.js';
import { type DriverLinks, poll } from '../../host/driver.js';
import { readTlv, tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex } from '../../host/sim/codec/bytes.js';
import { createTestPki } from '../../host/sim/pki/index.js';
import { scriptedInstance, summary } from '../support/scripted-instance.js';

/** RFC 6979 A.2.5: P-256, SHA-256, message "sample". */
const RFC_KEY = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    crv: 'P-256',
    d: base64url('C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721'),
    x: base64url('60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6'),
    y: base64url('7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299'),
  },
});
const RFC_SIGNATURE =
  'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8';
/** Its public key: eimPublicKeyData with the contents of the SubjectPublicKeyInfo. */
const RFC_PUBLIC_KEY = tlv(
  0xa5,
  tlv(
    0xa0,
    fromHex('301306072A8648CE3D020106082A8648CE3D030107034200'),
    fromHex(
      '0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB67903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299',
    ),
  ),
);
const SIGNED = fromHex('3003800165');
const TOKEN = fromHex('840100');

function base64url(digits: string): string {
  return Buffer.from(digits, 'hex').toString('base64url');
}

const signature = (key: KeyObject, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363') =>
  new Uint8Array(sign('sha256', concat(SIGNED, TOKEN), { key, dsaEncoding }));
const request = (key: Uint8Array, signed: Uint8Array) => concat(key, SIGNED, TOKEN, tlv(0x5f37, signed));

describe('the device signs', () => {
  it('with r and s', () => {
    const made = signAsDevice(RFC_KEY, SIGNED);
    expect(made).toHaveLength(64);
    expect(verify('sha256', SIGNED, { key: RFC_KEY, dsaEncoding: 'ieee-p1363' }, made)).toBe(true);
  });

  it('with no other key than one of 256 bits', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    expect(() => signAsDevice(privateKey, SIGNED)).toThrow(RangeError);
  });
});

describe('a signature of an eIM', () => {
  it('is checked as the curve has it', () => {
    const sample = concat(RFC_PUBLIC_KEY, fromHex('3000840100'), tlv(0x5f37, fromHex(RFC_SIGNATURE)));
    expect(isSignedByEim(sample), 'of another text').toBe(false);
    expect(verify('sha256', Buffer.from('sample'), { key: RFC_KEY, dsaEncoding: 'ieee-p1363' }, fromHex(RFC_SIGNATURE))).toBe(true);
    expect(isSignedByEim(request(RFC_PUBLIC_KEY, signature(RFC_KEY)))).toBe(true);
  });

  it('may be in DER', () => {
    expect(isSignedByEim(request(RFC_PUBLIC_KEY, signature(RFC_KEY, 'der')))).toBe(true);
  });

  it('is checked with the key of a certificate', async () => {
    const { eimSign, dpAuth } = await createTestPki();
    const certificate = tlv(0xa5, tlv(0xa1, readTlv(eimSign.certificate).value));
    expect(isSignedByEim(request(certificate, signature(eimSign.privateKey)))).toBe(true);
    expect(isSignedByEim(request(certificate, signature(dpAuth.privateKey)))).toBe(false);
  });

  it.each([
    ['one byte of it is another', request(RFC_PUBLIC_KEY, signature(RFC_KEY).fill(0, 63))],
    ['it is empty', request(RFC_PUBLIC_KEY, new Uint8Array())],
    ['it is of another token', concat(RFC_PUBLIC_KEY, SIGNED, fromHex('840101'), tlv(0x5f37, signature(RFC_KEY)))],
    ['the key is none', request(fromHex('A504A0020500'), signature(RFC_KEY))],
    ['there is no key', request(fromHex('A500'), signature(RFC_KEY))],
    ['the certificate is none', request(fromHex('A504A1020500'), signature(RFC_KEY))],
    ['there is nothing', new Uint8Array()],
    ['it is cut', request(RFC_PUBLIC_KEY, signature(RFC_KEY)).subarray(0, -1)],
  ])('is wrong when %s', (_, bytes) => {
    expect(isSignedByEim(bytes)).toBe(false);
  });
});

describe('the driver', () => {
  const links = (steps: Parameters<typeof scriptedInstance>[0], rest: Pick<DriverLinks, 'deviceKey'> = {}) => {
    const instance = scriptedInstance(steps);
    const card = { reset: () => new Uint8Array(), powerOff: () => {}, transmit: () => new Uint8Array() };
    return { instance, card, transport: {} as DriverLinks['transport'], ...rest };
  };
  const VERIFY = { kind: Action.VerifyEim, bytes: request(RFC_PUBLIC_KEY, signature(RFC_KEY)) };
  const SIGN = { kind: Action.Sign, bytes: SIGNED };

  it('checks and signs', async () => {
    const used = links([VERIFY, SIGN, { kind: Action.Finished, bytes: summary({ [Summary.Emulated]: 1 }) }], { deviceKey: RFC_KEY });
    expect(await poll(used)).toMatchObject({ emulated: true });
    const [, verified, signed] = used.instance.events;
    expect(verified).toEqual({ kind: Event.Verified, argument: 1, bytes: '' });
    expect(verify('sha256', SIGNED, { key: RFC_KEY, dsaEncoding: 'ieee-p1363' }, fromHex(signed!.bytes))).toBe(true);
  });

  it('begins nothing without a key, and says so at the end', async () => {
    const used = links([VERIFY, SIGN]);
    await expect(poll(used)).rejects.toMatchObject({ code: 'NoDeviceKey' });
    expect(used.instance.events.slice(1)).toEqual([
      { kind: Event.Verified, argument: 0, bytes: '' },
      { kind: Event.Signature, argument: 0, bytes: '' },
    ]);
  });

  it('tells the module when a key cannot sign, and rejects at the end', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const used = links([SIGN], { deviceKey: privateKey });
    await expect(poll(used)).rejects.toBeInstanceOf(RangeError);
    expect(used.instance.events.at(-1)).toEqual({ kind: Event.Signature, argument: 0, bytes: '' });
  });

  it('tells of no emulation where the module does not', async () => {
    expect(await poll(links([]))).toMatchObject({ emulated: false });
  });
});
