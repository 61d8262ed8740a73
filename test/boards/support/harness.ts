// SPDX-License-Identifier: Apache-2.0
// A runtime of boards/runtime as a program of this machine, and instances of the module in it.

import { type ChildProcessWithoutNullStreams, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { IpaError } from '../../../host/core/errors.js';
import type { Action, IpaInstance } from '../../../host/interfaces.js';
import type { SourceGroup } from '../../../scripts/boards/runtime-list.js';
import { inBuild, inProject } from '../../../scripts/paths.js';

/** Errors of enum ipa_host_error. */
export const HostError = { Trapped: -256, BadModule: -257, NoMemory: -258, BadState: -260 } as const;

export interface HarnessOptions {
  /** Names its folder; each test file takes its own. */
  readonly name: string;
  /** Looks for what C leaves undefined; slower. */
  readonly sanitized?: boolean;
}

const STRICT = ['-Wall', '-Wextra', '-Wconversion', '-Werror'];
const SANITIZERS = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const GENERAL = ['-std=gnu11', '-O2', '-ffunction-sections', '-fdata-sections', `-I${inProject('boards', 'include')}`];

/** Whether this machine has a C compiler. */
export function hasCompiler(): boolean {
  return spawnSync(compiler(), ['--version']).status === 0;
}

function compiler(): string {
  return process.env.CC || 'cc';
}

/** Compiles a runtime with the harness; gives the program. Rejects with the compiler's complaint. */
export async function buildHarness(groups: readonly SourceGroup[], { name, sanitized = false }: HarnessOptions): Promise<string> {
  const folder = inBuild('test', 'boards', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const harness = { files: [inProject('test', 'boards', 'support', 'runtime-harness.c')], options: [], own: true };
  const jobs = [harness, ...groups].flatMap((group) => group.files.map((file) => ({ file, group })));
  const objects: string[] = [];
  const work = async () => {
    for (let job = jobs.pop(); job; job = jobs.pop()) {
      const object = path.join(folder, `${jobs.length}-${path.basename(job.file, '.c')}.o`);
      objects.push(object);
      await run([...optionsOf(job.group, sanitized), '-c', job.file, '-o', object]);
    }
  };
  await Promise.all([work(), work()]);
  const program = path.join(folder, 'harness');
  await run([...(sanitized ? SANITIZERS : []), '-Wl,--gc-sections', ...objects, '-lm', '-o', program]);
  return program;
}

/** The interpreters' own sources keep structures at addresses that only some processors want aligned. */
function optionsOf({ own, options }: SourceGroup, sanitized: boolean): string[] {
  const checks = sanitized ? [...SANITIZERS, ...(own ? [] : ['-fno-sanitize=alignment'])] : [];
  return [...GENERAL, ...(own ? STRICT : []), ...checks, ...options];
}

async function run(args: readonly string[]): Promise<void> {
  await promisify(execFile)(compiler(), args);
}

/** A running harness. */
export class Harness {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  #complaint = '';
  #ended: Error | undefined;

  constructor(program: string) {
    this.#process = spawn(program, [], { stdio: 'pipe' });
    this.#process.stderr.on('data', (chunk) => {
      this.#complaint += chunk;
    });
    createInterface(this.#process.stdout).on('line', (line) => this.#waiting.shift()?.resolve(line));
    this.#process.stdin.on('error', () => {});
    this.#process.on('close', (code, signal) => {
      this.#ended = new Error(`the harness ended with ${signal ?? code}: ${this.#complaint}`);
      for (const { reject } of this.#waiting) reject(this.#ended);
    });
  }

  /** Sends a line and gives the line that answers it. Rejects when the program ends, with what it complained of. */
  ask(...words: readonly (string | number)[]): Promise<string> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${words.join(' ')}\n`);
    });
  }

  /** Starts the module in this file, or the one that is in C already; gives 0 or an ipa_host_error. */
  async start(file = ''): Promise<number> {
    return Number(await this.ask('start', file));
  }

  async poll(nowMs: number): Promise<Action> {
    const [kind, argument, bytes = ''] = (await this.ask('poll', nowMs)).split(' ');
    return { kind: Number(kind), argument: Number(argument), bytes: fromHex(bytes) };
  }

  async event(kind: number, argument: number, bytes: Uint8Array = new Uint8Array()): Promise<number> {
    return Number(await this.ask('event', kind, argument, toHex(bytes)));
  }

  async state(): Promise<Uint8Array> {
    return fromHex(await this.ask('state'));
  }

  /** Bytes of its memory that the interpreter has used. */
  async heapUsed(): Promise<number> {
    return Number(await this.ask('heap'));
  }

  /** What is running, for whatever drives an instance. */
  instance(): IpaInstance {
    return {
      runtime: 'harness',
      memoryBytes: 0,
      poll: async (nowMs) => trapped(await this.poll(nowMs), ({ kind }) => kind),
      event: async (kind, argument, bytes) => {
        const taken = trapped(await this.event(kind, argument, bytes), (result) => result);
        if (taken < 0) throw IpaError.fromNumber(taken);
        return taken;
      },
      saveState: () => this.state(),
      restoreState: async (state) => {
        const error = Number(await this.ask('restore', toHex(state)));
        if (error !== 0) throw new Error(`the state does not fit: ${error}`);
      },
      close: () => this.close(),
    };
  }

  /** Ends the program; rejects when it does not end well, as when a sanitizer has found something. */
  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (code: number | null) =>
        code === 0 ? resolve() : reject(new Error(`the harness ended with ${code}: ${this.#complaint}`));
      if (this.#ended) return settle(this.#process.exitCode);
      this.#process.on('close', settle);
      this.#process.stdin.end();
    });
  }
}

function trapped<Result>(result: Result, numberOf: (result: Result) => number): Result {
  if (numberOf(result) === HostError.Trapped) throw new Error('the module has trapped');
  return result;
}

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
