// SPDX-License-Identifier: Apache-2.0
// The exports of the module as TypeScript sees them, checked by name once when it is instantiated.

import { ABI_VERSION } from '../abi.js';
import { IpaError } from './errors.js';

/** What assembly/ipad.ts exports. Addresses and lengths are in bytes of linear memory. */
export interface IpaExports {
  readonly memory: WebAssembly.Memory;
  readonly __heap_base: WebAssembly.Global;
  readonly __data_end: WebAssembly.Global;
  ipa_abi_version(): number;
  ipa_poll(nowMs: number): number;
  ipa_argument(): number;
  ipa_data(): number;
  ipa_length(): number;
  ipa_window(eventKind: number): number;
  ipa_window_size(eventKind: number): number;
  ipa_event(kind: number, argument: number, length: number): number;
  ipa_state(): number;
  ipa_state_size(): number;
}

const FUNCTIONS = [
  'ipa_abi_version',
  'ipa_poll',
  'ipa_argument',
  'ipa_data',
  'ipa_length',
  'ipa_window',
  'ipa_window_size',
  'ipa_event',
  'ipa_state',
  'ipa_state_size',
] as const;

/** Checks presence and version. Throws IpaError NotAnIpaModule or AbiVersion. */
export function checkExports(exports: WebAssembly.Exports): IpaExports {
  const missing: string[] = FUNCTIONS.filter((name) => typeof exports[name] !== 'function');
  if (!(exports.memory instanceof WebAssembly.Memory)) missing.push('memory');
  for (const name of ['__heap_base', '__data_end']) if (!(exports[name] instanceof WebAssembly.Global)) missing.push(name);
  if (missing.length > 0) throw IpaError.host('NotAnIpaModule', `the module does not export ${missing.join(', ')}`);
  const checked = exports as unknown as IpaExports;
  checkVersion(checked.ipa_abi_version());
  return checked;
}

/** Throws IpaError AbiVersion unless the module speaks this host's version. */
export function checkVersion(version: number): void {
  if (version !== ABI_VERSION)
    throw IpaError.host('AbiVersion', `the module speaks interface version ${version}, this host ${ABI_VERSION}`);
}
