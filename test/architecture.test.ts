// SPDX-License-Identifier: Apache-2.0
// The rules about the tree and the release module that no compiler checks. Each failure lists the offenders.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import binaryen from 'binaryen';
import { describe, expect, it } from 'vitest';
import { checkExports } from '../host/core/exports.js';
import { staleAbi } from '../scripts/abi.js';
import { compile } from '../scripts/compile.js';
import { inBuild } from '../scripts/paths.js';
import { featureOptions, SHELL_MEMORY_BASE, variants } from '../scripts/variants.js';
import { readModuleFacts } from '../scripts/wasm.js';
import { type Source, sources } from './support/sources.js';

const assembly = sources('assembly');
const host = sources('host');
const everything = [...assembly, ...host, ...sources('scripts', 'test', 'boards')];

/** The files whose exports a file passes on with `export *`. */
function starExports(file: string, text: string): string[] {
  return [...text.matchAll(/^export \* from '(\.[^']+)\.js';/gm)].map(
    ([, name]) => `${path.posix.join(path.posix.dirname(file), name ?? '')}.ts`,
  );
}

/** "file → import" for each import of these files that a rule forbids. */
function forbidden(files: readonly Source[], isForbidden: (imported: string, file: string) => boolean): string[] {
  return files.flatMap(({ file, imports }) =>
    imports.filter((imported) => isForbidden(imported, file)).map((imported) => `${file} → ${imported}`),
  );
}

const below =
  (...folders: string[]) =>
  (file: string): boolean =>
    folders.some((folder) => file === folder || file.startsWith(`${folder}/`));

describe('assembly', () => {
  /** Folders by layer; imports go to a lower layer or stay in their folder. Files directly in assembly/ are entry files, on top. */
  const LAYERS = [['abi'], ['wire'], ['rsp'], ['es10', 'esipa', 'es9p', 'link', 'cat', 'emulation'], ['proc'], ['engine']];
  const folderOf = (file: string): string => file.split('/').slice(1, -1)[0] ?? '';
  const layerOf = (folder: string): number => (folder === '' ? LAYERS.length : LAYERS.findIndex((layer) => layer.includes(folder)));

  it('has files', () => {
    expect(assembly.length).toBeGreaterThan(0);
  });

  it('has no folder outside the layers', () => {
    expect(assembly.filter(({ file }) => layerOf(folderOf(file)) < 0).map(({ file }) => file)).toEqual([]);
  });

  it('imports nothing outside itself', () => {
    expect(forbidden(assembly, (imported) => !below('assembly')(imported))).toEqual([]);
  });

  it('imports to the left only, and no sibling folder', () => {
    const isForbidden = (imported: string, file: string) => {
      const [from, to] = [folderOf(file), folderOf(imported)];
      return from !== to && layerOf(to) >= layerOf(from);
    };
    expect(forbidden(assembly, isForbidden)).toEqual([]);
  });

  it('computes no address of a scalar: those used most are wasm globals in a shipped module', () => {
    const clearing = 'memory.fill(changetype<usize>(S), 0, offsetof<State>())';
    const offenders = assembly.filter(
      ({ file, text }) =>
        file !== 'assembly/abi/state.ts' && /changetype<usize>\(S\)|offsetof<State>\(['"]/.test(text.replaceAll(clearing, '')),
    );
    expect(offenders.map(({ file }) => file)).toEqual([]);
  });

  it('exports every loop over bytes for the build, and gives it nothing to call: these alone stay WebAssembly', () => {
    const text = (wanted: string) => assembly.find(({ file }) => file === `assembly/${wanted}`)?.text ?? '';
    const loops = [...text('wire/each-byte.ts').matchAll(/^export function (\w+)/gm)].map(([, name]) => name ?? '');
    const exported = [...text('ipad.ts').matchAll(/^ {2}(\w+) as __\1,$/gm)].map(([, name]) => name);
    expect(loops.length).toBeGreaterThan(3);
    expect(exported.sort()).toEqual(loops.sort());
    expect(assembly.find(({ file }) => file === 'assembly/wire/each-byte.ts')?.imports).toEqual(['assembly/abi/state']);
  });

  it('imports no name that the file does not use', () => {
    const offenders = assembly.flatMap(({ file, text }) => {
      const code = text.replace(/^import \{[^}]*\} from '[^']*';$/gm, '');
      const names = [...text.matchAll(/^import \{([^}]*)\} from/gm)].flatMap(([, list = '']) => list.split(','));
      const used = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
      return names
        .map((each) => each.trim().split(' as ').at(-1) ?? '')
        .filter((name) => name && !used(name))
        .map((name) => `${file}: ${name}`);
    });
    expect(offenders).toEqual([]);
  });

  it('keeps procedures apart: they call each other through a row, and share only the vocabulary of rows', () => {
    const isForbidden = (imported: string, file: string) =>
      folderOf(file) === 'proc' && folderOf(imported) === 'proc' && imported !== 'assembly/proc/functions';
    expect(forbidden(assembly, isForbidden)).toEqual([]);
  });
});

