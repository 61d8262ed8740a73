// SPDX-License-Identifier: Apache-2.0
// `ipa poll` and `ipa listen` over CoAP against `ipa sim` as another process, plain and under DTLS.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import type { Counts, Report } from '../../host/cli/connection/report.js';
import { root } from '../../scripts/paths.js';
import { needGnutls } from '../host/datagram/dtls-bed.js';
import { freePorts } from '../host/datagram/program.js';
import { ENTRY, ipaHere, type RunningSim, startSim, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const KEY = 'device-1:00112233445566778899aabbccddeeff';
const open: ChildProcess[] = [];

afterEach(async () => {
  for (const child of open.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

async function sim(...args: string[]): Promise<RunningSim> {
  const running = await startSim('--associated', ...args);
  open.push(running.child);
  return running;
}

async function json(...args: string[]): Promise<Report<Counts>> {
  const { stdout, stderr } = await ipaHere(...args, '--runtime', 'node', '--json');
  expect(stderr).toBe('');
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Report<Counts>;
}

describe('ipa poll over CoAP', () => {
  it('--eim-url coap:// → reaches the eIM there, and the trace has the datagrams', async () => {
    const { ready } = await sim('--port-coap', '0', '--download', '700', '--enable', 'last');
    const trace = path.join(folder, 'trace.jsonl');
    const args = ['poll', '--modem', ready.modemTcp, '--eim-url', `${ready.eimCoapUrl}/gsma/rsp2/asn1`, '--coap-block', '256'];
    const report = await json(...args, '--trace', trace);
    expect(report).toMatchObject({ ok: true, packages: 2, profilesInstalled: 1, network: { requests: 0 } });
    const records = readFileSync(trace, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ lane }) => lane === 'network');
    expect(records[0]).toMatchObject({ event: 'open', scheme: 'coap' });
    const sent = records.filter(({ event, direction }) => event === 'datagram' && direction === 'out');
    expect(sent.length).toBe(report.datagrams.datagramsUp);
    expect(sent[0]).toMatchObject({ text: expect.stringMatching(/^CON 0\.02 #\d+$/) });
  });

  it('--scheme coap --resolve → the same, where the eUICC says that the eIM is', async () => {
    const { ready } = await sim('--port-coap', '0', '--data-request');
    const [name, place] = [ready.eimUrl, ready.eimCoapUrl!].map((url) => url.replace(/^.*\/\//, ''));
    const args = ['poll', '--modem', ready.modemTcp, '--scheme', 'coap', '--resolve', `${name}=${place}`];
    const { status, stdout } = await ipaHere(...args, '--runtime', 'node');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/ESipa: \d+ datagrams out, \d+ in\ndone: 1 package/)]);
  });

  it('with simulated peers in this process', async () => {
    expect(await json('poll', '--modem', 'sim:', '--scheme', 'coap')).toMatchObject({ ok: true, packages: 2, profilesInstalled: 1 });
  });

  it('--every → polls again when the module says so, until it is interrupted', async () => {
    const { ready } = await sim('--port-coap', '0');
    const args = ['poll', '--modem', ready.modemTcp, '--eim-url', ready.eimCoapUrl!, '--runtime', 'node', '--every', '1', '--json'];
    const child = spawn(process.execPath, [...ENTRY, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    open.push(child);
    const reports: unknown[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      reports.push(JSON.parse(line));
      if (reports.length === 2) child.kill('SIGINT');
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    const each = { ok: true, nextPollSeconds: 1, datagrams: { datagramsUp: 1, datagramsDown: 1 } };
    expect(reports).toMatchObject([each, each]);
  });
});

describe('ipa poll over CoAPS', () => {
  needGnutls();

  it('by the key of the eIM, and resumed by the next run, whose file is private', async () => {
    const { ready } = await sim('--port-coaps', '0');
    const state = path.join(folder, 'rpk.state');
    const args = ['poll', '--modem', ready.modemTcp, '--eim-url', ready.eimCoapsUrl!, '--state', state];
    const heard: number[] = [];
    for (const damage of [false, false, true]) {
      if (damage) writeFileSync(`${state}.dtls`, '{');
      const { ok, datagrams } = await json(...args);
      expect(ok).toBe(true);
      heard.push(datagrams.datagramsDown);
    }
    // the answer of the eIM, after two of its flights, or one
    expect(heard).toEqual([3, 2, 3]);
    expect(statSync(`${state}.dtls`).mode & 0o777).toBe(0o600);
  });

  it('--psk → by a key that both share; another one is refused, and the sim says so', async () => {
    const running = await sim('--port-coaps', '0', '--psk', KEY, '--data-request');
    const { ready, said } = running;
    const args = ['poll', '--modem', ready.modemTcp, '--eim-url', ready.eimCoapsUrl!];
    const { status, stderr } = await ipaHere(...args, '--runtime', 'node', '--psk', 'stranger:0011');
    expect(status).toBe(1);
    expect(stderr).toMatch(/error: network: .* — dtls:127\.0\.0\.1:\d+ refused DTLS: .*\nnext: /);
    expect(await json(...args, '--psk', KEY)).toMatchObject({ ok: true, packages: 1 });
    expect(said).toContainEqual(expect.objectContaining({ kind: 'dtlsRefused', problem: expect.stringContaining('no DTLS with') }));
  });

  it('with simulated peers in this process', async () => {
    expect(await json('poll', '--modem', 'sim:', '--scheme', 'coaps', '--psk', KEY)).toMatchObject({ ok: true, packages: 2 });
  });
});

/** `ipa sim` pushes to `ipa listen`. */
async function pushAndListen(scheme: 'coap' | 'coaps', ...args: string[]): Promise<void> {
  const port = await freePorts();
  const running = await sim('--download', '700', '--enable', 'last', '--data-request', '--push-to', `127.0.0.1:${port}`, ...args);
  const listen = ['listen', '--modem', running.ready.modemTcp, '--scheme', scheme, '--port', String(port), '--for', '2', ...args];
  const { status, stdout } = await ipaHere(...listen, '--runtime', 'node', '--json');
  const [first, report] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect([status, first]).toEqual([0, { listening: `127.0.0.1:${port}`, scheme }]);
  expect(report).toMatchObject({ ok: true, profilesInstalled: 1, network: { requests: 0 } });
  const pushed = running.said.filter(({ kind, pushed: what }) => kind === 'transferEimPackage' && what === 'package');
  expect(pushed.map(({ answer }) => answer).filter((answer) => answer !== 'busy')).toEqual(['received', 'elsewhere', 'result']);
}

describe('ipa listen', () => {
  it('is called by ipa sim --push-to', () => pushAndListen('coap'));

  it('says where it listens, and ends well with Ctrl-C', async () => {
    const { ready } = await sim();
    const args = ['listen', '--modem', ready.modemTcp, '--scheme', 'coap', '--runtime', 'node'];
    const child = spawn(process.execPath, [...ENTRY, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
    open.push(child);
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (lines.length === 1) child.kill('SIGINT');
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(lines[0]).toMatch(/^listening on coap:\/\/127\.0\.0\.1:\d+$/);
    expect(lines.at(-1)).toMatch(/^done: 0 packages/);
  });

  describe('under DTLS', () => {
    needGnutls();
    it('is called by ipa sim --push-to --psk', () => pushAndListen('coaps', '--psk', KEY));
  });
});
