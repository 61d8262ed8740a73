// SPDX-License-Identifier: Apache-2.0
// Runs the module under wasmtime: the release file itself is preloaded as "env", and a small shell (wasi-shell/shell.ts),
// which shares its memory, carries calls over standard input and output.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ErrorCode } from '../abi.js';
import type { Action, IpaInstance } from '../interfaces.js';
import { checkEventLength, IpaError, stateSizeError } from './errors.js';
import { checkVersion } from './exports.js';
import { encodeRequest, FrameType, MAX_FRAME_BYTES, type Reply, ReplyReader } from './frames.js';
import { builtPath } from './module-file.js';
import { findWasmtime } from './wasmtime-path.js';

/** How to run the module under wasmtime. */
export interface WasmtimeOptions {
  /** The executable; by default the one that the set-up fetched, else the one on PATH. */
  readonly wasmtimePath?: string;
  /** The module's bytes; by default the file build/ipad.wasm itself. */
  readonly wasm?: Uint8Array;
  /** How long close() waits for the process to end by itself before it is ended; 2000 by default. */
  readonly closeTimeoutMs?: number;
}

const CLOSE_TIMEOUT_MS = 2000;

/**
 * Starts a wasmtime process with the module in it.
 * @throws IpaError RuntimeMissing, AbiVersion, or InstanceFailed with what wasmtime said
 */
export async function createWasmtimeInstance(options: WasmtimeOptions = {}): Promise<IpaInstance> {
  const wasmtime = await findWasmtime(options.wasmtimePath);
  const file = options.wasm ? await writeTemporary(options.wasm) : { path: builtPath('ipad.wasm'), remove: async () => {} };
  const child = spawn(wasmtime.path, ['run', '--preload', `env=${file.path}`, builtPath('wasi-shell.wasm')], { stdio: 'pipe' });
  const pipe = new Pipe(child, options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS, file.remove);
  try {
    const hello = await pipe.call(FrameType.Hello, 0);
    checkVersion(hello.argument);
    return new WasmtimeInstance(pipe, `wasmtime ${wasmtime.version}`, Buffer.from(hello.bytes).readUInt32LE(0));
  } catch (error) {
    await pipe.close();
    throw error;
  }
}

async function writeTemporary(wasm: Uint8Array): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ipa-wasm-'));
  const file = path.join(folder, 'module.wasm');
  await writeFile(file, wasm);
  return { path: file, remove: () => rm(folder, { recursive: true, force: true }) };
}

class WasmtimeInstance implements IpaInstance {
  readonly runtime: string;
  readonly memoryBytes: number;
  readonly #pipe: Pipe;

  constructor(pipe: Pipe, runtime: string, memoryBytes: number) {
    this.#pipe = pipe;
    this.runtime = runtime;
    this.memoryBytes = memoryBytes;
  }

  poll(nowMs: number): Promise<Action> {
    return this.#pipe.call(FrameType.Poll, nowMs);
  }

  async event(kind: number, argument: number, bytes: Uint8Array = new Uint8Array()): Promise<number> {
    checkEventLength(bytes);
    if (kind < 1 || kind >= FrameType.Hello) throw IpaError.fromNumber(ErrorCode.UnknownEvent); // no such frame, and no such event
    const { argument: result } = await this.#pipe.call(kind, argument, bytes);
    if (result < 0) throw IpaError.fromNumber(result);
    return result;
  }

  async saveState(): Promise<Uint8Array> {
    return (await this.#pipe.call(FrameType.SaveState, 0)).bytes;
  }

  async restoreState(state: Uint8Array): Promise<void> {
    // What no frame can carry is not this module's state either.
    const fits = state.length <= MAX_FRAME_BYTES && (await this.#pipe.call(FrameType.RestoreState, 0, state)).argument === 0;
    if (!fits) throw stateSizeError(state.length, (await this.saveState()).length);
  }

  close(): Promise<void> {
    return this.#pipe.close();
  }
}

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: IpaError): void;
}

/** How much of what the process says on standard error is kept for messages. */
const COMPLAINT_CHARACTERS = 2000;

/** Calls over a process's standard streams: one reply to each request, in order. */
class Pipe {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  readonly #ended: Promise<void>;
  readonly #closeTimeoutMs: number;
  #complaint = '';
  #failure: IpaError | undefined;

  constructor(child: ChildProcessWithoutNullStreams, closeTimeoutMs: number, cleanUp: () => Promise<void>) {
    this.#child = child;
    this.#closeTimeoutMs = closeTimeoutMs;
    const reader = new ReplyReader();
    child.stdout.on('data', (chunk: Uint8Array) => {
      for (const reply of reader.push(chunk)) this.#waiting.shift()?.resolve(reply);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(0, COMPLAINT_CHARACTERS);
    });
    child.stdin.on('error', () => {}); // a broken pipe is told by 'close', with the reason
    child.on('error', (cause) => this.#fail(IpaError.host('InstanceFailed', `wasmtime does not start: ${cause.message}`, { cause })));
    child.on('close', (status, signal) => this.#fail(this.#epitaph(status, signal)));
    this.#ended = once(child, 'close').then(cleanUp, cleanUp);
  }

  call(type: number, argument: number, bytes?: Uint8Array): Promise<Reply> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(encodeRequest(type, argument, bytes));
    });
  }

  /** Ends the input, which ends the process; calls still waiting for a reply get it, or InstanceFailed. */
  async close(): Promise<void> {
    this.#failure ??= IpaError.host('InstanceClosed', 'the instance is closed');
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), this.#closeTimeoutMs);
    await this.#ended;
    clearTimeout(timer);
  }

  #fail(error: IpaError): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #epitaph(status: number | null, signal: NodeJS.Signals | null): IpaError {
    const how = signal ? `signal ${signal}` : `status ${status}`;
    return IpaError.host('InstanceFailed', `wasmtime ended with ${how}${this.#complaint === '' ? '' : `: ${this.#complaint.trim()}`}`);
  }
}
