// SPDX-License-Identifier: Apache-2.0
// Standard output that is closed or full: an end without a stack trace.

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/paths.js';
import { ENTRY, ended } from './support.js';

describe('standard output', () => {
  it('closed by its reader → status 1, not a word', async () => {
    const child = spawn(process.execPath, [...ENTRY, 'demo', '--runtime', 'node'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    expect(await ended(child)).toMatchObject({ status: 1, stderr: '' });
  });
});

describe('standard error', () => {
  it('closed by its reader → the poll goes on', async () => {
    const args = [...ENTRY, 'poll', '--modem', 'sim:', '--runtime', 'node'];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.destroy();
    expect(await ended(child)).toMatchObject({ status: 0, stdout: expect.stringContaining('done: 2 packages') });
  });
});

describe.skipIf(!existsSync('/dev/full'))('standard output on a full disk', () => {
  it('→ status 1, one line', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [...ENTRY, 'demo', '--runtime', 'node'], { cwd: root, stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    expect(await ended(child)).toMatchObject({ status: 1, stderr: expect.stringMatching(/^error: standard output is lost: ENOSPC.*\n$/) });
  });
});
