// SPDX-License-Identifier: Apache-2.0
// `npm run size`: builds, measures every shipped module, writes build/size.json, prints a table, and fails past a budget.

import { readFile, writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { steps } from './build.js';
import { runAsScript } from './main.js';
import { inBuild } from './paths.js';
import { isStale, runStep } from './stale.js';
import { type Budget, type Variant, variants } from './variants.js';
import { readModuleFacts } from './wasm.js';

/** What is measured of one module; the first four are what a budget limits. */
export interface Measurement extends Budget {
  /** The twenty largest functions, with the bytes of their bodies. */
  readonly largestFunctions: readonly { readonly name: string; readonly bytes: number }[];
  readonly budget: Budget;
}

const LARGEST = 20;
const LIMITED = ['wasmBytes', 'staticBytes', 'imports', 'memoryGrow'] as const satisfies readonly (keyof Budget)[];

/** Measures one built variant. Rejects when it is not built. */
async function measure({ name, budget }: Variant): Promise<Measurement> {
  const release = new Uint8Array(await readFile(inBuild(`${name}.wasm`)));
  const named = new Uint8Array(await readFile(inBuild(`${name}.names.wasm`)));
  const text = await readFile(inBuild(`${name}.wat`), 'utf8');
  return {
    wasmBytes: release.length,
    staticBytes: heapBase(release),
    imports: readModuleFacts(release).imports.length,
    memoryGrow: text.match(/\bmemory\.grow\b/g)?.length ?? 0,
    largestFunctions: largestFunctions(release, named),
    budget,
  };
}

/** Each limit that a measurement is past, in words. */
export function excesses(name: string, measurement: Measurement): string[] {
  return LIMITED.filter((what) => measurement[what] > measurement.budget[what]).map(
    (what) => `${name}: ${what} ${measurement[what]}, budget ${measurement.budget[what]}`,
  );
}

/** `__heap_base`: where data, buffers and stack end. A module with imports is past its budget anyway and has no answer here. */
function heapBase(wasm: Uint8Array): number {
  const module = new WebAssembly.Module(wasm);
  if (WebAssembly.Module.imports(module).length > 0) return Number.POSITIVE_INFINITY;
  const { __heap_base } = new WebAssembly.Instance(module).exports;
  return __heap_base instanceof WebAssembly.Global ? Number(__heap_base.value) : Number.POSITIVE_INFINITY;
}

/** Names come from a second build; it tells the truth about the release only while both have the same code. */
function largestFunctions(release: Uint8Array, named: Uint8Array): Measurement['largestFunctions'] {
  const { functionBytes, functionNames, imports, codeBytes } = readModuleFacts(named);
  if (codeBytes !== readModuleFacts(release).codeBytes) throw new Error('the build with names has other code than the release');
  const functions = functionBytes.map((bytes, index) => ({
    name: functionNames.get(index + imports.length) ?? `function ${index}`,
    bytes,
  }));
  return functions.sort((left, right) => right.bytes - left.bytes).slice(0, LARGEST);
}

function printTable(measurements: ReadonlyMap<string, Measurement>): void {
  const table = new Table({ head: ['module', ...LIMITED], style: { head: [], border: [] } });
  for (const [name, measurement] of measurements)
    table.push([name, ...LIMITED.map((what) => `${measurement[what]} / ${measurement.budget[what]}`)]);
  console.log(table.toString());
  for (const { name, goalBytes } of variants) {
    const above = goalBytes === undefined ? 0 : (measurements.get(name)?.wasmBytes ?? 0) - goalBytes;
    if (above > 0) console.log(`${name} is ${above} bytes above its goal of ${goalBytes}`);
  }
  for (const [name, { largestFunctions }] of measurements) {
    console.log(
      `largest functions of ${name}: ${largestFunctions
        .slice(0, 5)
        .map((each) => `${each.name} ${each.bytes}`)
        .join(', ')}`,
    );
  }
}

async function main(): Promise<number> {
  const [modules] = steps();
  if (modules && (await isStale(modules))) await runStep(modules);
  const measurements = new Map(await Promise.all(variants.map(async (variant) => [variant.name, await measure(variant)] as const)));
  await writeFile(inBuild('size.json'), `${JSON.stringify({ variants: Object.fromEntries(measurements) }, null, 2)}\n`);
  printTable(measurements);
  const found = [...measurements].flatMap(([name, measurement]) => excesses(name, measurement));
  for (const excess of found) console.error(excess);
  return found.length === 0 ? 0 : 1;
}

await runAsScript(import.meta.url, main);