describe('host', () => {
  it('knows of the module only its bytes and the generated constants', () => {
    expect(forbidden(host, below('assembly', 'scripts', 'test'))).toEqual([]);
  });

  it('has simulators that never import the driver', () => {
    expect(forbidden(sources('host/sim'), below('host/driver', 'host/core', 'host/cli', 'host/modem', 'host/transport'))).toEqual([]);
  });

  it('has wrappers that know no concrete line, card or network', () => {
    expect(
      forbidden(sources('host/wrap'), below('host/sim', 'host/modem', 'host/transport', 'host/driver', 'host/core', 'host/cli')),
    ).toEqual([]);
  });

  it('has modems and transports that depend on the seams, not on each other or the driver', () => {
    expect(forbidden(sources('host/modem'), below('host/sim', 'host/transport', 'host/driver', 'host/cli'))).toEqual([]);
    expect(forbidden(sources('host/transport'), below('host/sim', 'host/modem', 'host/driver', 'host/cli'))).toEqual([]);
  });

  it('has datagram channels that depend on the seams alone: device and simulators both use them', () => {
    const isForbidden = (imported: string) =>
      /^host\//.test(imported) && !/^host\/(datagram\/|clock$|interfaces$|trust-anchor$)/.test(imported);
    expect(forbidden(sources('host/datagram'), isForbidden)).toEqual([]);
  });

  it('has a network processor that depends on the seams and the network lane alone: any line and any network will do', () => {
    const isForbidden = (imported: string) =>
      /^host\//.test(imported) && !/^host\/(network-processor\/|abi$|interfaces$|network-lane$)/.test(imported);
    expect(forbidden(sources('host/network-processor'), isForbidden)).toEqual([]);
  });

  it('has runners that depend on the seams alone', () => {
    expect(
      forbidden(sources('host/core'), (imported) => /^host\//.test(imported) && !/^host\/(core\/|abi$|interfaces$)/.test(imported)),
    ).toEqual([]);
  });

  it('has seams that depend on nothing', () => {
    expect(
      forbidden(
        host.filter(({ file }) => /^host\/(interfaces|abi)\.ts$/.test(file)),
        () => true,
      ),
    ).toEqual([]);
  });
});

describe('the tree', () => {
  it('imports tests from nowhere but tests', () => {
    expect(
      forbidden(
        everything.filter(({ file }) => !below('test')(file)),
        below('test'),
      ),
    ).toEqual([]);
  });

  it('names the licence in the first line of every file', () => {
    expect(
      everything
        .filter(({ text }) => !/^(#!.*\n)?(\/\/|\/\*) SPDX-License-Identifier: Apache-2\.0( \*\/)?\n/.test(text))
        .map(({ file }) => file),
    ).toEqual([]);
  });

  it('has no file above 500 lines', () => {
    // host/abi.ts is generated
    const written = host.filter(({ file }) => file !== 'host/abi.ts');
    const measured = [...assembly, ...written, ...sources('scripts', 'boards')].map(({ file, text }) => ({
      file,
      lines: text.split('\n').length - 1,
    }));
    expect(measured.filter(({ lines }) => lines > 500)).toEqual([]);
  });

  it('has no exported value that nobody else uses', () => {
    const exported = /^export (?:async )?(?:function|const enum|const|let|class) (\w+)/gm;
    const words = new Map(everything.map(({ file, text }) => [file, new Set(text.match(/\w+/g))]));
    // An entry file's exports are for its host, and the constants of the ABI for everybody.
    const inner = everything.filter(
      ({ file }) => !/^(assembly\/[^/]+\.ts|host\/abi\.ts|host\/index\.ts|host\/core\/wasi-shell\/.*|test\/.*)$/.test(file),
    );
    const forwarded = new Set(everything.flatMap(({ file, text }) => starExports(file, text)));
    const dead = inner
      .filter(({ file }) => !forwarded.has(file))
      .flatMap(({ file, text }) =>
        [...text.matchAll(exported)]
          .filter(([, name]) => ![...words].some(([other, has]) => other !== file && has.has(name ?? '')))
          .map(([, name]) => `${file}: ${name}`),
      );
    expect(dead).toEqual([]);
  });

  it('has generated constants that are those of the sources', async () => {
    expect((await staleAbi()).map(({ file }) => file)).toEqual([]);
  });
});

/** memory.copy and memory.fill alone; missing in binaryen's type declarations. */
const BULK_MEMORY_OPT = (binaryen.Features as unknown as { BulkMemoryOpt: number }).BulkMemoryOpt;

describe.each(variants)('the release module $name', ({ name, entry, budget, compiled = [], ...features }) => {
  const release = async () => new Uint8Array(await readFile(inBuild(`${name}.wasm`)));
  const text = () => readFile(inBuild(`${name}.wat`), 'utf8');
  const instantiate = async () => checkExports(new WebAssembly.Instance(new WebAssembly.Module(await release())).exports);

  it('imports nothing, has no start function, and one page for ever', async () => {
    expect(readModuleFacts(await release())).toMatchObject({ imports: [], hasStart: false, memories: [{ minimum: 1, maximum: 1 }] });
  });

  it('never grows its memory and holds nothing of a managed runtime', async () => {
    expect((await text()).match(/memory\.grow|~lib\/rt/g)).toBeNull();
  });

  it('is WebAssembly 1.0 with bulk memory and nothing else, says another reader', async () => {
    const module = binaryen.readBinary(await release());
    module.setFeatures(binaryen.Features.BulkMemory | BULK_MEMORY_OPT);
    expect(module.validate()).toBe(1);
    expect(module.emitText().match(/\(import |memory\.grow|\(start /g)).toBeNull();
    module.dispose();
  });

  it('has mutable globals that begin at 0', async () => {
    // One runtime takes the first mutable global that does not for the stack pointer, and then traps.
    const globals = [...(await text()).matchAll(/\(global \$(\S+) \(mut \w+\) \(\w+\.const ([^)]+)\)\)/g)];
    expect(globals.filter(([, global, value]) => value !== '0' && global !== '~lib/memory/__stack_pointer').map(([line]) => line)).toEqual(
      [],
    );
  });

  it('keeps state, windows and data below __heap_base', async () => {
    const module = await instantiate();
    const heapBase = Number(module.__heap_base.value);
    expect(Math.ceil(Number(module.__data_end.value) / 16) * 16).toBeLessThanOrEqual(heapBase);
    expect(heapBase).toBeLessThanOrEqual(Math.min(budget.staticBytes, SHELL_MEMORY_BASE));
    expect(module.ipa_state() + module.ipa_state_size()).toBeLessThanOrEqual(heapBase);
    for (let kind = 0; kind < 256; kind++)
      expect(module.ipa_window(kind) + module.ipa_window_size(kind), `window ${kind}`).toBeLessThanOrEqual(heapBase);
  });

  it('has the same bytes when it is compiled again', async () => {
    const again = await compile({
      entry,
      target: 'release',
      options: featureOptions(features),
      shrunk: { compiled },
      outFile: `build/test/${name}-again.wasm`,
    });
    expect(Buffer.compare(again, await release())).toBe(0);
  });
});
