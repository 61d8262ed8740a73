// SPDX-License-Identifier: Apache-2.0
// `ipa download` with a scripted module: what it is told, what the user is asked, and what is said in the end.

import { describe, expect, it, vi } from 'vitest';
import { Action, ConsentAnswer, ErrorCode, Event, Summary } from '../../host/abi.js';
import { DownloadConsent } from '../../host/cli/download/consent.js';
import { decodeOffer } from '../../host/consent.js';
import { fromHex } from '../../host/sim/codec/bytes.js';
import { scriptedInstance, summary } from '../support/scripted-instance.js';
import { ipaWith, silentModem } from './local-rig.js';

vi.mock('../../host/cli/runtime.js', async (original) => (await import('./present-instance.js')).withoutRuntime(original));

const modem = await silentModem();
const CODE = 'LPA:1$smdp.example.com$MATCH-0001';
const offer = (code: string) => fromHex(`80080123456789ABCDEF0101${code}8301005A0A98001032547698103214910441636D65920548656C6C6F`);

/** A module that offers a profile and ends with this result. */
const offering = (code: string, result: { argument?: number; values?: Record<number, number> }) =>
  scriptedInstance([
    { kind: Action.Consent, bytes: offer(code) },
    { kind: Action.Finished, argument: result.argument ?? 0, bytes: summary(result.values ?? {}) },
  ]);
const INSTALLED = { values: { [Summary.ProfilesInstalled]: 1, [Summary.Notifications]: 1 } };
const REFUSED = { argument: ErrorCode.ConsentRefused };

describe('ipa download', () => {
  it('--yes → installs what is offered', async () => {
    const instance = offering('00', INSTALLED);
    const { status, stdout } = await ipaWith(instance, 'download', ...modem, '--yes', CODE);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^offered: Acme Hello \(89000123456789012341\)\n/);
    expect(stdout).toMatch(/\ndone: 1 profile installed, 1 notification delivered\n$/);
    const data = Buffer.from(CODE).toString('hex').toUpperCase();
    expect(instance.events[0]!.bytes).toMatch(new RegExp(`^800102810101.*90008F238021${data}$`));
    expect(instance.events[1]).toEqual({ kind: Event.Consent, argument: ConsentAnswer.Install, bytes: '' });
  });

  it.each([
    [['--default-smdp'], /8F028100$/],
    [['--smds'], /8F02A200$/],
    [['--smds', 'ds.gsma.com'], /8F0FA20D800B64732E67736D612E636F6D$/],
    [
      ['--default-smdp', '--imei', '490154203237518', '--rsp-binding', 'asn1', '--assistant', 'lpad'],
      /^.*940101.*860894104502237315F8.*8E0100.*8F028100$/,
    ],
  ])('%j → tells the module so', async (args, bytes) => {
    const instance = offering('00', INSTALLED);
    expect(await ipaWith(instance, 'download', ...modem, '--yes', ...args)).toMatchObject({ status: 0 });
    expect(instance.events[0]!.bytes).toMatch(bytes);
  });

  it('--confirmation-code → proves it', async () => {
    const instance = offering('FF', INSTALLED);
    await ipaWith(instance, 'download', ...modem, '--yes', '--confirmation-code', '1234', CODE);
    expect(instance.events[1]).toEqual({
      kind: Event.Consent,
      argument: ConsentAnswer.Install,
      bytes: expect.stringMatching(/^[0-9A-F]{64}$/),
    });
  });

  it('without a needed code → leaves the order, and says what is missing', async () => {
    const instance = offering('FF', REFUSED);
    const { status, stderr } = await ipaWith(instance, 'download', ...modem, '--yes', '--json', CODE);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(instance.events[1]).toMatchObject({ argument: ConsentAnswer.Postpone });
    const { stderr: words } = await ipaWith(offering('FF', REFUSED), 'download', ...modem, '--yes', CODE);
    expect(words).toMatch(/^error: SM-DP\+: .*\nnext: this profile needs the confirmation code .* --confirmation-code\n$/);
  });

  it('without --yes and without a terminal → leaves the order, and says so', async () => {
    const { status, stdout, stderr } = await ipaWith(offering('00', REFUSED), 'download', ...modem, CODE);
    expect(status).toBe(1);
    expect(stderr).toContain('next: nobody is there to be asked: give your consent with --yes');
    expect(stdout).toContain('failed: 0 profiles installed');
  });

  it('says what the SM-DP+ means', async () => {
    const values = { [Summary.Detail]: 0x8_2638 };
    const refused = scriptedInstance([{ kind: Action.Finished, argument: ErrorCode.SmdpError, bytes: summary(values) }]);
    const { stderr } = await ipaWith(refused, 'download', ...modem, '--yes', CODE);
    expect(stderr).toMatch(/— subject 8\.2\.6, reason 3\.8: the matching ID is unknown, or its profile was installed already\n/);
  });

  it('--json → one object', async () => {
    const { stdout } = await ipaWith(offering('00', INSTALLED), 'download', ...modem, '--yes', '--json', CODE);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      profilesInstalled: 1,
      notifications: 1,
      profile: { iccid: '89000123456789012341', name: 'Acme Hello (89000123456789012341)' },
    });
  });
});

describe('the user', () => {
  /** Asks with these answers; gives the decision and the questions. */
  async function asked(code: string, ...answers: string[]) {
    const questions: string[] = [];
    const ask = async (question: string) => {
      questions.push(question);
      return answers.shift() ?? '';
    };
    const consent = new DownloadConsent({ yes: false, confirmationCode: undefined, ask });
    return { decision: await consent.decide(decodeOffer(offer(code))), questions, advice: consent.advice };
  }

  it('says yes, no or later', async () => {
    const { decision, questions } = await asked('00', 'y');
    expect(decision).toEqual({ install: true });
    expect(questions).toEqual(['Install Acme Hello (89000123456789012341)? [y]es, [n]o for ever, [l]ater: ']);
    expect(await asked('00', 'No')).toMatchObject({ decision: { install: false }, advice: expect.stringContaining('for good') });
    for (const answer of ['l', '', 'what?'])
      expect(await asked('00', answer)).toMatchObject({
        decision: { install: 'postpone' },
        advice: expect.stringContaining('still there'),
      });
  });

  it('is asked for a confirmation code', async () => {
    expect(await asked('FF', 'yes', ' 1234 ')).toMatchObject({ decision: { install: true, confirmationCode: '1234' } });
    expect(await asked('FF', 'yes', '')).toMatchObject({
      decision: { install: 'postpone' },
      advice: expect.stringContaining('--confirmation-code'),
    });
  });
});
