// SPDX-License-Identifier: Apache-2.0
// What a device does between a profile change and its result (SGP.32 v1.2 §3.3.1): REFRESH where the card asks for it (ETSI TS 102 223
// §6.4.7), the card or the modem is reset, the channel opened again, and the network waited for.

import { describe, expect, it } from 'vitest';
import type { ByteLine } from '../../host/interfaces.js';
import type { PollOptions } from '../../host/options.js';
import { psmo } from '../../host/sim/eim/index.js';
import type { ModemQuirks } from '../../host/sim/modem/index.js';
import { makeMetadata, notifyAll } from '../../host/sim/profile/index.js';
import { Bench, type BenchOptions } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

const HOME = '89000123456789012341';
const NEW = '89000123456789012358';
const UICC_RESET = 0x04;
const PROFILE_STATE_CHANGE = 0x09;

/** An eUICC with an enabled profile and another one. */
function startWithTwo(quirks: ModemQuirks, euicc: BenchOptions['euicc'] = {}): Promise<Bench> {
  const metadata = (iccid: string) => makeMetadata({ iccid, notifications: notifyAll('smdp.example.com') });
  const profiles = [{ metadata: metadata(HOME), state: 'enabled' as const }, { metadata: metadata(NEW) }];
  return Bench.start({ modem: { quirks }, euicc: { profiles, ...euicc } });
}

interface Switched {
  /** AT command lines behind the package, up to the next one that goes to the ISD-R. */
  readonly lines: readonly string[];
  readonly result: Awaited<ReturnType<Bench['poll']>>;
}

