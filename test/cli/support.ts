// SPDX-License-Identifier: Apache-2.0
// Runs `ipa`: as a process of its own, or within this one where only words and exit status matter.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, vi } from 'vitest';
import { main } from '../../host/cli/main.js';
import { inProject, root } from '../../scripts/paths.js';

/** How a run ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What to give to Node to run `ipa` from its sources. */
export const ENTRY = ['--import', 'tsx', inProject('host', 'cli', 'ipa.ts')];

/** A new folder for the files of a test file; to be called at its top level. Removed after the last test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ipa-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `ipa` to its end. */
export async function ipa(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [...ENTRY, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  return ended(child);
}

/** Collects the output of a process to its end. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...output };
}

/** What `ipa sim --json` says first. */
export interface Ready {
  readonly kind: 'ready';
  readonly modemTcp: string;
  readonly modemPty?: string;
  readonly eid: string;
  readonly eimUrl: string;
  readonly smdpUrl: string;
  readonly eimCoapUrl?: string;
  readonly eimCoapsUrl?: string;
  readonly queued: readonly string[];
}

/** A running `ipa sim --json`. */
export interface RunningSim {
  readonly child: ChildProcess;
  readonly ready: Ready;
  /** Every object printed so far. */
  readonly said: readonly Record<string, unknown>[];
  /** Resolves to the exit status. */
  readonly ended: Promise<number | null>;
}

/** Starts `ipa sim --json` and waits until it is ready. Rejects with what it said on standard error when it never is. */
export async function startSim(...args: string[]): Promise<RunningSim> {
  const child = spawn(process.execPath, [...ENTRY, 'sim', '--json', ...args], { cwd: root, stdio: 'pipe' });
  const said: Record<string, unknown>[] = [];
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const lines = createInterface({ input: child.stdout });
  const end = once(child, 'close').then(([status]) => status as number | null);
  const ready = await new Promise<Ready>((resolve, reject) => {
    void end.then(() => reject(new Error(complaint)));
    lines.on('line', (line) => {
      said.push(JSON.parse(line) as Record<string, unknown>);
      if (said.length === 1) resolve(said[0] as unknown as Ready);
    });
  });
  return { child, ready, said, ended: end };
}

/** Runs `ipa` within this process. */
export async function ipaHere(...args: string[]): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  const write = (stream: 'stdout' | 'stderr') => (text: unknown) => {
    output[stream] += String(text);
    return true;
  };
  const log = (stream: 'stdout' | 'stderr') => (text: unknown) => void write(stream)(`${text}\n`);
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(write('stdout')),
    vi.spyOn(process.stderr, 'write').mockImplementation(write('stderr')),
    vi.spyOn(console, 'log').mockImplementation(log('stdout')),
    vi.spyOn(console, 'error').mockImplementation(log('stderr')),
  ];
  try {
    await main(['node', 'ipa', ...args]);
    return { status: Number(process.exitCode ?? 0), ...output };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
