// SPDX-License-Identifier: Apache-2.0
// Action Consent: what is offered, what is answered, and the hash that binds a confirmation code to its session.

import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ConsentAnswer } from '../../host/abi.js';
import { type ConsentDecision, decide, decodeOffer } from '../../host/consent.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';

/** transactionId 0123456789ABCDEF, no code, no consent. */
const SESSION = '80080123456789ABCDEF';
const METADATA = '5A0A98001032547698103214' + '910541636D6520' + '920548656C6C6F' + '950100' + '99020640' + 'B708800362F2108101AA';
const offerOf = (code: boolean, rest = METADATA) => decodeOffer(fromHex(`${SESSION}0101${code ? 'FF' : '00'}830100${rest}`));

describe('an offered profile', () => {
  it('is told in words', () => {
    expect(decodeOffer(fromHex(`${SESSION}0101FF8301FF${METADATA}9F7B0101`))).toEqual({
      transactionId: '0123456789ABCDEF',
      confirmationCodeRequired: true,
      consentRequired: true,
      iccid: '89000123456789012341',
      serviceProviderName: 'Acme ',
      profileName: 'Hello',
      profileClass: 'test',
      policyRules: ['ppr1'],
      owner: { mccMnc: '26201', gid1: 'AA', gid2: undefined },
    });
  });

  it('need not tell more than its session', () => {
    expect(offerOf(false, '')).toEqual({
      transactionId: '0123456789ABCDEF',
      confirmationCodeRequired: false,
      consentRequired: false,
      iccid: undefined,
      serviceProviderName: undefined,
      profileName: undefined,
      profileClass: 'operational',
      policyRules: [],
      owner: undefined,
    });
  });

  it.each([
    [`0101FF830100`, 'offer.transactionId: is missing'],
    [`${SESSION}830100`, 'offer.confirmationCodeRequired: is missing'],
    [`${SESSION}0101FF8300`, 'offer.consentRequired: is no BOOLEAN'],
    [`${SESSION}0101FF8301005A0198`, 'offer.iccid: has 1 bytes, not 10'],
    [`${SESSION}0101FF8301009101FF`, 'offer.serviceProviderName: is no UTF-8'],
    [`${SESSION}0101FF83010099020980`, 'offer.profilePolicyRules: is no BIT STRING'],
    [`${SESSION}0101FF830100B7038101AA`, 'offer.profileOwner.mccMnc: is missing'],
  ])('%s is refused: %s', (text, words) => {
    expect(() => decodeOffer(fromHex(text))).toThrow(words);
  });
});

describe('a decision', () => {
  const decision = async (code: boolean, decided: ConsentDecision | undefined, known?: string) => {
    const { argument, bytes } = await decide(offerOf(code), decided && (() => decided), known);
    return [argument, hex(bytes)];
  };
  // SHA-256(SHA-256("1234") || transactionId), calculated with another program
  const HASH_OF_1234 = '6E9D12E7F7B788BE108E70E1E0D0E59470071F4A7AC1F7A9E1D5FD975647DCF9';

  it('without anybody to ask is yes, unless a code is missing', async () => {
    expect(await decision(false, undefined)).toEqual([ConsentAnswer.Install, '']);
    expect(await decision(true, undefined)).toEqual([ConsentAnswer.Postpone, '']);
    expect(await decision(true, undefined, '1234')).toEqual([ConsentAnswer.Install, HASH_OF_1234]);
  });

  it('is that of the callback', async () => {
    expect(await decision(false, { install: true })).toEqual([ConsentAnswer.Install, '']);
    expect(await decision(false, { install: false })).toEqual([ConsentAnswer.Reject, '']);
    expect(await decision(true, { install: 'postpone', confirmationCode: '1' })).toEqual([ConsentAnswer.Postpone, '']);
    expect(await decision(true, { install: true })).toEqual([ConsentAnswer.Postpone, '']);
    expect(await decision(true, { install: true, confirmationCode: '1234' }, '99')).toEqual([ConsentAnswer.Install, HASH_OF_1234]);
    expect(await decision(true, { install: true }, '1234')).toEqual([ConsentAnswer.Install, HASH_OF_1234]);
  });

  it('has no hash where no code is wanted', async () => {
    expect(await decision(false, { install: true, confirmationCode: '1234' })).toEqual([ConsentAnswer.Install, '']);
  });

  it('may take its time, and sees the offer', async () => {
    const ask = vi.fn(async () => ({ install: true }) as const);
    expect((await decide(offerOf(false), ask)).argument).toBe(ConsentAnswer.Install);
    expect(ask).toHaveBeenCalledWith(expect.objectContaining({ iccid: '89000123456789012341' }));
  });

  it('binds codes to the session', async () => {
    const inner = createHash('sha256').update('ÄB12').digest();
    const expected = createHash('sha256').update(inner).update(fromHex('0123456789ABCDEF')).digest('hex').toUpperCase();
    expect(await decision(true, { install: true, confirmationCode: 'ÄB12' })).toEqual([ConsentAnswer.Install, expected]);
  });
});
