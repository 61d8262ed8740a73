// SPDX-License-Identifier: Apache-2.0
// README.md tells the truth: its links lead somewhere, its commands and its example do what it says.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Testbed } from '../../host/sim/testbed.js';
import { inProject, root } from '../../scripts/paths.js';
import { countProcedures, fillBlock } from '../../scripts/readme.js';
import { type Ended, ended } from '../cli/support.js';

const readme = readFileSync(inProject('README.md'), 'utf8');

/** Lines of commands that begin with this text, without indentation. */
const commands = (begin: string): string[] =>
  readme
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith(begin));

/** Runs a command line; words must not need a shell. */
async function run(command: string): Promise<Ended> {
  const [program = '', ...args] = command.split(' ');
  return ended(spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** From the sources, which are never stale. */
const fromSources = (command: string): string => command.replace('node dist/host/cli/ipa.js', 'node --import tsx host/cli/ipa.ts');

describe('links', () => {
  it.each([
    'README.md',
    'CONTRIBUTING.md',
    'boards/README.md',
    'assembly/ABI.md',
    'assembly/DESIGN.md',
    'assembly/SPEC.md',
    'docs/performance.md',
    'docs/modems.md',
    'docs/virtual-card.md',
  ])('of %s lead to files of the project', (file) => {
    const text = readFileSync(inProject(file), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target = '']) => target).filter((target) => !/^\w+:/.test(target));
    const dead = targets.filter((target) => !existsSync(inProject(path.dirname(file), target)));
    expect(dead).toEqual([]);
  });
});

describe('the support table', () => {
  const rows = readme
    .split('\n')
    .filter((line) => /^\| .* \| (yes|\*\*no)/.test(line))
    .map((line) => line.slice(2, -2).split(' | '));

  it('names a test for whatever is supported, and prints the rest in bold', () => {
    for (const [procedure = '', , status = '', test = ''] of rows) {
      if (status.startsWith('yes')) expect(test, procedure).toMatch(/^\[`test\//);
      else expect(procedure, procedure).toMatch(/^\*\*.*\*\*$/);
    }
  });

  it('is what the numbers count', () => {
    const { supported, all } = countProcedures(readme);
    expect(all).toBe(rows.length);
    expect(readme).toContain(`${supported} of ${all} |`);
  });
});

describe('blocks', () => {
  it('are filled between their marks, whatever was there', () => {
    const text = 'a\n<!-- numbers: how -->\nold\n<!-- /numbers -->\nb\n';
    const filled = 'a\n<!-- numbers: how -->\n$& new\n<!-- /numbers -->\nb\n';
    expect(fillBlock(text, 'numbers', '$& new')).toBe(filled);
    expect(fillBlock(filled, 'numbers', '$& new')).toBe(filled);
    expect(() => fillBlock(text, 'example', 'new')).toThrow('README.md has no block for example');
  });
});

describe('commands', () => {
  it('npm start ends with the line that README.md shows', async () => {
    const [expected] = commands('done: ');
    const { status, stdout } = await run('npm start --silent');
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(expected);
  });

  it('ipa sim and ipa poll find each other', async () => {
    const port = await freePort();
    const here = (begin: string) =>
      commands(`node dist/host/cli/ipa.js ${begin}`).map((line) => fromSources(line.replace('4000', port)))[0]!;
    const [program = '', ...args] = here('sim').split(' ');
    const sim = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(sim.stdout, 'data');
    const whole = ended(sim);
    const polled = await run(here('poll --modem tcp'));
    expect(polled.stdout).toMatch(/\ndone: 2 packages, 1 profile installed, 1 notification delivered\n$/);
    expect(await whole).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/2 of 2 packages have their result, 0 of them failed\n$/),
    });
  });
});

describe('the embedding example', () => {
  it('stands in README.md as it is tested', () => {
    const source = readFileSync(inProject('test', 'docs', 'embedding.ts'), 'utf8');
    expect(readme).toContain(`\`\`\`ts\n${source.slice(source.indexOf('\n') + 1).trimEnd()}\n\`\`\`\n`);
  });

  it('polls', async () => {
    const bed = await Testbed.start({ associated: true });
    const modem = await bed.modem.listenTcp();
    bed.eim.queue(bed.eid, { kind: 'download', activationCode: bed.prepareProfile().activationCode });
    const { stdout, stderr } = await run(`node --import tsx test/docs/embedding.ts ${modem.port}`);
    expect({ stdout, stderr }).toEqual({ stdout: 'packages: 1, profiles installed: 1\n', stderr: '' });
    await modem.close();
    await bed.close();
  });
});

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}
