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

/** A function and its bytes. */
export interface FunctionSize {
  readonly name: string;
  readonly bytes: number;
}

/** What is measured of one module; the first four are what a budget limits. */
export interface Measurement extends Budget {
  /** Bytes of the two forms beside it: all WebAssembly, and as the compiler made it. */
  readonly fastBytes: number;
  readonly plainBytes: number;
  /** The twenty largest functions, with their bytes: of WebAssembly, or of bytecode. */
  readonly largestFunctions: readonly FunctionSize[];
  readonly budget: Budget;
}

const LARGEST = 20;
const LIMITED = ['wasmBytes', 'staticBytes', 'imports', 'memoryGrow'] as const satisfies readonly (keyof Budget)[];

/** Measures one built variant. Rejects when it is not built. */
async function measure({ name, budget }: Variant): Promise<Measurement> {
  const read = async (suffix: string) => new Uint8Array(await readFile(inBuild(`${name}.${suffix}`)));
  const [release, named, fast, plain] = await Promise.all(['wasm', 'names.wasm', 'fast.wasm', 'plain.wasm'].map(read));
  if (!release || !named || !fast || !plain) throw new Error(`${name} is not built`);
  const text = await readFile(inBuild(`${name}.wat`), 'utf8');
  const bytecode = JSON.parse(await readFile(inBuild(`${name}.bytecode.json`), 'utf8')) as FunctionSize[];
  return {
    wasmBytes: release.length,
    staticBytes: heapBase(release),
    imports: readModuleFacts(release).imports.length,
    memoryGrow: text.match(/\bmemory\.grow\b/g)?.length ?? 0,
    fastBytes: fast.length,
    plainBytes: plain.length,
    largestFunctions: largest([...functionsOf(release, named), ...bytecode]),
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
function functionsOf(release: Uint8Array, named: Uint8Array): FunctionSize[] {
  const { functionBytes, functionNames, imports, codeBytes } = readModuleFacts(named);
  if (codeBytes !== readModuleFacts(release).codeBytes) throw new Error('the build with names has other code than the release');
  return functionBytes.map((bytes, index) => ({
    name: functionNames.get(index + imports.length) ?? `function ${index}`,
    bytes,
  }));
}

function largest(functions: readonly FunctionSize[]): FunctionSize[] {
  return [...functions].sort((left, right) => right.bytes - left.bytes).slice(0, LARGEST);
}

function printTable(measurements: ReadonlyMap<string, Measurement>): void {
  const table = new Table({ head: ['module', ...LIMITED, 'fast', 'plain'], style: { head: [], border: [] } });
  for (const [name, measurement] of measurements) {
    const limited = LIMITED.map((what) => `${measurement[what]} / ${measurement.budget[what]}`);
    table.push([name, ...limited, measurement.fastBytes, measurement.plainBytes]);
  }
  console.log(table.toString());
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
