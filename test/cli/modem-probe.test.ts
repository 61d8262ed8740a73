// SPDX-License-Identifier: Apache-2.0
// `ipa modem probe`: what it finds on modems of all kinds, that it leaves nothing behind, and the table of modems with every command.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { KNOWN_MODEMS, type ModemIdentity, type ModemQuirks, SimulatedModem } from '../../host/sim/modem/index.js';
import { Testbed } from '../../host/sim/testbed.js';
import { ipaHere, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Probed {
  readonly ok: boolean;
  readonly identity?: ModemIdentity;
  readonly row?: { readonly options: object; readonly why: string };
  readonly findings: readonly { readonly name: string; readonly works: boolean; readonly says: string }[];
  readonly eid?: string;
  readonly error?: { readonly code: string; readonly advice: string };
}

/** A modem with an eUICC, behind a TCP port. */
async function modemWith(quirks: ModemQuirks, identity: Partial<ModemIdentity> = {}) {
  const bed = await Testbed.start({ modem: { quirks, identity } });
  const server = await bed.modem.listenTcp();
  open.push(
    () => bed.close(),
    () => server.close(),
  );
  return { bed, modem: ['--modem', `tcp:127.0.0.1:${server.port}`, '--runtime', 'node'] };
}

async function probe(...args: string[]): Promise<{ status: number | null; probed: Probed }> {
  const { status, stdout } = await ipaHere('modem', 'probe', ...args, '--json');
  return { status, probed: JSON.parse(stdout) as Probed };
}

const found = ({ findings }: Probed): Record<string, boolean> => Object.fromEntries(findings.map(({ name, works }) => [name, works]));
const words = ({ findings }: Probed, name: string): string | undefined => findings.find((each) => each.name === name)?.says;

const GENERAL = { 'AT+CMEE=1': true, 'AT+CFUN?': true, 'AT+CPIN?': true, 'AT+CEREG?': true };

describe('ipa modem probe', () => {
  it('tells people about a modem of the standard, and reaches its eUICC', async () => {
    const { bed, modem } = await modemWith({});
    const { status, stdout, stderr } = await ipaHere('modem', 'probe', ...modem);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^modem {13}tcp:127\.0\.0\.1:\d+, ipa-wasm Simulated Modem \(1\.0\)\ntable {13}nothing is known about it\n/);
    expect(stdout).toMatch(/\nAT\+CEREG\? {9}works: 0,1\n/);
    expect(stdout).toMatch(/\nAT\+CSIM {11}works: STATUS on the basic channel answers \w{4}\n/);
    expect(stdout).toMatch(
      /\nAT\+CCHO {11}works: opens the ISD-R as session 17\nAT\+CGLA {11}works: GetEID answers 6115\nAT\+CCHC {11}works/,
    );
    expect(stdout).toMatch(/\nEID {15}89049032123451234512345678901235\n/);
    expect(stderr).toMatch(/^trying {2}AT\+CMEE=1\n/);
    expect(bed.modem.sessions.size).toBe(0);
  });

  it.each([
    ['standard', {}, { 'AT+CSIM': true, 'AT+CSIM channel': true, 'AT+CCHO': true, 'AT+CGLA': true, 'AT+CCHC': true }],
    ['sierra-mc7455', {}, { 'AT+CSIM': true, 'AT+CSIM channel': true, 'AT+CCHO': true, 'AT+CGLA': true, 'AT+CCHC': true }],
    ['fibocom-fm350', {}, { 'AT+CSIM': true, 'AT+CSIM channel': true, 'AT+CCHO': true, 'AT+CGLA': true, 'AT+CCHC': true }],
    ['dell-dw5821e', {}, { 'AT+CSIM': true, 'AT+CSIM channel': true, 'AT+CCHO': false }],
    ['huawei-ms2372', {}, { 'AT+CSIM': true, 'AT+CSIM channel': false, 'AT+CCHO': false }],
    ['standard', { unsupported: ['+CSIM'] }, { 'AT+CSIM': false, 'AT+CCHO': true, 'AT+CGLA': expect.any(Boolean), 'AT+CCHC': true }],
    [
      'standard',
      { unquotedResponses: true },
      { 'AT+CSIM': true, 'AT+CSIM channel': true, 'AT+CCHO': true, 'AT+CGLA': true, 'AT+CCHC': true },
    ],
    [
      'standard',
      { fetchesResponses: true },
      { 'AT+CSIM': true, 'AT+CSIM channel': true, 'AT+CCHO': true, 'AT+CGLA': true, 'AT+CCHC': true },
    ],
  ] as const)('finds what %s with %j can do', async (name, quirks, ways) => {
    const { bed, modem } = await modemWith({ ...KNOWN_MODEMS[name].quirks, ...quirks });
    const { status, probed } = await probe(...modem);
    expect(found(probed)).toEqual({ ...GENERAL, ...ways });
    // which way the module goes, and whether it gets there, is for its own tests
    expect(status).toBe(probed.ok ? 0 : 1);
    expect(probed.eid).toBe(probed.ok ? bed.eid : undefined);
    expect(bed.modem.sessions.size).toBe(0);
  });

  it('says when a session cannot be closed', async () => {
    const { modem } = await modemWith({ unsupported: ['+CCHC'] });
    const { probed } = await probe(...modem);
    expect(found(probed)).toMatchObject({ 'AT+CCHO': true, 'AT+CGLA': true, 'AT+CCHC': false });
    expect(words(probed, 'AT+CCHC')).toBe('answers +CME ERROR: 4: the session stays open until the modem restarts');
  });

  it('leaves no channel open on the card', async () => {
    const { bed, modem } = await modemWith({});
    await probe(...modem);
    const opened = bed.euicc.transmit(Uint8Array.of(0x00, 0x70, 0x00, 0x00, 0x01));
    expect([...opened]).toEqual([1, 0x90, 0x00]);
  });

  it('without a card ends with what was seen, and status 1', async () => {
    const server = await new SimulatedModem().listenTcp();
    open.push(() => server.close());
    const args = ['modem', 'probe', '--modem', `tcp:127.0.0.1:${server.port}`, '--runtime', 'node'];
    const { status, stdout, stderr } = await ipaHere(...args);
    expect(status).toBe(1);
    expect(stdout).toMatch(/\nAT\+CPIN\? {10}fails: answers \+CME ERROR: 10\n/);
    expect(stdout).toMatch(
      /\nAT\+CSIM {11}fails: AT\+CSIM=10,"80F2000000" answers \+CME ERROR: 10\nAT\+CCHO {11}fails: answers \+CME ERROR: 10\n/,
    );
    expect(stderr).toMatch(/\nerror: modem: .*\nnext: what fails above tells which way is closed; try another by --card-access/);
  });

  it('on a line that breaks says so', async () => {
    const modem = new SimulatedModem();
    modem.disturb({ prefix: 'AT+CMEE', action: { kind: 'dropLine' } });
    const server = await modem.listenTcp();
    open.push(() => server.close());
    const { status, stdout, stderr } = await ipaHere('modem', 'probe', '--modem', `tcp:127.0.0.1:${server.port}`, '--runtime', 'node');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/error: the modem line tcp:127\.0\.0\.1:\d+ was closed by the other side\nnext: check the cable/);
  });
});

