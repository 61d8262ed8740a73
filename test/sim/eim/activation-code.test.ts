// SPDX-License-Identifier: Apache-2.0
// Activation codes (SGP.22 v2.5 §4.1) as the eIM reads its own.
import { describe, expect, test } from 'vitest';
import { parseActivationCode } from '../../../host/sim/eim/activation-code.js';

describe('accepted', () => {
  test.each([
    ['LPA:1$dp.example$TOKEN', { smdpAddress: 'dp.example', matchingId: 'TOKEN', confirmationCodeRequired: false }],
    ['lpa:1$dp.example:8443$', { smdpAddress: 'dp.example:8443', matchingId: '', confirmationCodeRequired: false }],
    ['1$dp.example$$2.999.10', { smdpAddress: 'dp.example', matchingId: '', smdpOid: '2.999.10', confirmationCodeRequired: false }],
    ['1$dp.example$T$$1', { smdpAddress: 'dp.example', matchingId: 'T', confirmationCodeRequired: true }],
    ['1$dp.example$T$$0$$$$', { smdpAddress: 'dp.example', matchingId: 'T', confirmationCodeRequired: false }],
  ])('%s', (code, expected) => {
    expect(parseActivationCode(code)).toEqual(expected);
  });
});

describe('refused with what is wrong', () => {
  test.each([
    ['', /format 1/],
    ['2$dp.example$T', /format 1/],
    ['1$', /no SM-DP\+ address/],
    ['1$$T', /no SM-DP\+ address/],
    ['1$dp example$T', /no SM-DP\+ address/],
    ['1$dp.example', /no AC_Token/],
    [`1$dp.example$${'T'.repeat(255)}`, /268 characters/],
  ])('%s', (code, message) => {
    expect(() => parseActivationCode(code)).toThrow(message);
  });
});
