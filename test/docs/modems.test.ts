// SPDX-License-Identifier: Apache-2.0
// docs/modems.md tells the truth: its commands run, with a simulated modem in the place of the real one, and its table is one.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseModemAddress } from '../../host/modem/address.js';
import { readModemQuirks } from '../../host/modem/modem-quirks.js';
import type { ModemServer } from '../../host/sim/modem/index.js';
import { Testbed } from '../../host/sim/testbed.js';
import { inProject } from '../../scripts/paths.js';
import { ipaHere, temporaryFolder } from '../cli/support.js';

const text = readFileSync(inProject('docs', 'modems.md'), 'utf8');
const commands = [...text.matchAll(/^ {4}node dist\/host\/cli\/ipa\.js (.*)$/gm)].map(([, args = '']) => args);
const [, table = ''] = /```json\n(.*?)```/s.exec(text) ?? [];
const folder = temporaryFolder();

let bed: Testbed;
let server: ModemServer;

beforeAll(async () => {
  bed = await Testbed.start({ associated: true, modem: { identity: { manufacturer: 'Quectel', model: 'EG25' } } });
  server = await bed.modem.listenTcp();
  writeFileSync(path.join(folder, 'modems.json'), table);
});

afterAll(async () => {
  await server.close();
  await bed.close();
});

/** The command of the document with the simulated modem, and files in the folder of the test. */
function here(command: string): string[] {
  const words = command
    .replace(/serial:\S+/, `tcp:127.0.0.1:${server.port}`)
    .replace(/(?<= |:)[\w.]+\.jsonl?(?= |$)/, (file) => path.join(folder, file))
    .split(' ');
  return [...words, '--runtime', 'node'];
}

describe('the commands', () => {
  it('are there', () => {
    expect(commands.length).toBe(5);
  });

  it.each(commands)('%s', async (command) => {
    const { status, stderr } = await ipaHere(...here(command));
    expect(status, stderr).toBe(0);
    if (command.includes('modems.json')) expect(stderr).toMatch(/^modem {2}Quectel EG25: cardAccess channel, blockBytes 63\n/);
  });
});

describe('the addresses', () => {
  it.each([...text.matchAll(/`((?:serial|pty|tcp|pcsc|replay|sim):[^`]*)`/g)].map(([, address = '']) => [address]))(
    '%s can be read',
    (address) => {
      expect(parseModemAddress(address)).toMatchObject({ kind: address.split(':')[0] });
    },
  );
});

describe('the options', () => {
  it('are all there, and those of the command line exist', async () => {
    const { stdout } = await ipaHere('modem', 'probe', '--help');
    const rows = [...text.matchAll(/^\| (`--.*?|–) \| `(\w+)` \|/gm)].map(([, flags = '', name = '']) => ({ flags, name }));
    expect(rows.map(({ name }) => name).sort()).toEqual(
      ['awaitRegistration', 'blockBytes', 'cardAccess', 'modemReset', 'passesClassByte', 'responseBytes', 'simLock'].sort(),
    );
    for (const flag of rows.flatMap(({ flags }) => flags.match(/--[\w-]+/g) ?? [])) expect(stdout).toContain(flag);
  });
});

describe('the example of a table', () => {
  it('is one', () => {
    expect(readModemQuirks(table)).toHaveLength(1);
  });
});
