// SPDX-License-Identifier: Apache-2.0
// Where the interpreter of the bytecode has what it works with: between the end of the memory that the module has without bytecode, and its end.
// It holds nothing from one call to the next, which the tests that go on in fresh instances show.

import { readFileSync } from 'node:fs';
import { checkExports } from '../../host/core/exports.js';
import { inBuild } from '../../scripts/paths.js';

const ends = new Map<string, number>();

/** The addresses of it, from the first up to but not including the last, of a variant (ipad) or one of its forms (ipad.fast). */
export function workArea(form: string): { readonly begin: number; readonly end: number } {
  const [variant] = form.split('.');
  return { begin: endOf(`${variant}.plain`), end: endOf(form) };
}

function endOf(form: string): number {
  const known = ends.get(form);
  if (known !== undefined) return known;
  const module = new WebAssembly.Module(readFileSync(inBuild(`${form}.wasm`)));
  const end = Number(checkExports(new WebAssembly.Instance(module, {}).exports).__heap_base.value);
  ends.set(form, end);
  return end;
}
