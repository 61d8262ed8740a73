// SPDX-License-Identifier: Apache-2.0
// The template port: compiles clean for the host and Cortex-M with what each variant leaves out, has every function of the port, and its
// application runs with each variant as far as a device without modem can.

import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Action, ErrorCode } from '../../host/abi.js';
import { translate } from '../../scripts/boards/translate.js';
import { definitionsOf } from '../../scripts/package/modules.js';
import { inBuild, inProject } from '../../scripts/paths.js';
import { variants } from '../../scripts/variants.js';
import { haveTools, run, runWell } from './consumer/tools.js';

const WARNINGS = ['-std=c11', '-Wall', '-Wextra', '-Wconversion', '-Werror'];
const COMPILERS = [
  ['the host', 'gcc', []],
  ['a Cortex-M0', 'arm-none-eabi-gcc', ['-mcpu=cortex-m0', '-mthumb', '-ffreestanding']],
  ['a Cortex-M4', 'arm-none-eabi-gcc', ['-mcpu=cortex-m4', '-mthumb', '-ffreestanding']],
] as const;
const SOURCES = ['main.c', 'ipa_port_template.c'];
const INCLUDE = `-I${inProject('boards', 'include')}`;
/** enum ipa_log. */
const Log = { Begin: 0, End: 1, Action: 2 } as const;

const template = (file: string) => inProject('boards', 'template', file);
const built = (...parts: string[]) => inBuild('test', 'template', ...parts);
const defines = (names: readonly string[]) => names.map((name) => `-D${name}`);

beforeAll(() => mkdir(built(), { recursive: true }));

describe.each(COMPILERS)('the template for %s', (_, compiler, flags) => {
  it.skipIf(!haveTools(compiler)).each(variants)('compiles without a warning for $name', async (variant) => {
    for (const source of SOURCES) {
      const object = built(`${compiler}-${flags[0] ?? 'host'}-${variant.name}-${source}.o`);
      await runWell(compiler, [...WARNINGS, ...flags, ...defines(definitionsOf(variant)), INCLUDE, '-c', template(source), '-o', object]);
    }
  });
});

describe('the template', () => {
  const header = () => readFile(inProject('boards', 'include', 'ipa_port.h'), 'utf8');
  const declared = (text: string) => [...text.matchAll(/^\w+ \**(ipa_port_\w+)\(/gm)].map(([, name]) => name ?? '').sort();

  it('has every function of the port, and each says what to put there', async () => {
    const text = await readFile(template('ipa_port_template.c'), 'utf8');
    const explained = [...text.matchAll(/^\/\* Put here: (?:(?!\*\/)[\s\S])*\*\/\n[\w ]+ \**(\w+)\(/gm)].map(([, name]) => name ?? '');
    expect(declared(await header()).length).toBeGreaterThan(10);
    expect(declared(text)).toEqual(declared(await header()));
    expect(explained.filter((name) => name.startsWith('ipa_port_')).sort()).toEqual(declared(await header()));
  });
});

describe.skipIf(!haveTools('gcc')).each(variants)('the application with $name', (variant) => {
  it.each(['fast', 'smallest'] as const)('has options that the module takes in its %s form, and ends by the lost modem', async (form) => {
    const { file } = await translate(variant.name, form);
    const includes = [INCLUDE, `-I${inProject('boards', 'runtime', 'native')}`, `-I${inProject('boards', 'template')}`];
    const loop = ['ipa.c', 'ipa_options.c'].map((name) => inProject('boards', 'common', name));
    const sources = [...SOURCES.map(template), ...loop, file, inProject('test', 'boards', 'consumer', 'log-spy.c')];
    const program = built(`${variant.name}-${form}`);
    await runWell('gcc', [...defines(definitionsOf(variant)), ...includes, '-Wl,--wrap=ipa_port_log', ...sources, '-o', program]);
    const { status, output } = await run(program, [], path.dirname(program));
    expect(output.trim().split('\n').slice(0, 2)).toEqual([`${Log.Begin}:0`, `${Log.Action}:${Action.CardWrite}`]);
    expect(output.trim().split('\n').at(-1)).toBe(`${Log.End}:${ErrorCode.CardLost}`);
    expect(status).toBe(1);
  });
});
