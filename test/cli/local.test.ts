// SPDX-License-Identifier: Apache-2.0
// Commands that only ask the eUICC: what they send, what they print for people and for programs, and what they say when it refuses.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Action, ErrorCode, Summary } from '../../host/abi.js';
import { tlv } from '../../host/sim/codec/ber.js';
import { fromHex, hex, utf8 } from '../../host/sim/codec/bytes.js';
import { addInitialEimRequest, encodeEimConfigurationData } from '../../host/sim/eim/index.js';
import { makeMetadata, notifyAll } from '../../host/sim/profile/index.js';
import { cardInstance } from '../host/es10/card-instance.js';
import { es10, openedEuicc, pki } from '../sim/euicc/support/card.js';
import { scriptedInstance, summary } from '../support/scripted-instance.js';
import { ipaWith, silentModem } from './local-rig.js';
import { temporaryFolder } from './support.js';

vi.mock('../../host/cli/runtime.js', async (original) => (await import('./present-instance.js')).withoutRuntime(original));

const [FIRST, SECOND] = ['89000123456789012341', '89000123456789012358'];
const folder = temporaryFolder();
const modem = await silentModem();

function euicc(options: Parameters<typeof openedEuicc>[0] = {}) {
  const sim = openedEuicc({
    profiles: [
      { metadata: makeMetadata({ iccid: FIRST, profileName: 'First', notifications: notifyAll('smdp.example.com') }), state: 'enabled' },
      { metadata: makeMetadata({ iccid: SECOND, profileName: 'Second\u001b[2J', fallbackAllowed: true }), fallbackAttribute: true },
    ],
    ...options,
  });
  return { sim, instance: cardInstance((request) => es10(sim, request).data) };
}

/** An instance whose eUICC answers each request with the next of these. */
function answers(...responses: string[]) {
  return cardInstance(() => fromHex(responses.shift()!));
}

const ok = (stdout: string | RegExp) => ({ status: 0, stdout: typeof stdout === 'string' ? `${stdout}\n` : expect.stringMatching(stdout) });

describe('ipa info', () => {
  it('tells the eUICC', async () => {
    const { stdout } = await ipaWith(euicc().instance, 'info', ...modem);
    expect(stdout).toMatch(/^EID {13}89049032123451234512345678901235\nkind {12}IoT, SGP\.32 v1\.2\.0\n/);
    expect(stdout).toMatch(/\ndefault SM-DP\+ {2}none\n/);
    const { stdout: json } = await ipaWith(euicc().instance, 'info', ...modem, '--json');
    expect(JSON.parse(json)).toMatchObject({ ok: true, runtime: 'card', eid: '89049032123451234512345678901235', iotVersions: ['1.2.0'] });
  });
});

describe('ipa profiles', () => {
  it('lists them, and lets no name command the terminal', async () => {
    const { status, stdout } = await ipaWith(euicc().instance, 'profiles', ...modem);
    expect(status).toBe(0);
    const [first, second] = stdout.trimEnd().split('\n');
    expect(first).toMatch(/^enabled {3}89000123456789012341 {2}.*First$/);
    expect(second).toMatch(/^disabled {2}89000123456789012358 {2}.*Second\?\[2J$/);
    const { stdout: json } = await ipaWith(euicc().instance, 'profiles', ...modem, '--json');
    expect(JSON.parse(json)).toMatchObject({ ok: true, profiles: [{ iccid: FIRST, state: 'enabled' }, { iccid: SECOND }] });
  });

  it('says when there is none', async () => {
    expect(await ipaWith(euicc({ profiles: [] }).instance, 'profiles', ...modem)).toMatchObject(ok('no profile'));
  });
});

describe('ipa enable, disable, delete, nickname', () => {
  const lpad = [...modem, '--assistant', 'lpad'];

  it.each([
    ['enable', 'BF3111A00C5A0A98001032547698103214810100', 'BF3103800100', `done: profile ${FIRST} is enabled`],
    ['disable', 'BF3211A00C5A0A98001032547698103214810100', 'BF3203800100', `done: profile ${FIRST} is disabled`],
    ['delete', 'BF330C5A0A98001032547698103214', 'BF3303800100', `done: profile ${FIRST} is deleted`],
  ])('%s → the eUICC is asked', async (command, request, response, words) => {
    const instance = answers(response);
    expect(await ipaWith(instance, command, ...lpad, FIRST)).toMatchObject({ ...ok(words), stderr: '' });
    expect(instance.requests.map(hex)).toEqual([request]);
  });

  it('names a profile', async () => {
    const instance = answers('BF2903800100');
    expect(await ipaWith(instance, 'nickname', ...lpad, FIRST, 'in the field')).toMatchObject(
      ok(`done: profile ${FIRST} is "in the field"`),
    );
    expect(hex(instance.requests[0]!)).toBe(hex(tlv(0xbf29, fromHex('5A0A98001032547698103214'), tlv(0x90, utf8('in the field')))));
  });

  it('says why the eUICC refuses, and what to do', async () => {
    expect(await ipaWith(answers('BF3303800102'), 'delete', ...lpad, FIRST)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'error: DeleteProfile: profileNotInDisabledState (2)\nnext: disable the profile, then delete it\n',
    });
    const { status, stdout } = await ipaWith(answers('BF3103800105'), 'enable', ...lpad, FIRST, '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code: 'catBusy', number: 5, layer: 'eUICC', advice: expect.stringContaining('wait') },
    });
  });

  it('says that an eUICC for IoT leaves it to its eIM', async () => {
    const finished = { kind: Action.Finished, argument: ErrorCode.StatusWord, bytes: summary({ [Summary.Detail]: 0x6a88 }) };
    expect(await ipaWith(scriptedInstance([finished]), 'enable', ...modem, FIRST)).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: card: an error status word.* — status word 6A88\nnext: an eUICC for IoT leaves this to its eIM/,
      ),
    });
  });
});

