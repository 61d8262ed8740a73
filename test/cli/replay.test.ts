// SPDX-License-Identifier: Apache-2.0
// A session with a modem becomes a transcript (--record), which runs again without the modem (--modem replay:).

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ipaHere, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const file = path.join(folder, 'session.jsonl');
const runtime = ['--runtime', 'node'];

describe('a recorded session', () => {
  it('runs again, and tells the same', async () => {
    const recorded = await ipaHere('info', '--modem', 'sim:', ...runtime, '--record', file);
    expect(recorded).toMatchObject({ status: 0, stdout: expect.stringMatching(/^EID +\d{32}\n/) });
    expect(await ipaHere('info', '--modem', `replay:${file}`, ...runtime)).toEqual(recorded);
  });

  it('is a line of JSON for each thing that passed, to the end', () => {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines[0]!)).toEqual({ transcript: 1, line: 'sim:' });
    expect(JSON.parse(lines[1]!)).toMatchObject({ out: 'AT+CMEE?\r' });
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ closed: true });
  });

  it('says where something else is done now', async () => {
    const { status, stderr } = await ipaHere('info', '--modem', `replay:${file}`, ...runtime, '--modem-quirks', 'none');
    expect(status).toBe(1);
    expect(stderr).toMatch(/error: the host does otherwise than the transcript says at line 2: expected "AT\+CMEE\?\\r", seen "AT\\r"/);
    expect(stderr).toMatch(/\nnext: write the path of a transcript .* and the command and options it was recorded with\n$/);
  });

  it('is named when it cannot be read, or is none', async () => {
    const missing = await ipaHere('info', '--modem', `replay:${path.join(folder, 'none')}`, ...runtime);
    expect(missing).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: the transcript .*none cannot be read \(ENOENT\)\nnext: /),
    });
    writeFileSync(path.join(folder, 'text'), 'hello\n');
    const wrong = await ipaHere('info', '--modem', `replay:${path.join(folder, 'text')}`, ...runtime);
    expect(wrong).toMatchObject({ status: 1, stderr: expect.stringMatching(/^error: line 1 of the transcript is no JSON object\n/) });
  });
});
