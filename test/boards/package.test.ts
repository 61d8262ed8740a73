// SPDX-License-Identifier: Apache-2.0
// The firmware package (npm run package): the same bytes each time, checksums that another program finds right, and a firmware project that has
// nothing but the package, built for the host and for a Cortex-M4, and run.

import { appendFile, cp, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ABI_VERSION, ErrorCode } from '../../host/abi.js';
import { textFile } from '../../scripts/package/files.js';
import { relink } from '../../scripts/package/texts.js';
import { makePackage } from '../../scripts/package.js';
import { inBuild, inProject, root } from '../../scripts/paths.js';
import { variants } from '../../scripts/variants.js';
import { haveTools, run, runWell } from './consumer/tools.js';

interface Form {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly memoryBytes: number;
  readonly stateBytes: number;
}

interface Manifest {
  readonly version: string;
  readonly abiVersion: number;
  readonly variants: Readonly<
    Record<
      string,
      {
        wasm: Form;
        fast: Form;
        plain: Form;
        native: Form;
        nativeSmall: Form;
      }
    >
  >;
}

const folder = (...parts: string[]) => inBuild('test', 'package', ...parts);
/** Where the package is moved to before it is used: nothing in it may remember where it was made. */
const packed = (...parts: string[]) => folder('moved', ...parts);
const consumer = inProject('test', 'boards', 'consumer');
const manifest = async () => JSON.parse(await readFile(packed('manifest.json'), 'utf8')) as Manifest;

/** Paths of all files below a folder, with forward slashes, in order. */
async function filesOf(at: string): Promise<string[]> {
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return files.map((file) => path.relative(at, file).split(path.sep).join('/')).sort();
}

beforeAll(async () => {
  await rm(folder(), { recursive: true, force: true });
  await makePackage(folder('one'));
  await rename(folder('one'), packed());
});