describe('ipa notifications', () => {
  it('lists and removes them', async () => {
    const { sim, instance } = euicc();
    await ipaWith(instance, 'fallback', 'execute', ...modem);
    const { stdout } = await ipaWith(instance, 'notifications', ...modem);
    expect(stdout).toMatch(/^ {4}\d {2}disable {3}89000123456789012341 {2}for smdp\.example\.com\n/);
    const seqNumber = String(sim.notifications[0]!.seqNumber);
    expect(await ipaWith(instance, 'notifications', 'remove', ...modem, seqNumber)).toMatchObject(ok('done: the notification is removed'));
    expect(await ipaWith(instance, 'notifications', 'remove', ...modem, seqNumber)).toMatchObject(
      ok('done: there is no such notification'),
    );
    expect(await ipaWith(instance, 'notifications', 'list', ...modem)).toMatchObject(ok('no notification'));
  });

  it('delivers them', async () => {
    const finished = { kind: Action.Finished, bytes: summary({ [Summary.Notifications]: 2 }) };
    const instance = scriptedInstance([finished]);
    expect(await ipaWith(instance, 'notifications', 'deliver', ...modem)).toMatchObject(
      ok(/\ndone: 0 profiles installed, 2 notifications delivered\n$/),
    );
    expect(instance.events[0]!.bytes).toMatch(/^800104/);
  });
});

describe('ipa eim', () => {
  const eim = encodeEimConfigurationData({
    eimId: 'eim.example.com',
    eimFqdn: 'a.example.com:8443',
    counterValue: 0,
    associationToken: -1,
    eimPublicKeyData: { certificate: pki.eimSign.certificate },
    indirectProfileDownload: true,
  });
  const file = path.join(folder, 'eim.der');
  writeFileSync(file, addInitialEimRequest(eim));

  it('adds the first one and lists it', async () => {
    const { instance } = euicc();
    expect(await ipaWith(instance, 'eim', ...modem)).toMatchObject(ok('no eIM'));
    expect(await ipaWith(instance, 'eim', 'add', ...modem, file)).toMatchObject(ok('done: the eUICC knows its eIM'));
    const line = 'eim.example.com  at a.example.com:8443, downloads go through it';
    expect(await ipaWith(instance, 'eim', 'list', ...modem)).toMatchObject(ok(line));
    expect(await ipaWith(instance, 'eim', 'add', ...modem, file)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: AddInitialEim: associatedEimAlreadyExists \(2\)\nnext: the eUICC has an eIM/),
    });
    expect(await ipaWith(instance, 'reset', ...modem, '--eim')).toMatchObject(ok('done: reset eIMs'));
  });
});

describe('ipa reset', () => {
  it('asks for what the options name', async () => {
    const instance = answers('BF6409800100810101820100');
    const args = ['--profiles', '--test-profiles', '--default-smdp', '--preloaded-test-profiles', '--provisioning-profiles'];
    expect(await ipaWith(instance, 'reset', ...modem, ...args, '--eim', '--immediate-enable')).toMatchObject(
      ok('done: reset profiles or address, configuration of immediate enabling'),
    );
    expect(instance.requests.map(hex)).toEqual(['BF6404820201FE']);
  });

  it('says when there was nothing', async () => {
    expect(await ipaWith(euicc().instance, 'reset', ...modem, '--default-smdp')).toMatchObject(ok('done: there was nothing to reset'));
  });
});

describe('ipa fallback', () => {
  it('goes there and back', async () => {
    const { sim, instance } = euicc();
    expect(await ipaWith(instance, 'fallback', 'return', ...modem)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('fallbackNotAvailable'),
    });
    expect(await ipaWith(instance, 'fallback', 'execute', ...modem)).toMatchObject(ok(/^done: the fallback profile is enabled/));
    expect(sim.profiles.map(({ state }) => state)).toEqual(['disabled', 'enabled']);
    expect(await ipaWith(instance, 'fallback', 'return', ...modem)).toMatchObject(ok(/^done: the profile of before is enabled/));
    expect(sim.profiles.map(({ state }) => state)).toEqual(['enabled', 'disabled']);
  });
});
