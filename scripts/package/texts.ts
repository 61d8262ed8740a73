// SPDX-License-Identifier: Apache-2.0
// The generated texts of the package: the table that its CMake configuration reads, the manifest, the notice of licences, and documents whose
// links hold in the package.

import { ABI_VERSION } from '../../host/abi.js';
import type { ManifestVariant } from './modules.js';

/** A target of CMake that is no variant: sources and include folders, relative to the package. */
export interface Part {
  readonly name: string;
  readonly sources: readonly string[];
  readonly includes: readonly string[];
}

/** cmake/ipa-variants.cmake: lists alone. */
export function cmakeTable(version: string, variants: ReadonlyMap<string, ManifestVariant>, parts: readonly Part[]): string {
  return [
    '# SPDX-License-Identifier: Apache-2.0',
    '# What is in the package; made by npm run package.',
    `set(ipa_PACKAGE_VERSION ${version})`,
    `set(ipa_VARIANTS ${[...variants.keys()].join(' ')})`,
    ...[...variants].map(([name, { definitions }]) => `set(ipa_DEFINITIONS_${name} ${definitions.join(' ')})`),
    `set(ipa_PARTS ${parts.map(({ name }) => name).join(' ')})`,
    ...parts.flatMap(({ name, sources, includes }) => [
      `set(ipa_SOURCES_${name} ${sources.join(' ')})`,
      `set(ipa_INCLUDES_${name} ${includes.join(' ')})`,
    ]),
    '',
  ].join('\n');
}

/** manifest.json. */
export function manifest(name: string, version: string, variants: ReadonlyMap<string, ManifestVariant>): string {
  return `${JSON.stringify({ name, version, abiVersion: ABI_VERSION, variants: Object.fromEntries(variants) }, null, 2)}\n`;
}

/** NOTICE. wabt grants no exception for what its programs write, so that its licence goes along with it. */
export function notice(wabtVersion: string): string {
  return `ipa-wasm, firmware package
Licence: Apache License 2.0 (LICENSE).

The files ipa_module.c in native/ and native-small/ are translations of this
project's own modules, made with wasm2c of WABT, the WebAssembly Binary Toolkit,
npm package wabt
${wabtVersion}. What they contain of wasm2c's own text is
Copyright WebAssembly Community Group participants, Apache License 2.0
(licenses/WABT-LICENSE). It has been changed: the text around the functions is
replaced by runtime/native/.

Nothing else of third parties is in this package. Interpreters (wasm3, WAMR),
TLS libraries and operating systems that you add have licences of their own.
`;
}

/** Where documents lie that those of boards/ link to. */
const MOVED: Readonly<Record<string, string>> = { '../assembly/ABI.md': 'ABI.md' };

/** A document of boards/, which is the package's root, with links that hold there. `depth`: folders that it lies below the root. */
export function relink(text: string, depth: number): string {
  const up = '../'.repeat(depth);
  return text.replace(/\]\(([^)\s#]+)/g, (link, target: string) => {
    const moved = target.startsWith(up) ? MOVED[target.slice(up.length)] : undefined;
    return moved === undefined ? link : `](${up}${moved}`;
  });
}
