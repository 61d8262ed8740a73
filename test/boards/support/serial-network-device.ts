// SPDX-License-Identifier: Apache-2.0
// The device end of the serial network, compiled for this machine under sanitizers, and spoken to line by line.

import { type ChildProcessByStdio, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { inProject } from '../../../scripts/paths.js';
import { isRequired } from '../../support/debian.js';

const SOURCES = ['test/boards/support/serial-network-device.c', 'boards/common/ipa_serial_network.c'];
const FLAGS = ['-std=c11', '-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-Wall', '-Wextra', '-Wconversion'];

/** What came of a command. Bytes are in hexadecimal, '' for none. */
export interface Done {
  /** What the device has written to the line. */
  readonly out: string;
  /** Of command event: kind, argument and bytes; undefined when there is none. */
  readonly event: readonly [kind: number, argument: number, bytes: string] | undefined;
  /** Of the commands wait and dropped. */
  readonly number: number;
}

/** Whether there is a C compiler. With CI or IPA_REQUIRE_BOARDS set its absence is a failure and not a reason to skip: throws Error. */
export function hasCompiler(): boolean {
  if (spawnSync('cc', ['--version']).status === 0) return true;
  if (isRequired('IPA_REQUIRE_BOARDS')) throw new Error('no C compiler (cc), though CI or IPA_REQUIRE_BOARDS demands it');
  return false;
}

/** Compiles the device; `remove` takes the file away again. */
export function compileDevice(...options: readonly string[]): { readonly program: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'ipa-serial-'));
  const program = path.join(folder, 'device');
  const includes = ['boards/include', 'boards/common'].map((each) => `-I${inProject(each)}`);
  execFileSync('cc', [...FLAGS, '-Werror', ...options, ...includes, ...SOURCES.map((each) => inProject(each)), '-o', program]);
  return { program, remove: () => rmSync(folder, { recursive: true }) };
}

/** A device that runs. */
export class SerialDevice {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting: ((line: string) => void)[] = [];
  #complaint = '';
  readonly #ended: Promise<unknown>;

  constructor(program: string) {
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    this.#ended = once(child, 'close');
    child.stdin.on('error', () => {});
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint += text;
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.#waiting.shift()?.(line));
  }

  /** Does one thing: "open <hex>", "send <hex> <argument>", "receive <bytes>", "line <hex>", "event" and so on, as the C file has them. */
  async do(command: string): Promise<Done> {
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${command}\n`);
      void this.#ended.then(() => reject(new Error(`the device has ended at "${command.slice(0, 80)}": ${this.#complaint}`)));
    });
    const [, told = '', out = ''] = /^(.*) out (\S+)$/.exec(line) ?? [];
    const [, kind, argument, bytes = ''] = /^ event (-?\d+) (-?\d+) (\S+)$/.exec(told) ?? [];
    const event = kind === undefined ? undefined : ([Number(kind), Number(argument), plain(bytes)] as const);
    return { out: plain(out), event, number: Number(told) };
  }

  /** All that it has to tell. */
  async events(): Promise<(readonly [number, number, string])[]> {
    const told: (readonly [number, number, string])[] = [];
    for (;;) {
      const { event } = await this.do('event');
      if (!event) return told;
      told.push(event);
    }
  }

  /** Ends it. Rejects with what the sanitizers have found. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(`the device ended with ${this.#child.exitCode}: ${this.#complaint}`);
  }
}

const plain = (hex: string): string => (hex === '-' ? '' : hex);
