// SPDX-License-Identifier: Apache-2.0
// The generator of the ABI constants: what it reads, what it writes, what it refuses.

import { describe, expect, it } from 'vitest';
import { writeC } from '../../scripts/abi/c.js';
import { readAbi } from '../../scripts/abi/read.js';
import { writeTypeScript } from '../../scripts/abi/typescript.js';
import { generateAbi } from '../../scripts/abi.js';

const LIMITS = `// SPDX-License-Identifier: Apache-2.0
// Sizes.
// All in bytes.

/** The unit. */
export const UNIT: i32 = 16;
/** Two
 *  units. */
export const PAIR: i32 = 2 * UNIT + (1 << 3) - 8;
`;
const WORDS = `// SPDX-License-Identifier: Apache-2.0
// Words.
import { UNIT } from './limits';

/** What to do. */
export const enum Action {
  /** Nothing. */
  Idle = 0,
  /** Write it. */
  CardWrite = 0x0a,
  /** As much as fits. */
  Fill = Action.CardWrite | UNIT,
}

/** Errors. */
export const enum ErrorCode {
  /** use: the peer's "busy" */
  Busy = -1,
  /** SM-DP+: no */
  Refused = -UNIT,
}
`;
const read = () =>
  readAbi([
    { name: 'limits', text: LIMITS },
    { name: 'words', text: WORDS },
  ]);

describe('reading', () => {
  it('evaluates constants and keeps doc comments and order', () => {
    expect(read()).toEqual([
      {
        name: 'limits',
        doc: 'Sizes. All in bytes.',
        entries: [
          { name: 'UNIT', doc: 'The unit.', value: 16, hexadecimal: false },
          { name: 'PAIR', doc: 'Two units.', value: 32, hexadecimal: false },
        ],
      },
      {
        name: 'words',
        doc: 'Words.',
        entries: [
          {
            name: 'Action',
            doc: 'What to do.',
            members: [
              { name: 'Idle', doc: 'Nothing.', value: 0, hexadecimal: false },
              { name: 'CardWrite', doc: 'Write it.', value: 10, hexadecimal: true },
              { name: 'Fill', doc: 'As much as fits.', value: 26, hexadecimal: false },
            ],
          },
          {
            name: 'ErrorCode',
            doc: 'Errors.',
            members: [
              { name: 'Busy', doc: `use: the peer's "busy"`, value: -1, hexadecimal: false },
              { name: 'Refused', doc: 'SM-DP+: no', value: -16, hexadecimal: false },
            ],
          },
        ],
      },
    ]);
  });

  it.each([
    ['a function', '/** F. */ export function f(): void {}', 'only const enums and constants'],
    ['an enum that is not const', '/** E. */ export enum E {\n/** A. */\nA = 1 }', 'must be `export const enum`'],
    ['an enum that is not exported', '/** E. */ const enum E {\n/** A. */\nA = 1 }', 'must be `export const enum`'],
    ['a member without a value', '/** E. */ export const enum E {\n/** A. */\nA }', 'needs its value written out'],
    ['a member without a doc comment', '/** E. */ export const enum E { A = 1 }', 'needs a doc comment'],
    ['an enum without a doc comment', 'export const enum E {\n/** A. */\nA = 1 }', 'needs a doc comment'],
    ['a variable', '/** N. */ export let N: i32 = 1;', 'must be `export const NAME'],
    ['two constants in one statement', '/** N. */ export const N: i32 = 1, M: i32 = 2;', 'must be `export const NAME'],
    ['a call', '/** N. */ export const N: i32 = f();', 'not a 32-bit number'],
    ['an unknown name', '/** N. */ export const N: i32 = OTHER;', 'not a 32-bit number'],
    ['a fraction', '/** N. */ export const N: i32 = 1.5;', 'not a 32-bit number'],
    ['more than 32 bits', '/** N. */ export const N: i32 = 0x100000000;', 'not a 32-bit number'],
    ['an operator that is not known', '/** N. */ export const N: i32 = ~1;', 'not a 32-bit number'],
  ])('refuses %s, with file and line', (_, text, message) => {
    expect(() => readAbi([{ name: 'sample', text: `\n${text}` }])).toThrow(message);
    expect(() => readAbi([{ name: 'sample', text: `\n${text}` }])).toThrow(/^assembly\/abi\/sample\.ts:\d: /);
  });
});

describe('writing TypeScript', () => {
  it('gives objects, types and the words of errors', () => {
    const text = writeTypeScript(read());
    for (const part of [
      '// limits: Sizes. All in bytes.\n\n/** The unit. */\nexport const UNIT = 16;\n\n/** Two units. */\nexport const PAIR = 32;\n',
      '/** What to do. */\nexport const Action = {\n  /** Nothing. */\n  Idle: 0,\n  /** Write it. */\n  CardWrite: 0x0a,\n',
      '} as const;\n/** What to do. */\nexport type Action = (typeof Action)[keyof typeof Action];\n',
      "export type ErrorLayer = 'use' | 'SM-DP+';\n",
      "  [-1]: {\n    name: 'Busy',\n    layer: 'use',\n    words: 'the peer\\'s \"busy\"',\n  },\n",
    ]) {
      expect(text).toContain(part);
    }
  });

  it('refuses an error without a layer', () => {
    const text = '/** E. */ export const enum ErrorCode {\n/** just words */\nA = -1 }';
    expect(() => writeTypeScript(readAbi([{ name: 'errors', text }]))).toThrow('ErrorCode.A');
  });
});

describe('writing C', () => {
  it('gives enums and macros with the module’s prefix', () => {
    const text = writeC(read());
    for (const part of [
      '/** The unit. */\n#define IPA_UNIT (16)\n',
      'enum ipa_action {\n  /** Nothing. */\n  IPA_ACTION_IDLE = 0,\n  /** Write it. */\n  IPA_ACTION_CARD_WRITE = 0x0a,\n',
      'enum ipa_error {\n',
      '  IPA_ERROR_BUSY = -1,\n',
    ]) {
      expect(text).toContain(part);
    }
  });
});

describe('the real sources', () => {
  it('give the same bytes every time', async () => {
    expect(await generateAbi()).toEqual(await generateAbi());
  });
});
