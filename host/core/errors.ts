// SPDX-License-Identifier: Apache-2.0
// The one error of this project's own making: what the module refused, and what became of the instance it runs in.

import { ERROR_WORDS, type ErrorLayer } from '../abi.js';
import { MAX_FRAME_BYTES } from './frames.js';

/** Layers of an error: those of the module, and "host" for the instance around it. */
export type IpaErrorLayer = ErrorLayer | 'host' | 'unknown';

/**
 * Codes of layer "host".
 * - `InstanceFailed`: the module trapped or its runtime ended; the instance is of no more use.
 * - `InstanceClosed`: used after close().
 * - `AbiVersion`: the module speaks another version of the interface than this host.
 * - `NotAnIpaModule`: not WebAssembly, an export is missing, or it wants imports.
 * - `StateSize`: a saved state region of another length than this module's.
 * - `EventTooLong`: more bytes than any window can hold (65,535).
 * - `RuntimeMissing`: no usable wasmtime.
 * - `NoDeviceKey`: the module asks for a signature of the device, and the host was given no key.
 * - `AnswerTooLong`: the eUICC answers an ES10 function with more than a host collects (131,072 bytes).
 */
export type HostErrorCode =
  | 'InstanceFailed'
  | 'InstanceClosed'
  | 'AbiVersion'
  | 'NotAnIpaModule'
  | 'StateSize'
  | 'EventTooLong'
  | 'RuntimeMissing'
  | 'NoDeviceKey'
  | 'AnswerTooLong';

/** An error with a stable `code` (a name of ErrorCode, or a HostErrorCode), its number, and the layer at fault. */
export class IpaError extends Error {
  /** Stable name: a member of ErrorCode in host/abi.ts, or a HostErrorCode. */
  readonly code: string;
  /** The module's negative number; 0 for layer "host". */
  readonly number: number;
  readonly layer: IpaErrorLayer;
  /** The peer's own code behind it: status word, +CME ERROR number, result code, HTTP status; 0 when there is none. */
  readonly detail: number;

  private constructor(code: string, number: number, layer: IpaErrorLayer, words: string, rest: ErrorOptions & { detail?: number } = {}) {
    const { detail = 0, ...options } = rest;
    super(words, options);
    this.name = 'IpaError';
    this.code = code;
    this.number = number;
    this.layer = layer;
    this.detail = detail;
  }

  /** From a negative result of the module. A number that this host does not know keeps its value in the text. */
  static fromNumber(number: number, detail = 0): IpaError {
    const known = ERROR_WORDS[number];
    if (!known) return new IpaError('Unknown', number, 'unknown', `error ${number} of the module, unknown to this host`, { detail });
    return new IpaError(known.name, number, known.layer, `${known.layer}: ${known.words}`, { detail });
  }

  /** Something about the instance, not about what it was told. */
  static host(code: HostErrorCode, words: string, options?: ErrorOptions): IpaError {
    return new IpaError(code, 0, 'host', words, options);
  }
}

/** Throws IpaError EventTooLong past what any window can hold, the same way on every runtime. */
export function checkEventLength(bytes: Uint8Array): void {
  if (bytes.length > MAX_FRAME_BYTES)
    throw IpaError.host('EventTooLong', `an event of ${bytes.length} bytes, ${MAX_FRAME_BYTES} can be told`);
}

/** The error for a saved state of another size than the module's region. */
export function stateSizeError(actual: number, expected: number): IpaError {
  return IpaError.host('StateSize', `a state of ${actual} bytes, this module's has ${expected}`);
}
