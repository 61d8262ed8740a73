// SPDX-License-Identifier: Apache-2.0
// Set-up of vitest when step coverage is wanted (scripts/test.ts): every instance of the shipped module in this process, however a
// test comes by it and in either form, leaves marks of the rows that its calls take.

import { readFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import { leaveMarks } from '../../scripts/coverage/marks.js';
import { inBuild } from '../../scripts/paths.js';
import type { Move } from '../../scripts/shrink/promote.js';
import { StepMarks } from './step-marks.js';
import { movesOf } from './unmoved.js';

const steps = new StepMarks();
const shipped = ['ipad', 'ipad.fast'].map((form) => ({ bytes: readFileSync(inBuild(`${form}.wasm`)), moves: movesOf(form) }));
const movesOfModules = new WeakMap<WebAssembly.Module, readonly Move[]>();

type Constructor<Arguments extends unknown[]> = new (...args: Arguments) => object;

/** Puts `make` where `new` of this class was. */
function replaceNew<Arguments extends unknown[]>(
  name: 'Module' | 'Instance',
  make: (real: Constructor<Arguments>, args: Arguments) => object,
) {
  const real = WebAssembly[name] as unknown as Constructor<Arguments>;
  Object.defineProperty(WebAssembly, name, {
    value: new Proxy(real, { construct: (_, args) => make(real, args as Arguments) }),
    configurable: true,
    writable: true,
  });
}

replaceNew<[Uint8Array]>('Module', (Real, [bytes]) => {
  const compiled = new Real(bytes);
  const form = shipped.find((each) => each.bytes.equals(bytes));
  if (form) movesOfModules.set(compiled as WebAssembly.Module, form.moves);
  return compiled;
});

replaceNew<[WebAssembly.Module, Record<string, Record<string, unknown>>?]>('Instance', (Real, args) => {
  const instance = new Real(...args) as WebAssembly.Instance;
  const moves = movesOfModules.get(args[0]);
  return moves ? { exports: steps.around(instance.exports, moves) } : instance;
});

afterAll(() => leaveMarks(steps.marks()));
