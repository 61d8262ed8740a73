// SPDX-License-Identifier: Apache-2.0
// What has to be compiled so that a module runs on a board, by the way it runs.

import { inProject } from '../paths.js';
import { interpreters } from './runtimes.js';
import { type Form, translate } from './translate.js';

/** C files that are compiled alike. */
export interface SourceGroup {
  readonly files: readonly string[];
  /** Options of the compiler, besides those of the board. */
  readonly options: readonly string[];
  /** Whether it is this project's own code, in which every warning is an error. */
  readonly own: boolean;
}

/** A runtime with a module in it. */
export interface RuntimeSources {
  readonly groups: readonly SourceGroup[];
  /** For the application: folders of headers, and definitions. */
  readonly options: readonly string[];
  /** Of the module that runs, in hexadecimal: a stored state goes with it. */
  readonly sha256: string;
  /** The module itself, to be put into flash; undefined: it is in the C files. */
  readonly wasm?: Uint8Array;
}

/** A way to run modules. */
export interface Runtime {
  readonly name: string;
  /** Makes the sources ready for a variant of the module. Rejects when they cannot be had. */
  prepare(variant: string): Promise<RuntimeSources>;
}

/** Translated to C: the code is in flash, and there is no heap. */
function native(name: string, form: Form): Runtime {
  return {
    name,
    async prepare(variant) {
      const { file, sha256 } = await translate(variant, form);
      return { groups: [{ files: [file], options: [`-I${inProject('boards', 'runtime', 'native')}`], own: false }], options: [], sha256 };
    },
  };
}

/** The fast form, and the one that has the fewest bytes of flash, whose bytecode is interpreted in C. */
const translations: readonly Runtime[] = [native('native', 'fast'), native('native-small', 'smallest')];

const RUNTIMES: readonly Runtime[] = [...translations, ...interpreters];

/** Whether the module is part of the C code; otherwise it is data, and an interpreter's sources are needed. */
export function isTranslated(runtime: string): boolean {
  return translations.some(({ name }) => name === runtime);
}

/** @throws Error for a runtime that is not there */
export function findRuntime(name: string): Runtime {
  const found = RUNTIMES.find((runtime) => runtime.name === name);
  if (!found) throw new Error(`no runtime ${name}; there are ${RUNTIMES.map((runtime) => runtime.name).join(', ')}`);
  return found;
}
