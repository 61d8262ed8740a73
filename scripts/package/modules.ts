// SPDX-License-Identifier: Apache-2.0
// Each variant of the module in the forms that firmware takes it in, and what the manifest says of it.

import { readFile } from 'node:fs/promises';
import { checkExports } from '../../host/core/exports.js';
import { interpreterModule } from '../boards/runtimes.js';
import { type Form, translate } from '../boards/translate.js';
import { inBuild } from '../paths.js';
import type { Variant } from '../variants.js';
import { type PackageFiles, sha256, textFile } from './files.js';

/** A form of a variant as the manifest has it. A stored state goes with the form: each has its scalars elsewhere. */
interface ManifestForm {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Linear memory in use: state, buffers, stack. */
  readonly memoryBytes: number;
  /** The part of it that is stored for a loss of power. */
  readonly stateBytes: number;
}

/** What the manifest says of a variant. */
export interface ManifestVariant {
  /** The fewest bytes, most of it bytecode for an interpreter in it: for runtimes that compile it. */
  readonly wasm: ManifestForm;
  /** All of it WebAssembly: some forty times fewer instructions, for compilers. */
  readonly fast: ManifestForm;
  /** The form that interpreters run faster and in less memory; the array in C holds it. */
  readonly plain: ManifestForm;
  /** The fast form translated to C; its bytes are those of the text. */
  readonly native: ManifestForm;
  /** The smallest form translated to C. */
  readonly nativeSmall: ManifestForm;
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
  const read = async (file: string) => new Uint8Array(await readFile(file));
  const inC = async (form: Form) => textFile(`${name} in C`, (await translate(name, form)).text);
  const wasm = await read(inBuild(`${name}.wasm`));
  const fast = await read(inBuild(`${name}.fast.wasm`));
  const plain = await read(interpreterModule(name));
  const files: PackageFiles = new Map([[`wasm/${name}.c`, textFile(name, asArray(name, plain))]]);
  const add = (file: string, content: Uint8Array, module = content): ManifestForm => {
    files.set(file, content);
    const { __heap_base, ipa_state_size } = checkExports(new WebAssembly.Instance(new WebAssembly.Module(module)).exports);
    const memory = { memoryBytes: Number(__heap_base.value), stateBytes: ipa_state_size() };
    return { file, bytes: content.length, sha256: sha256(content), ...memory };
  };
  const row = {
    wasm: add(`wasm/${name}.wasm`, wasm),
    fast: add(`wasm/${name}.fast.wasm`, fast),
    plain: add(`wasm/${name}.plain.wasm`, plain),
    native: add(`native/${name}/ipa_module.c`, await inC('fast'), fast),
    nativeSmall: add(`native-small/${name}/ipa_module.c`, await inC('smallest'), wasm),
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
