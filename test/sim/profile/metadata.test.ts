// SPDX-License-Identifier: Apache-2.0
// Profile metadata, ICCIDs and network identities: frozen bytes and limits.
import { describe, expect, it } from 'vitest';
import { hex } from '../../../host/sim/codec/bytes.js';
import { iccidContent, makeMetadata, mccMncContent, notifyAll, readIccid } from '../../../host/sim/profile/index.js';

const ICCID = '89000123456789012341';

describe('makeMetadata', () => {
  it('writes the mandatory elements alone', () => {
    expect(hex(makeMetadata({ iccid: ICCID, serviceProviderName: 'SP', profileName: 'PN' }))).toBe(
      'BF25145A0A98001032547698103214910253509202504E',
    );
  });

  it('writes every element in the order of the specification', () => {
    const made = makeMetadata({
      iccid: '8900012345678901234',
      serviceProviderName: 'SP',
      profileName: 'PN',
      profileClass: 'test',
      icon: { type: 'png', bytes: Uint8Array.of(1, 2) },
      notifications: [{ events: ['install', 'delete'], address: 'a.b' }],
      owner: { mccMnc: '310260', gid1: Uint8Array.of(0xaa) },
      profilePolicyRules: ['ppr1', 'ppr2'],
      ecallIndication: false,
      fallbackAllowed: true,
    });
    expect(hex(made)).toBe(
      'BF25415A0A980010325476981032F4910253509202504E93010194020102950100B60B3009800204908103612E62B70880031300628101AA990205609F7B01009F6701FF',
    );
  });

  it('writes all notifications for one address', () => {
    expect(notifyAll('x').map(({ events }) => events)).toEqual([['install'], ['enable'], ['disable'], ['delete']]);
    expect(hex(makeMetadata({ iccid: ICCID, serviceProviderName: '', profileName: '', notifications: notifyAll('x') }))).toBe(
      'BF25365A0A9800103254769810321491009200B624300780020780810178300780020640810178300780020520810178300780020410810178',
    );
  });

  it.each([
    { serviceProviderName: 'x'.repeat(33) },
    { profileName: 'é'.repeat(33) },
    { icon: { type: 'jpg' as const, bytes: new Uint8Array(1025) } },
    { owner: { mccMnc: '1234' } },
    { iccid: '8' },
  ])('refuses %j', (options) => {
    expect(() => makeMetadata({ iccid: ICCID, ...options })).toThrow(RangeError);
  });
});

describe('identifiers', () => {
  it.each([
    [ICCID, '98001032547698103214'],
    ['8900012345678901234', '980010325476981032F4'],
    ['890001234567890123', '980010325476981032FF'],
  ])('ICCID %s', (digits, bytes) => {
    expect(hex(iccidContent(digits))).toBe(bytes);
    expect(readIccid(iccidContent(digits))).toBe(digits);
  });

  it.each([
    ['26201', '62F210'],
    ['310260', '130062'],
    ['72405', '27F450'],
    ['00101', '00F110'],
  ])('MCC and MNC %s', (digits, bytes) => {
    expect(hex(mccMncContent(digits))).toBe(bytes);
  });
});
