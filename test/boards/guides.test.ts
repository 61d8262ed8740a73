// SPDX-License-Identifier: Apache-2.0
// The guides for systems that cannot be had here: they say so, map each function of the port, and their CMake text works as far as stand-ins for
// the functions of those systems can show. And the links of all documents for boards lead to something.

import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makePackage } from '../../scripts/package.js';
import { inBuild, inProject } from '../../scripts/paths.js';
import { haveTools, runWell } from './consumer/tools.js';

const VARIANT = 'ipad-min';
const folder = (...parts: string[]) => inBuild('test', 'guides', ...parts);
const guide = (name: string) => readFile(inProject('boards', 'guides', `${name}.md`), 'utf8');

/** The block that follows a file's name in a guide. */
function blockOf(text: string, file: string): string {
  const found = text.split(`\`${file}\`:\n\n`)[1]?.match(/^```\w+\n([\s\S]*?)```/)?.[1];
  if (found === undefined) throw new Error(`the guide has no block for ${file}`);
  return found;
}

describe.each(['zephyr', 'esp-idf', 'freertos'])('the guide for %s', (name) => {
  it('says first that it is untested', async () => {
    expect((await guide(name)).split('\n')[2]).toMatch(/^\*\*Untested\.\*\* No part of this has run/);
  });

  it('maps every function of the port', async () => {
    const header = await readFile(inProject('boards', 'include', 'ipa_port.h'), 'utf8');
    const functions = [...header.matchAll(/^\w+ \**(ipa_port_\w+)\(/gm)].map(([, each]) => each ?? '');
    const range = ['open', 'send', 'receive', 'abort', 'close'].map((each) => `ipa_port_network_${each}`);
    const rows = (await guide(name)).split('\n').filter((line) => line.startsWith('| `ipa_port_'));
    const named = rows.flatMap((row) => {
      const cell = row.split(' | ')[0] ?? '';
      return cell.includes('…') ? range : [...cell.matchAll(/`(\w+)`/g)].map(([, each]) => each ?? '');
    });
    expect(functions.length).toBeGreaterThan(10);
    expect(named.sort()).toEqual(functions.sort());
  });
});

/** Each system's own functions of CMake, as far as the guides call them. */
const STAND_INS = {
  zephyr: `
macro(zephyr_library_named name)
  add_library(\${name} STATIC)
  set(library \${name})
endmacro()
macro(zephyr_library_sources)
  target_sources(\${library} PRIVATE \${ARGN})
endmacro()
macro(zephyr_include_directories)
  target_include_directories(\${library} PUBLIC \${ARGN})
endmacro()
macro(zephyr_compile_definitions)
  target_compile_definitions(\${library} PUBLIC \${ARGN})
endmacro()
set(CONFIG_IPA y)
`,
  'esp-idf': `
macro(idf_component_register)
  cmake_parse_arguments(component "" "" "SRCS;INCLUDE_DIRS" \${ARGN})
  set(COMPONENT_LIB ipa)
  add_library(ipa STATIC \${component_SRCS})
  target_include_directories(ipa PUBLIC \${component_INCLUDE_DIRS})
endmacro()
`,
} as const;

/** Where the package and the text of CMake lie, below the module or component. */
const SYSTEMS = [
  { name: 'zephyr', firmware: '.', file: 'zephyr/CMakeLists.txt', kconfig: 'zephyr/Kconfig' },
  { name: 'esp-idf', firmware: 'firmware', file: 'CMakeLists.txt', kconfig: 'Kconfig' },
] as const;

describe.skipIf(!haveTools('cmake', 'gcc', 'nm'))('the CMake text of the guide', () => {
  beforeAll(async () => {
    await rm(folder(), { recursive: true, force: true });
    await makePackage(folder('firmware'));
  });

  it.each(SYSTEMS)('for $name compiles module and loop with what the variant leaves out', async ({ name, firmware, file }) => {
    const at = folder(name);
    await cp(folder('firmware'), path.join(at, 'ipa', firmware), { recursive: true });
    await mkdir(path.dirname(path.join(at, 'ipa', file)), { recursive: true });
    await writeFile(path.join(at, 'ipa', file), blockOf(await guide(name), file));
    const lines = ['cmake_minimum_required(VERSION 3.20)', 'project(system LANGUAGES C)', STAND_INS[name]];
    const rest = [`set(CONFIG_IPA_VARIANT ${VARIANT})`, `add_subdirectory(ipa/${path.posix.dirname(file)} ipa-build)`];
    await writeFile(path.join(at, 'CMakeLists.txt'), `${[...lines, ...rest].join('\n')}\n`);
    await runWell('cmake', ['-S', at, '-B', path.join(at, 'build'), '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON']);
    await runWell('cmake', ['--build', path.join(at, 'build'), '--parallel', '2']);
    const symbols = await runWell('nm', ['--defined-only', path.join(at, 'build', 'ipa-build', 'libipa.a')]);
    for (const symbol of ['ipa_start', 'ipa_poll', 'ipa_run', 'ipa_option_number']) expect(symbols).toMatch(new RegExp(` T ${symbol}\n`));
    expect(await readFile(path.join(at, 'build', 'compile_commands.json'), 'utf8')).toMatch(/-DIPA_WITHOUT_COAP .*ipa_module\.c/);
  });

  it.each(SYSTEMS)('for $name uses the options that its Kconfig defines, and no others', async ({ name, file, kconfig }) => {
    const text = await guide(name);
    const used = new Set([...blockOf(text, file).matchAll(/CONFIG_(\w+)/g)].map(([, option]) => option));
    const defined = new Set([...blockOf(text, kconfig).matchAll(/^\s*config (\w+)/gm)].map(([, option]) => option));
    expect([...used].filter((option) => !defined.has(option))).toEqual([]);
    expect(used.size).toBeGreaterThan(0);
  });
});

it('the documents for boards have links that lead to something', async () => {
  const documents = (await readdir(inProject('boards'), { recursive: true })).filter((file) => file.endsWith('.md'));
  const broken: string[] = [];
  for (const file of documents)
    for (const [, target = ''] of (await readFile(inProject('boards', file), 'utf8')).matchAll(/\]\(([^)\s]+)/g)) {
      const [there = '', anchor] = target.split('#');
      const linked = path.join(inProject('boards'), there === '' ? file : path.join(path.dirname(file), there));
      const isThere = existsSync(linked) && (anchor === undefined || headingsOf(await readFile(linked, 'utf8')).includes(anchor));
      if (!/^https?:/.test(target) && !isThere) broken.push(`${file}: ${target}`);
    }
  expect(documents).toContain('README.md');
  expect(broken).toEqual([]);
});

/** The anchors of a document. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
