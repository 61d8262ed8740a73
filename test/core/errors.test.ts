// SPDX-License-Identifier: Apache-2.0
// Every error has a name, a number, a layer and words.

import { describe, expect, it } from 'vitest';
import { ERROR_WORDS, ErrorCode } from '../../host/abi.js';
import { IpaError } from '../../host/core/errors.js';

describe('IpaError', () => {
  it.each(Object.entries(ErrorCode))('%s is told by its number', (name, number) => {
    const error = IpaError.fromNumber(number);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'IpaError', code: name, number, layer: ERROR_WORDS[number]?.layer });
    expect(error.message).toBe(`${ERROR_WORDS[number]?.layer}: ${ERROR_WORDS[number]?.words}`);
  });

  it('keeps a number that it does not know', () => {
    expect(IpaError.fromNumber(-30000)).toMatchObject({
      code: 'Unknown',
      number: -30000,
      layer: 'unknown',
      message: expect.stringContaining('-30000'),
    });
  });

  it('has one layer per range of sixteen numbers', () => {
    const layers = new Map<number, string>();
    for (const [number, { layer }] of Object.entries(ERROR_WORDS)) {
      const range = Math.floor(-Number(number) / 16);
      expect(layers.get(range) ?? layer, `error ${number}`).toBe(layer);
      layers.set(range, layer);
    }
  });
});