describe('the table of modems', () => {
  const identity = { manufacturer: 'Quectel', model: 'EC20F', revision: 'EC20CEFAGR06A05M4G' };

  it('is used by what the modem tells of itself', async () => {
    const { modem } = await modemWith({}, identity);
    const { status, probed } = await probe(...modem);
    expect(status).toBe(0);
    expect(probed).toMatchObject({
      identity,
      row: { options: { cardAccess: 'csim' }, why: expect.stringContaining('AT+CGLA answers ERROR') },
    });
    const { stdout, stderr } = await ipaHere('modem', 'probe', ...modem);
    expect(stdout).toMatch(/\ntable {13}Quectel EC20: cardAccess csim — AT\+CGLA .* \(lpac issue 186\)\n/);
    expect(stderr).toMatch(/^modem {2}Quectel EC20: cardAccess csim\n/);
  });

  it('gives way to a file of one’s own', async () => {
    const file = path.join(folder, 'modems.json');
    writeFileSync(file, JSON.stringify([{ manufacturer: 'Quectel', options: { blockBytes: 63 }, why: 'measured on the bench' }]));
    const { modem } = await modemWith({}, identity);
    const { stdout, stderr } = await ipaHere('modem', 'probe', ...modem, '--modem-quirks', file);
    expect(stdout).toMatch(/\ntable {13}Quectel: blockBytes 63 — measured on the bench\n/);
    expect(stderr).toMatch(/^modem {2}Quectel: blockBytes 63\n/);
    const info = await ipaHere('info', ...modem, '--modem-quirks', file);
    expect(info).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^EID/),
      stderr: expect.stringMatching(/^modem {2}Quectel: blockBytes 63\n/),
    });
  });

  it('is not asked with none, and the modem neither', async () => {
    const { bed, modem } = await modemWith({}, identity);
    const before = bed.modem.counters.commands;
    const { stderr } = await ipaHere('info', ...modem, '--modem-quirks', 'none');
    const without = bed.modem.counters.commands - before;
    expect(stderr).not.toMatch(/modem {2}/);
    await ipaHere('info', ...modem);
    // AT+CMEE?, ATE0, AT+CGMI, AT+CGMM, AT+CGMR
    expect(bed.modem.counters.commands - before - without).toBe(without + 5);
  });

  it('is named with an error of modem or card, and the way to this command', async () => {
    const { modem } = await modemWith({ unsupported: ['+CSIM', '+CCHO', '+CGLA', '+CCHC'] }, identity);
    const { status, stderr } = await ipaHere('info', ...modem);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /\nnext: .*; the options for Quectel EC20 were used \(cardAccess csim\), others win over them; ipa modem probe shows what can be done here\n$/,
    );
  });
});
