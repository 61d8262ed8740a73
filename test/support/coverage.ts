// SPDX-License-Identifier: Apache-2.0
// Set-up of vitest when step coverage is wanted (scripts/test.ts): every instance of the shipped module in this process, however a
// test comes by it, leaves marks of the rows that its calls take.

import { readFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import { leaveMarks } from '../../scripts/coverage/marks.js';
import { inBuild } from '../../scripts/paths.js';
import { StepMarks } from './step-marks.js';

const steps = new StepMarks();
const shippedBytes = readFileSync(inBuild('ipad.wasm'));
const shippedModules = new WeakSet<WebAssembly.Module>();

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
  if (shippedBytes.equals(bytes)) shippedModules.add(compiled as WebAssembly.Module);
  return compiled;
});

replaceNew<[WebAssembly.Module, Record<string, Record<string, unknown>>?]>('Instance', (Real, args) => {
  const instance = new Real(...args) as WebAssembly.Instance;
  return shippedModules.has(args[0]) ? { exports: steps.around(instance.exports) } : instance;
});

afterAll(() => leaveMarks(steps.marks()));
