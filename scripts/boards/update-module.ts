// SPDX-License-Identifier: Apache-2.0
// What a container says of a module, found out from the module itself: nobody has to type it, and nobody can mistype it.

import wabt from 'wabt';
import { ContainerError, Feature, type ModuleDescription } from './update-container.js';

/** What the tools take for granted, and a small runtime does not have. */
const BY_DEFAULT = ['bulk_memory', 'multi_value', 'mutable_globals', 'reference_types', 'sat_float_to_int', 'sign_extension', 'simd'];

/** What is asked of an instance. */
interface Exports {
  readonly ipa_abi_version?: () => number;
  readonly __heap_base?: WebAssembly.Global;
}

/** What the module needs of its host. Rejects with ContainerError when it is no module of this project, or needs what no device has. */
export async function describeModule(module: Uint8Array): Promise<Omit<ModuleDescription, 'variant' | 'sequence'>> {
  const features = await featuresOf(module);
  const compiled = new WebAssembly.Module(new Uint8Array(module));
  const [imported] = WebAssembly.Module.imports(compiled);
  if (imported !== undefined) throw new ContainerError(`the module imports ${imported.module}.${imported.name}`);
  const { ipa_abi_version: abiVersion, __heap_base: heapBase } = new WebAssembly.Instance(compiled, {}).exports as Exports;
  if (typeof abiVersion !== 'function' || !(heapBase instanceof WebAssembly.Global))
    throw new ContainerError('the module does not export ipa_abi_version and __heap_base');
  return { abiVersion: abiVersion() >>> 0, features, memoryBytes: Number(heapBase.value) >>> 0 };
}

/** The fewest features with which the module is valid. */
async function featuresOf(module: Uint8Array): Promise<number> {
  const tools = await wabt();
  const none = Object.fromEntries(BY_DEFAULT.map((feature) => [feature, false]));
  const complaint = (features: Record<string, boolean>): string => {
    try {
      tools.readWasm(module, features).destroy();
      return '';
    } catch (error) {
      return (error as Error).message.replace(/\s+/g, ' ').trim();
    }
  };
  if (complaint(none) === '') return 0;
  const refused = complaint({ ...none, bulk_memory: true });
  if (refused !== '') throw new ContainerError(`not a module that a device can run: ${refused}`);
  return Feature.BulkMemory;
}