describe('the package', () => {
  it('has the same bytes when it is made again', async () => {
    await makePackage(folder('again'));
    expect(await filesOf(folder('again'))).toEqual(await filesOf(packed()));
    for (const file of await filesOf(packed()))
      expect((await readFile(folder('again', file))).equals(await readFile(packed(file))), file).toBe(true);
  });

  it('is packed by npm into the same bytes, too, whenever its files were written', async () => {
    const archive = async (at: string, seconds: number) => {
      const { name, version } = JSON.parse(await readFile(inProject('package.json'), 'utf8')) as { name: string; version: string };
      await cp(packed(), path.join(at, 'dist', 'firmware'), { recursive: true });
      await writeFile(path.join(at, 'package.json'), JSON.stringify({ name, version, files: ['dist/firmware'] }));
      for (const file of await filesOf(at)) await utimes(path.join(at, file), seconds, seconds);
      await runWell('npm', ['pack', '--silent', '--offline'], at);
      return readFile(path.join(at, `${name}-${version}.tgz`));
    };
    const [one, another] = [await archive(folder('npm', 'one'), 1_000_000_000), await archive(folder('npm', 'another'), 1_500_000_000)];
    expect(one.equals(another)).toBe(true);
  });

  it('has each variant in its forms, which say the same', async () => {
    const { version, abiVersion, variants: rows } = await manifest();
    expect(version).toBe((JSON.parse(await readFile(inProject('package.json'), 'utf8')) as { version: string }).version);
    expect(abiVersion).toBe(ABI_VERSION);
    expect(Object.keys(rows)).toEqual(variants.map(({ name }) => name));
    for (const [name, row] of Object.entries(rows)) {
      const array = /= \{([\d,\s]+)\}/.exec(await readFile(packed('wasm', `${name}.c`), 'utf8'))?.[1] ?? '';
      const numbers = array.split(',').filter((each) => each.trim());
      expect(Buffer.from(numbers.map(Number)).equals(await readFile(packed('wasm', `${name}.plain.wasm`))), name).toBe(true);
      for (const form of ['wasm', 'fast', 'plain'] as const) {
        const file = form === 'wasm' ? `${name}.wasm` : `${name}.${form}.wasm`;
        const content = await readFile(packed('wasm', file));
        expect(row[form]).toMatchObject({ file: `wasm/${file}`, bytes: content.length });
        expect(content.equals(await readFile(inBuild(file))), file).toBe(true);
      }
      expect(row.fast.bytes, name).toBeGreaterThan(row.wasm.bytes);
      expect(row.plain.bytes, name).toBeGreaterThan(row.fast.bytes);
      for (const [form, module] of [
        [row.native, row.fast],
        [row.nativeSmall, row.wasm],
      ] as const) {
        const text = await readFile(packed(form.file), 'utf8');
        expect([form.bytes, form.memoryBytes, form.stateBytes]).toEqual([text.length, module.memoryBytes, module.stateBytes]);
        expect(text).toContain(`#define IPA_MEMORY_BYTES ${module.memoryBytes}u`);
        expect(text).toContain(`#define IPA_MODULE_SHA256 "${module.sha256}"`);
      }
      expect([row.native.file, row.nativeSmall.file]).toEqual(['native', 'native-small'].map((each) => `${each}/${name}/ipa_module.c`));
    }
  });

  it('holds nothing of the folder that it was made in, and no line that ends with CR', async () => {
    for (const file of await filesOf(packed())) {
      if (file.endsWith('.wasm')) continue;
      const text = await readFile(packed(file), 'utf8');
      expect(text.includes(root) || text.includes('\r'), file).toBe(false);
    }
    expect(() => textFile('notes.md', 'one\r\ntwo\n')).toThrow('notes.md: a line ends with CR');
  });

  it('says whose text is in it, with the licences', async () => {
    const lock = JSON.parse(await readFile(inProject('package-lock.json'), 'utf8')) as { packages: Record<string, { version: string }> };
    expect(await readFile(packed('NOTICE'), 'utf8')).toContain(`npm package wabt\n${lock.packages['node_modules/wabt']?.version}.`);
    for (const file of ['LICENSE', 'licenses/WABT-LICENSE'])
      expect(await readFile(packed(file), 'utf8')).toMatch(/Apache License\s+Version 2\.0/);
  });

  it('has documents whose links lead to something', async () => {
    const broken: string[] = [];
    const files = await filesOf(packed());
    for (const file of files.filter((each) => each.endsWith('.md')))
      for (const [, target = ''] of (await readFile(packed(file), 'utf8')).matchAll(/\]\(([^)#\s]+)/g)) {
        const there = path.posix.normalize(path.posix.join(path.posix.dirname(file), target)).replace(/\/$/, '');
        const isThere = there === '.' || files.some((each) => each === there || each.startsWith(`${there}/`));
        if (!/^https?:/.test(target) && !isThere) broken.push(`${file}: ${target}`);
      }
    expect(broken).toEqual([]);
    expect(relink('[a](../assembly/ABI.md#state) [b](include/ipa.h)', 0)).toBe('[a](ABI.md#state) [b](include/ipa.h)');
    expect(relink('[a](../../assembly/ABI.md)', 1)).toBe('[a](../ABI.md)');
  });
});

describe.skipIf(!haveTools('sha256sum'))('its checksums', () => {
  const check = (at: string) => run('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], at);

  it('are right, says another program, and name every file but themselves', async () => {
    expect(await check(packed())).toEqual({ status: 0, output: '' });
    const named = (await readFile(packed('SHA256SUMS'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(66));
    expect(named).toEqual((await filesOf(packed())).filter((file) => file !== 'SHA256SUMS'));
  });

  it('show a file that was changed', async () => {
    await cp(packed(), folder('changed'), { recursive: true });
    await appendFile(folder('changed', 'include', 'ipa.h'), '\n');
    expect(await check(folder('changed'))).toMatchObject({ status: 1, output: expect.stringContaining('include/ipa.h: FAILED') });
  });
});

describe.skipIf(!haveTools('cmake', 'gcc'))('a project of the host', () => {
  it('gets every variant by find_package, and each begins a poll that ends by the lost modem', { timeout: 360_000 }, async () => {
    const rows = (await manifest()).variants;
    await build('host', [`-DCMAKE_PREFIX_PATH=${packed()}`, '-DCMAKE_C_FLAGS=-O1']);
    for (const { program, line } of programsOf(rows)) expect(await runWell(folder('host', program), []), program).toBe(line);
  });

  it('builds the template where it lies, with the variant that is named', async () => {
    const at = folder('template');
    await runWell('cmake', ['-S', packed('template'), '-B', at, '-DIPA_VARIANT=ipad-min']);
    await runWell('cmake', ['--build', at, '--parallel', '2']);
    expect(await run(path.join(at, 'ipa_template'), [])).toEqual({ status: 1, output: '' });
  });
});

describe.skipIf(!haveTools('cmake', 'arm-none-eabi-gcc', 'qemu-system-arm'))('a project of a Cortex-M4', () => {
  it('gets every variant by find_package, and each runs on the emulated board', { timeout: 360_000 }, async () => {
    const rows = (await manifest()).variants;
    await build('cortex-m4', [`-Dipa_DIR=${packed('cmake')}`, `-DCMAKE_TOOLCHAIN_FILE=${path.join(consumer, 'cortex-m4.cmake')}`]);
    const semihosting = ['-semihosting-config', 'enable=on,target=native'];
    for (const { program, line } of programsOf(rows)) {
      const kernel = ['-kernel', folder('cortex-m4', program)];
      const output = await runWell('qemu-system-arm', [
        '-M',
        'mps2-an386',
        '-display',
        'none',
        '-monitor',
        'none',
        ...semihosting,
        ...kernel,
      ]);
      expect(output, program).toBe(line);
    }
  });
});

describe.skipIf(!haveTools('cmake'))('find_package', () => {
  const REQUESTS = [
    ['0.1', true],
    ['0.1.0 EXACT', true],
    ['', true],
    ['0.0', false],
    ['0.1.99', false],
    ['0.2', false],
    ['1.0', false],
  ] as const;

  it.each(REQUESTS)('of version "%s" is granted: %s', async (request, isGranted) => {
    const at = folder('request', request.replaceAll(/\W/g, '-') || 'any');
    await mkdir(at, { recursive: true });
    const lines = [
      'cmake_minimum_required(VERSION 3.16)',
      'project(request LANGUAGES NONE)',
      `find_package(ipa ${request} REQUIRED CONFIG)`,
    ];
    // asked for twice, as by two parts of one firmware
    const again = [
      'find_package(ipa CONFIG)',
      'get_target_property(sources ipa::loop INTERFACE_SOURCES)',
      'message(STATUS "loop: $' + '{sources}")',
    ];
    await writeFile(path.join(at, 'CMakeLists.txt'), `${[...lines, ...again].join('\n')}\n`);
    const { status, output } = await run('cmake', ['-S', at, '-B', path.join(at, 'build'), `-DCMAKE_PREFIX_PATH=${packed()}`]);
    expect(status === 0, output).toBe(isGranted);
    if (isGranted) expect(output).toContain(`loop: ${packed('common', 'ipa.c')};${packed('common', 'ipa_options.c')}\n`);
    else expect(output).toContain('ipa-config.cmake, version: ');
  });
});

describe.skipIf(!haveTools('cmake', 'gcc'))('the quick start of boards/README.md', () => {
  it('does what it says, line by line', async () => {
    const text = await readFile(inProject('boards', 'README.md'), 'utf8');
    const [first, ...rest] = /## Quick start[\s\S]*?```sh\n([\s\S]*?)```/.exec(text)?.[1]?.trim().split('\n') ?? [];
    const { scripts } = JSON.parse(await readFile(inProject('package.json'), 'utf8')) as { scripts: Record<string, string> };
    expect(first).toBe('npm run package');
    expect(scripts.package).toContain('scripts/package.ts');
    await cp(packed(), folder('start', 'dist', 'firmware'), { recursive: true });
    const output = await runWell('sh', ['-e', '-c', rest.join('\n')], folder('start'));
    expect(output).toMatch(/\nno modem yet\n$/);
  });

  it('is told by cmake, where somebody takes the sources for the package', async () => {
    const { status, output } = await run('cmake', ['-S', inProject('boards', 'template'), '-B', folder('sources')]);
    expect(status).not.toBe(0);
    expect(output).toContain('npm run package makes it');
  });
});

async function build(name: string, options: readonly string[]): Promise<void> {
  // the sources are copied, too: a project elsewhere has no folder of ours above it
  await cp(consumer, folder('project'), { recursive: true });
  await runWell('cmake', ['-S', folder('project'), '-B', folder(name), ...options]);
  await runWell('cmake', ['--build', folder(name), '--parallel', '2']);
}

/** Each variant in both forms in C, and the line that it prints. */
function programsOf(rows: Manifest['variants']): { program: string; line: string }[] {
  const lineOf = (name: string, stateBytes: number) => `${name}: started 0, ended ${ErrorCode.CardLost}, state ${stateBytes}\n`;
  return Object.entries(rows).flatMap(([name, { native, nativeSmall }]) => [
    { program: `consumer-${name}`, line: lineOf(name, native.stateBytes) },
    { program: `consumer-${name}-small`, line: lineOf(name, nativeSmall.stateBytes) },
  ]);
}