/** Enables NEW by a package. */
async function enable(bench: Bench, options: PollOptions = {}, rollback = false): Promise<Switched> {
  bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(NEW, { rollback })] });
  const line = bench.bed.modem.connect();
  const written: string[] = [];
  const card: ByteLine = {
    ...line,
    name: line.name,
    write: (bytes) => {
      written.push(Buffer.from(bytes).toString('latin1').replace(/\r$/, ''));
      line.write(bytes);
    },
    onData: (listener) => line.onData(listener),
    onClose: (listener) => line.onClose(listener),
    close: () => line.close(),
  };
  const result = await bench.poll(options, { card });
  const from = written.findIndex((text) => /AT\+CFUN|"8012/.test(text));
  const to = written.findIndex((text, at) => at > from && /"8[0-3]E2/.test(text));
  return { lines: written.slice(from, to), result };
}

const DONE = { error: undefined, packages: 1 };

describe('a profile change', () => {
  it.each([
    [undefined, ['AT+CFUN=0', 'AT+CFUN=1']],
    ['powerCycle', ['AT+CFUN=0', 'AT+CFUN=1']],
    ['radioCycle', ['AT+CFUN=4', 'AT+CFUN=1']],
    ['restart', ['AT+CFUN=1,1', 'AT', 'ATE0', 'AT+CMEE=1']],
  ] as const)(
    'is followed by a reset of the kind that the host says (%s), then by channel, ISD-R and registration',
    async (modemReset, reset) => {
      const bench = await startWithTwo({});
      const { lines, result } = await enable(bench, modemReset === undefined ? {} : { modemReset });
      expect(result).toMatchObject(DONE);
      expect(lines).toEqual([
        ...reset,
        'AT+CSIM=20,"80AA000005A903840101"',
        'AT+CSIM=10,"0070000001"',
        'AT+CSIM=42,"01A4040010A0000005591010FFFFFFFF8900000100"',
        'AT+CEREG?',
      ]);
      expectHonestLog(bench.eim.log);
      expectCleanCard(bench.euicc);
    },
  );

  it('over AT+CCHO opens a session anew', async () => {
    const bench = await startWithTwo({ unsupported: ['+CSIM'] });
    const { lines, result } = await enable(bench);
    expect(result).toMatchObject(DONE);
    expect(lines).toEqual([
      'AT+CFUN=0',
      'AT+CFUN=1',
      'AT+CCHO="A0000005591010FFFFFFFF8900000100"',
      expect.stringMatching(/^AT\+CGLA=\d+,20,"80AA000005A903840101"$/),
      'AT+CEREG?',
    ]);
    expect(bench.bed.modem.sessions.size).toBe(0);
  });

  it('finds the card busy or not there for some time, which is waited for', async () => {
    const bench = await startWithTwo({});
    for (const answer of ['+CME ERROR: 10', '+CME ERROR: 13', '+CME ERROR: 14', '+CME ERROR: SIM busy'])
      bench.bed.modem.disturb({ prefix: 'AT+CSIM=10,"0070000001"', nth: 2, action: { kind: 'answer', lines: [answer] } });
    expect((await enable(bench)).result).toMatchObject(DONE);
  });

  it('whose card is not there any more ends the command', async () => {
    const bench = await startWithTwo({});
    const answer = { kind: 'answer', lines: ['+CME ERROR: 10'] } as const;
    bench.bed.modem.disturb({ prefix: 'AT+CSIM=10,"0070000001"', nth: 2, times: Number.POSITIVE_INFINITY, action: answer });
    expect((await enable(bench)).result).toMatchObject({ error: { code: 'ModemCmeError' }, detail: 10 });
  });
});

describe('a card that asks for REFRESH', () => {
  for (const mode of [UICC_RESET, PROFILE_STATE_CHANGE]) {
    it(`(mode ${mode}) is answered, then reset`, async () => {
      const bench = await startWithTwo({}, { proactiveRefresh: mode });
      const { lines, result } = await enable(bench);
      expect(result).toMatchObject(DONE);
      expect(lines.slice(0, 3)).toEqual([
        expect.stringMatching(/^AT\+CSIM=10,"80120000(?!00)[0-9A-F]{2}"$/),
        `AT+CSIM=34,"801400000C81030101${mode === UICC_RESET ? '04' : '09'}8202828183010${0}"`,
        'AT+CFUN=0',
      ]);
      expect(bench.euicc.profiles.find(({ iccid }) => iccid === NEW)?.state).toBe('enabled');
      // no proactive session is left that would make the next change catBusy
      bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(HOME)] });
      expect(await bench.poll()).toMatchObject(DONE);
      expect(bench.events('euiccPackageResult').flatMap(({ result: each }) => (each.form === 'signed' ? each.results : []))).toMatchObject([
        { code: 0 },
        { code: 0 },
      ]);
    });
  }

  it.each([
    ['is asked by its modem', { proactiveCommands: 'modem' }],
    ['is asked by nobody', { proactiveCommands: 'nobody' }],
    ['is behind AT+CGLA', { unsupported: ['+CSIM'] }],
  ] as const)('and %s is reset all the same, and can be switched again', async (_, quirks) => {
    const bench = await startWithTwo(quirks, { proactiveRefresh: UICC_RESET });
    expect((await enable(bench)).result).toMatchObject(DONE);
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(HOME)] });
    expect(await bench.poll()).toMatchObject(DONE);
    expect(bench.euicc.profiles.find(({ iccid }) => iccid === HOME)?.state).toBe('enabled');
  });

  it('in a reader is answered, too', async () => {
    const bench = await startWithTwo({}, { proactiveRefresh: UICC_RESET });
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(NEW)] });
    expect(await bench.poll({}, { card: bench.euicc })).toMatchObject(DONE);
  });
});

describe('registration', () => {
  const count = (lines: readonly string[]) => lines.filter((line) => line === 'AT+CEREG?').length;

  it.each<[string, ModemQuirks, number]>([
    ['at once', {}, 1],
    ['abroad', { roams: true }, 1],
    ['after a while', { searchesAfterReset: 7 }, 8],
    ['with cell and technology told', { searchesAfterReset: 2, tellsCell: true }, 3],
    ['with the unsolicited form in between', { searchesAfterReset: 2, reportsWithQuery: true }, 3],
    ['never told, as the modem does not know AT+CEREG', { unsupported: ['+CEREG'] }, 1],
  ])('%s: the result goes out then', async (_, quirks, questions) => {
    const bench = await startWithTwo(quirks);
    const { lines, result } = await enable(bench);
    expect(result).toMatchObject(DONE);
    expect(count(lines)).toBe(questions);
  });

  it('is waited for until the deadline and no longer; then the network is tried all the same', async () => {
    const bench = await startWithTwo({ searchesAfterReset: 1_000_000 });
    const { lines, result } = await enable(bench, { onlineTimeoutMs: 20_000 });
    expect(result).toMatchObject(DONE);
    expect(count(lines)).toBe(11); // every two seconds
  });

  it('is not waited for where the network goes another way', async () => {
    const bench = await startWithTwo({ searchesAfterReset: 1_000_000 });
    const { lines, result } = await enable(bench, { awaitRegistration: false });
    expect(result).toMatchObject(DONE);
    expect(count(lines)).toBe(0);
  });
});
