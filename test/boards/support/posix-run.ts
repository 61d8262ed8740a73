// SPDX-License-Identifier: Apache-2.0
// Runs ipa-posix against simulated peers in this process, and reads what it says.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, expect } from 'vitest';
import { psmo, type QueuedItem } from '../../../host/sim/eim/index.js';
import { certificatePem, type TestPki } from '../../../host/sim/pki/index.js';
import { Testbed, type TestbedOptions } from '../../../host/sim/testbed.js';

/** The line of JSON. */
export interface PosixResult {
  readonly ok: boolean;
  readonly restored: boolean;
  readonly packages: number;
  readonly profilesInstalled: number;
  readonly notifications: number;
  readonly error?: {
    readonly code: string;
    readonly number: number;
    readonly detail: number;
    readonly message: string;
    readonly advice: string;
  };
}

/** How a run ended. */
export interface PosixRun {
  readonly status: number | null;
  /** Of each poll. */
  readonly results: readonly PosixResult[];
  readonly stderr: string;
}

const open: { close(): Promise<void> }[] = [];
const folder = mkdtempSync(path.join(tmpdir(), 'ipa-posix-'));

/** Closes it after the test. */
export function closeAfterwards<T extends { close(): Promise<void> }>(closable: T): T {
  open.push(closable);
  return closable;
}

/** To be called once at the top level of a test file. */
export function cleanUpAfterwards(): void {
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
}

/** A path in a folder that is removed at the end. */
export const temporary = (name: string): string => path.join(folder, name);

/** Writes a file there; gives its path. */
export function temporaryFile(name: string, content: string | Uint8Array): string {
  writeFileSync(temporary(name), content);
  return temporary(name);
}

/** The certificate of the CI as --ca takes it. */
export const caFile = (pki: TestPki): string => temporaryFile('ca.pem', certificatePem(pki.ci.certificate));

/** Peers and a modem on a TCP port. */
export interface PosixBed {
  readonly bed: Testbed;
  /** --modem and its value. */
  readonly modem: readonly string[];
}

export async function startBed(options: TestbedOptions = {}): Promise<PosixBed> {
  const bed = closeAfterwards(await Testbed.start({ associated: true, ...options }));
  const server = closeAfterwards(await bed.modem.listenTcp());
  return { bed, modem: ['--modem', `tcp:127.0.0.1:${server.port}`] };
}

/** --resolve for each name. */
export const resolveOptions = (names: Readonly<Record<string, string>>): string[] =>
  Object.entries(names).flatMap(([name, place]) => ['--resolve', `${name}=${place}`]);

/** What the main job is: one profile, downloaded and enabled. */
export function queueMainJob(bed: Testbed): { readonly iccid: string; readonly queued: readonly QueuedItem[] } {
  const { iccid, activationCode } = bed.prepareProfile();
  const download = bed.eim.queue(bed.eid, { kind: 'download', activationCode });
  const enable = bed.eim.queue(bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(iccid)] });
  return { iccid, queued: [download, enable] };
}

/** The main job is done, and everybody knows. */
export function expectMainJob(bed: Testbed, iccid: string): void {
  expect(bed.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
  expect(bed.eim.device(bed.eid)!.queue.items.map(({ status }) => status)).toEqual(['finished', 'finished']);
  expect(bed.euicc.notifications).toEqual([]);
}

/** Nothing has happened to the eUICC, and the eIM has seen nobody. */
export function expectNothing(bed: Testbed): void {
  expect(bed.euicc.profiles).toEqual([]);
  expect(bed.eim.log).toEqual([]);
}

type Running = ChildProcessByStdio<null, Readable, Readable>;

function start(program: string, args: readonly string[]): Running {
  // a failure of a sanitizer must not look like the exit status 1 of a poll
  const env = { ...process.env, ASAN_OPTIONS: 'exitcode=98', UBSAN_OPTIONS: 'exitcode=99:print_stacktrace=1' };
  return spawn(program, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ended(child: Running): Promise<PosixRun> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  const [status] = (await once(child, 'close')) as [number | null];
  const { stdout, stderr } = output;
  expect(stderr).not.toMatch(/Sanitizer|runtime error/);
  return { status, results: stdout.split('\n').filter(Boolean).map(parse), stderr };
}

function parse(line: string): PosixResult {
  return JSON.parse(line) as PosixResult;
}

/** Runs the program to its end. */
export async function run(program: string, args: readonly string[]): Promise<PosixRun> {
  return ended(start(program, args));
}

/** Runs the program until it has told the results of so many polls, and ends it then. */
export async function runPolls(program: string, args: readonly string[], polls: number): Promise<PosixRun> {
  const child = start(program, args);
  let lines = 0;
  child.stdout.on('data', (bytes: Buffer | string) => {
    lines += String(bytes).split('\n').length - 1;
    if (lines >= polls) child.kill('SIGTERM');
  });
  return ended(child);
}

/** Runs the program and takes its power once something has happened. */
export async function runUntil(program: string, args: readonly string[], happened: Promise<unknown>): Promise<PosixRun> {
  const child = start(program, args);
  const ending = ended(child);
  await Promise.race([happened, ending]);
  child.kill('SIGKILL');
  return ending;
}

/** Runs the program, which must fail: with exit status 1, and one result that has this error, said on standard error, too. */
export async function expectError(program: string, args: readonly string[], code: string, detail = 0): Promise<PosixRun> {
  const ending = await run(program, args);
  expect(ending.results.map(({ ok, error }) => [ok, error?.code, error?.detail])).toEqual([[false, code, detail]]);
  expect(ending.status).toBe(1);
  const { message, advice } = ending.results[0]!.error!;
  expect(ending.stderr).toContain(`error: ${message}`);
  expect(ending.stderr).toContain(`next: ${advice}`);
  expect(advice).not.toBe('');
  return ending;
}
