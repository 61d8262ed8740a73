// SPDX-License-Identifier: Apache-2.0
// The module reader, on a module written out byte by byte, and the budget check.

import { describe, expect, it } from 'vitest';
import { excesses } from '../../scripts/size.js';
import { readModuleFacts } from '../../scripts/wasm.js';

const HEADER = '0061736d01000000';
/** One type: no parameters, no results. */
const TYPES = '01' + '04' + '01600000';
/** env.f (function), env.g (i32 global), env.m (memory 1..2), env.t (table). */
const IMPORTS = '02' + '26' + '04' + '03656e7601660000' + '03656e760167037f00' + '03656e76016d02010102' + '03656e7601740170' + '0001';
const FUNCTIONS = '03' + '03' + '020000';
const MEMORY = '05' + '04' + '01010101';
const START = '08' + '01' + '01';
/** Two functions: one empty, one with two nops. */
const CODE = '0a' + '09' + '02' + '02000b' + '040001010b';
/** Name section: function 2 is "two". */
const NAMES = '00' + '0d' + '046e616d65' + '01' + '06' + '01' + '02' + '0374776f';
const facts = (...sections: string[]) => readModuleFacts(new Uint8Array(Buffer.from([HEADER, ...sections].join(''), 'hex')));

describe('readModuleFacts', () => {
  it('reads imports of every kind', () => {
    expect(facts(TYPES, IMPORTS).imports).toEqual(['env.f', 'env.g', 'env.m', 'env.t']);
  });

  it('reads functions, names, memory and start', () => {
    const { functionBytes, functionNames, codeBytes, hasStart, memories } = facts(TYPES, FUNCTIONS, MEMORY, START, CODE, NAMES);
    expect(functionBytes).toEqual([2, 4]);
    expect([...functionNames]).toEqual([[2, 'two']]);
    expect(codeBytes).toBe(9);
    expect(hasStart).toBe(true);
    expect(memories).toEqual([{ minimum: 1, maximum: 1 }]);
  });

  it('reads an empty module', () => {
    expect(facts()).toEqual({ imports: [], functionBytes: [], functionNames: new Map(), codeBytes: 1, hasStart: false, memories: [] });
  });

  it('refuses a module cut short anywhere inside a section', () => {
    expect(() => facts('0a09020200')).toThrow(RangeError);
    expect(() => facts('0a')).toThrow(RangeError);
  });
});

describe('budgets', () => {
  const budget = { wasmBytes: 100, staticBytes: 10, imports: 0, memoryGrow: 0 };
  const measured = { ...budget, fastBytes: 0, plainBytes: 0, largestFunctions: [], budget };

  it('are kept at the limit', () => {
    expect(excesses('x', measured)).toEqual([]);
  });

  it.each(['wasmBytes', 'staticBytes', 'imports', 'memoryGrow'] as const)('are broken one past %s', (what) => {
    expect(excesses('x', { ...measured, [what]: budget[what] + 1 })).toEqual([`x: ${what} ${budget[what] + 1}, budget ${budget[what]}`]);
  });

  it('are broken by a size that cannot be told', () => {
    expect(excesses('x', { ...measured, staticBytes: Number.POSITIVE_INFINITY })).toHaveLength(1);
  });
});
