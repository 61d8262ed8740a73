// SPDX-License-Identifier: Apache-2.0
// Each variant of the module in the forms that firmware takes it in, and what the manifest says of it.

import { readFile } from 'node:fs/promises';
import { checkExports } from '../../host/core/exports.js';
import { interpreterModule } from '../boards/runtimes.js';
import { translate } from '../boards/translate.js';
import { inBuild } from '../paths.js';
import type { Variant } from '../variants.js';
import { type PackageFiles, sha256, textFile } from './files.js';

/** A file as the manifest has it. */
interface ManifestFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What the manifest says of a variant. */
export interface ManifestVariant {
  /** The fewest bytes: for runtimes that compile it. */
  readonly wasm: ManifestFile;
  /** The form that interpreters run faster and in less memory; the array in C holds it. */
  readonly plain: ManifestFile;
  /** Translated to C; its bytes are those of the text. */
  readonly native: ManifestFile;
  /** Linear memory in use: state, buffers, stack. */
  readonly memoryBytes: number;
  /** The part of it that is stored for a loss of power. */
  readonly stateBytes: number;
  /** What C code around the variant is compiled with. */
  readonly definitions: readonly string[];
  /** Features that it leaves out, and those it has besides (scripts/variants.ts). */
  readonly without: readonly string[];
  readonly extra: readonly string[];
}

/** Declares what ipa_wasm.c of each variant defines. */
export const WASM_HEADER = `/* SPDX-License-Identifier: Apache-2.0 */
/* The module as bytes, for ipa_start of an interpreter. */
#ifndef IPA_WASM_H
#define IPA_WASM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const uint8_t ipa_wasm[];
extern const uint32_t ipa_wasm_length;

#ifdef __cplusplus
}
#endif

#endif
`;

const BYTES_PER_LINE = 24;

/** The files of a variant and its row in the manifest. Rejects when it is not built. */
export async function packVariant({ name, without = [], extra = [] }: Variant): Promise<{ files: PackageFiles; row: ManifestVariant }> {
  const wasm = new Uint8Array(await readFile(inBuild(`${name}.wasm`)));
  const plain = new Uint8Array(await readFile(interpreterModule(name)));
  const native = textFile(`${name} in C`, (await translate(name)).text);
  const exports = checkExports(new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports);
  const files: PackageFiles = new Map([
    [`wasm/${name}.wasm`, wasm],
    [`wasm/${name}.plain.wasm`, plain],
    [`wasm/${name}.c`, textFile(name, asArray(name, plain))],
    [`native/${name}/ipa_module.c`, native],
  ]);
  const row = {
    wasm: describe(`wasm/${name}.wasm`, wasm),
    plain: describe(`wasm/${name}.plain.wasm`, plain),
    native: describe(`native/${name}/ipa_module.c`, native),
    memoryBytes: Number(exports.__heap_base.value),
    stateBytes: exports.ipa_state_size(),
    definitions: definitionsOf({ without, extra }),
    without,
    extra,
  };
  return { files, row };
}

/** What C code is told of a variant, as the compiler of the module is. */
export function definitionsOf({ without = [], extra = [] }: Pick<Variant, 'without' | 'extra'>): string[] {
  return [...without.map((feature) => `IPA_WITHOUT_${feature}`), ...extra.map((feature) => `IPA_WITH_${feature}`)];
}

const describe = (file: string, content: Uint8Array): ManifestFile => ({ file, bytes: content.length, sha256: sha256(content) });

/** Constant, so that it stays in flash; interpreters that write into the module copy it. */
function asArray(name: string, wasm: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < wasm.length; at += BYTES_PER_LINE) lines.push(`  ${[...wasm.subarray(at, at + BYTES_PER_LINE)].join(',')},`);
  return [
    '/* SPDX-License-Identifier: Apache-2.0 */',
    `/* ${name}.plain.wasm as bytes. */`,
    '#include "ipa_wasm.h"',
    '',
    'const uint8_t ipa_wasm[] = {',
    ...lines,
    '};',
    'const uint32_t ipa_wasm_length = sizeof ipa_wasm;',
    '',
  ].join('\n');
}
