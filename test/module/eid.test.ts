// SPDX-License-Identifier: Apache-2.0
// The check digits of an EID (SGP.29 §3): the module's digit-by-digit check against 128-bit arithmetic (as-bignum, in
// AssemblyScript) and BigInt.

import { beforeAll, describe, expect, it } from 'vitest';
import { fromHex } from '../../host/sim/codec/bytes.js';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { compile } from '../../scripts/compile.js';
import { Internals } from './support/internals.js';

const SEED = Number(process.env.IPA_SEED ?? 20_260_102);
const EIDS = 10_000;

interface Oracle {
  readonly memory: WebAssembly.Memory;
  digitsAt(): number;
  remainder(): number;
}

const parts = new Internals();
let oracle: Oracle;
beforeAll(async () => {
  // managed values are kept on a stack in memory, for which the release flags leave no room
  const options = ['--stackSize', '1024'];
  const entry = 'test/module/fixtures/eid-oracle.ts';
  const wasm = await compile({ entry, target: 'release', outFile: 'build/test/eid-oracle.wasm', options });
  oracle = new WebAssembly.Instance(new WebAssembly.Module(wasm), {}).exports as unknown as Oracle;
});

function remainderBy128Bits(digits: string): number {
  new Uint8Array(oracle.memory.buffer).set(Array.from(digits, Number), oracle.digitsAt());
  return oracle.remainder();
}

/** The number with the check digits that make it an EID: 98 less the remainder of the first 30 digits and 00. */
function withCheckDigits(first30: string): string {
  return first30 + String(98n - (BigInt(`${first30}00`) % 97n)).padStart(2, '0');
}

describe('the check digits of an EID', () => {
  it('accepts exactly the numbers that leave 1', () => {
    const random = seededRandom(SEED);
    const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
    for (let i = 0; i < EIDS; i++) {
      // a third right, a third wrong in one digit, a third at random
      const right = withCheckDigits(digits(30));
      const at = Math.floor(random() * 32);
      const eid =
        i % 3 === 0 ? right : i % 3 === 1 ? right.slice(0, at) + ((Number(right[at]) + 1) % 10) + right.slice(at + 1) : digits(32);
      const remainder = remainderBy128Bits(eid);
      expect(remainder, `IPA_SEED=${SEED}, ${eid} by 128 bits`).toBe(Number(BigInt(eid) % 97n));
      expect(parts.isValidEid(fromHex(eid)), `IPA_SEED=${SEED}, ${eid}`).toBe(remainder === 1);
    }
  });

  it.each(['00000000000000000000000000000001', '89049032123451234512345678901235', '99999999999999999999999999999940'])(
    'accepts %s',
    (eid) => {
      expect(BigInt(eid) % 97n).toBe(1n);
      expect(parts.isValidEid(fromHex(eid))).toBe(true);
    },
  );

  it.each(['A', 'F'])('refuses the digit %s, whatever the remainder', (digit) => {
    for (let at = 0; at < 32; at++) {
      const eid = '89049032123451234512345678901235';
      expect(parts.isValidEid(fromHex(eid.slice(0, at) + digit + eid.slice(at + 1)))).toBe(false);
    }
  });

  it('finds every wrong digit and every pair of neighbours in the wrong order', () => {
    const eid = withCheckDigits('890490320012345678901234567890');
    for (let at = 0; at < 32; at++) {
      for (let digit = 0; digit < 10; digit++) {
        if (digit === Number(eid[at])) continue;
        expect(parts.isValidEid(fromHex(eid.slice(0, at) + digit + eid.slice(at + 1)))).toBe(false);
      }
      if (at === 31 || eid[at] === eid[at + 1]) continue;
      expect(parts.isValidEid(fromHex(eid.slice(0, at) + eid[at + 1] + eid[at] + eid.slice(at + 2)))).toBe(false);
    }
  });
});
