// SPDX-License-Identifier: Apache-2.0
// Nothing is built twice, and nothing stale is used.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { inProject } from '../../scripts/paths.js';
import { isStale, runStep, type Step } from '../../scripts/stale.js';

const FOLDER = 'build/test/stale';
const OUTPUT = `${FOLDER}/output`;
let runs = 0;
const step: Step = {
  name: 'stale-test',
  inputs: [`${FOLDER}/in`, `${FOLDER}/missing`],
  outputs: [OUTPUT],
  run: async () => {
    runs++;
    await writeFile(inProject(OUTPUT), '');
  },
};
const write = (name: string, text: string) => writeFile(inProject(FOLDER, 'in', name), text);

beforeEach(async () => {
  await rm(inProject(FOLDER), { recursive: true, force: true });
  await mkdir(inProject(FOLDER, 'in', 'deep'), { recursive: true });
  await write('a', 'one');
  await write('deep/b', 'two');
  runs = 0;
  await runStep(step);
});

describe('a step', () => {
  it('is fresh after it ran', async () => {
    expect(runs).toBe(1);
    expect(await isStale(step)).toBe(false);
  });

  it.each([
    ['an input changed', () => write('deep/b', 'three')],
    ['an input came', () => write('deep/c', '')],
    ['an input went', () => rm(inProject(FOLDER, 'in', 'a'))],
    ['bytes moved from one input to the next', () => Promise.all([write('a', 'onetwo'), write('deep/b', '')])],
    ['an output went', () => rm(inProject(OUTPUT))],
  ])('is stale when %s', async (_, change) => {
    await change();
    expect(await isStale(step)).toBe(true);
  });

  it('is fresh when only what people read has changed', async () => {
    await write('deep/README.md', 'words');
    expect(await isStale(step)).toBe(false);
  });

  it('stays stale when it fails', async () => {
    await write('a', 'changed');
    await expect(runStep({ ...step, run: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
    expect(await isStale(step)).toBe(true);
  });

  it('stays stale when an input changes while it runs', async () => {
    await runStep({ ...step, run: () => write('a', 'meanwhile') });
    expect(await isStale(step)).toBe(true);
  });
});
