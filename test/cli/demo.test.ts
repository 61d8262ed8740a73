// SPDX-License-Identifier: Apache-2.0
// `ipa demo` on each runtime, and how it tells that something failed.

import { describe, expect, it } from 'vitest';
import { STEPS, StepClock } from '../../host/cli/demo/steps.js';
import { type Story, tellStory } from '../../host/cli/demo/story.js';
import { root } from '../../scripts/paths.js';
import { moduleRuntimes } from '../support/runtimes.js';
import { ENTRY, ipa, ipaHere } from './support.js';

const VERDICT = 'done: profile 89000123456789012341 is enabled; the eIM has the signed result';

for (const { name, available } of await moduleRuntimes()) {
  describe.skipIf(!available)(`ipa demo on ${name}`, () => {
    it('--json → one object with every number', async () => {
      const { status, stdout, stderr } = await ipa('demo', '--json', '--runtime', name);
      expect({ status, stderr, lines: stdout.split('\n').length }).toEqual({ status: 0, stderr: '', lines: 2 });
      const story = JSON.parse(stdout) as Story;
      expect(story).toMatchObject({ ok: true, verdict: VERDICT, packages: 2, profile: { sizeBytes: 5000, state: 'enabled' } });
      expect(story.runtime).toMatch(new RegExp(`^${name} \\d+\\.`));
      expect(story.steps.map(({ key }) => key)).toEqual(STEPS.map(({ key }) => key));
      expect(story.apdus).toBeGreaterThan(50);
      expect(story.modemLine.bytesOut).toBeGreaterThan(2 * 5000);
      expect(story.network).toMatchObject({ requests: 9 });
      expect(story.network.bodyBytesDown).toBeGreaterThan(5000);
      expect(story.network.wireBytesDown).toBeGreaterThan(story.network.bodyBytesDown);
    });
  });
}

describe.skipIf(process.platform === 'win32')('ipa demo on a terminal', () => {
  /** Runs it to its end; types Ctrl-C when these words first appear. */
  async function demoOnTerminal(size: string, ctrlCAt?: string): Promise<{ status: number; shown: string }> {
    const { spawn } = await import('@lydell/node-pty');
    const args = [...ENTRY, 'demo', '--runtime', 'node', '--profile-size', size];
    const terminal = spawn(process.execPath, args, { cols: 120, cwd: root });
    let shown = '';
    let typed = ctrlCAt === undefined;
    terminal.onData((text) => {
      shown += text;
      if (typed || !shown.includes(ctrlCAt ?? '')) return;
      typed = true;
      terminal.write('\x03');
    });
    const status = await new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    return { status, shown };
  }

  it('→ a list that fills up, and the verdict last', async () => {
    const { status, shown } = await demoOnTerminal('5000');
    expect(status).toBe(0);
    expect(shown).toMatch(/\d+ APDUs/);
    const ticked = shown.split('\n').filter((line) => line.includes('✔'));
    expect(STEPS.filter(({ title }) => !ticked.some((line) => line.includes(title)))).toEqual([]);
    expect(shown).toContain(VERDICT);
  });

  it('Ctrl-C in the middle → status 130, the cursor is there again', async () => {
    const { status, shown } = await demoOnTerminal('1400000', ' APDUs');
    expect(status).toBe(130);
    expect(shown.lastIndexOf('\x1b[?25h')).toBeGreaterThan(shown.lastIndexOf('\x1b[?25l'));
    expect(shown).not.toContain('done:');
  });
});

describe('ipa demo', () => {
  it('without a terminal → plain lines, a table, and the verdict last', async () => {
    const { status, stdout } = await ipaHere('demo', '--runtime', 'node', '--block-size', '120');
    const lines = stdout.trimEnd().split('\n');
    expect(status).toBe(0);
    expect(lines.slice(0, STEPS.length)).toEqual(STEPS.map(({ title }) => title));
    expect(stdout).toContain('linear memory in use');
    expect(lines.at(-1)).toBe(VERDICT);
  });

  it('uses the same memory for a profile a hundred times as large', async () => {
    const [small, large] = [
      await tellStory({ profileBytes: 5000, runtime: 'node' }),
      await tellStory({ profileBytes: 500_000, runtime: 'node' }),
    ];
    expect([small.ok, large.ok]).toEqual([true, true]);
    expect(large.module).toEqual(small.module);
    expect(large.module.memoryBytes).toBeLessThanOrEqual(12_288);
    expect(large.network.bodyBytesDown).toBeGreaterThan(500_000);
  });

  it('tells what failed when the eUICC is full', async () => {
    const story = await tellStory({ profileBytes: 1_600_000, runtime: 'node' });
    expect(story).toMatchObject({ ok: false, profile: { state: 'absent' } });
    expect(story.verdict).toMatch(/^failed: eIM: answered with an error.*, code \d+$/);
  });
});

describe('steps', () => {
  it('go forwards only, and only to the next', () => {
    const begun: string[] = [];
    const clock = new StepClock(({ key }) => begun.push(key));
    clock.begin('startUp');
    clock.see({ peer: 'eIM', name: 'GetEimPackage' });
    clock.see({ peer: 'eUICC', name: 'AddInitialEim' });
    clock.see({ peer: 'eUICC', name: 'GetEimPackage' });
    clock.see({ peer: 'eIM', name: 'GetEimPackage' });
    clock.see({ peer: 'eUICC', name: 'AddInitialEim' });
    clock.end();
    expect(begun).toEqual(['peers', 'startUp', 'initialEim', 'poll']);
    expect(clock.finished.map(({ key }) => key)).toEqual(begun);
  });
});
