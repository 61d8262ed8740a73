// SPDX-License-Identifier: Apache-2.0
// `ipa sim --vpcd`: the eUICC in a virtual card reader beside the modem. The reader is played; test/interop/vpcd.test.ts has the real one.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostAndPort } from '../../host/cli/arguments.js';
import { VPCD_PORT } from '../../host/sim/card/index.js';
import { type FakeReader, startFakeVpcd } from '../sim/card/fake-vpcd.js';
import { LPAD } from '../sim/euicc/support/card.js';
import { freeTcpPorts } from '../support/pcsc.js';
import { ipa, ipaHere, type RunningSim, startSim, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const GET_ATR = '0001 04';
const POWER_ON = '0001 01';
const POWER_OFF = '0001 00';
const SELECT_ISDR = '0015 00A4040010A0000005591010FFFFFFFF8900000100';
const GET_EID = '000B 80E2910006BF3E035C015A';
const GET_EID_RESPONSE = '0005 00C0000015';

/** `ipa sim` and the reader that its eUICC is in. */
async function startInReader(...args: string[]): Promise<{ sim: RunningSim; reader: FakeReader; inserted(): Promise<FakeReader> }> {
  const { port, inserted } = await startFakeVpcd();
  const sim = await startSim('--vpcd', `127.0.0.1:${port}`, ...args);
  expect(sim.ready).toMatchObject({ vpcd: `127.0.0.1:${port}` });
  return { sim, reader: await inserted(), inserted };
}

/** Ends the program; the kinds of all that it said of the reader. */
async function finish({ child, ended, said }: RunningSim): Promise<unknown[]> {
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  return said.filter(({ who }) => who === 'reader').map(({ kind }) => kind);
}

async function ask(reader: FakeReader, message: string, answerBytes: number): Promise<string> {
  reader.send(message);
  return reader.receive(answerBytes);
}

describe('ipa sim --vpcd', () => {
  it('puts the eUICC in, gives it to whoever uses the reader, and puts it in again when the reader was away', async () => {
    const { sim, reader, inserted } = await startInReader('--associated');
    expect(await ask(reader, `${POWER_ON} ${GET_ATR}`, 20)).toMatch(/^00123B9B/);
    expect(await ask(reader, `000A 80AA000005${LPAD}`, 4)).toBe('00029000');
    expect(await ask(reader, SELECT_ISDR, 4)).toBe('00026122');
    expect(await ask(reader, GET_EID, 4)).toBe('00026115');
    expect(await ask(reader, GET_EID_RESPONSE, 25)).toBe(`0017BF3E125A10${sim.ready.eid}9000`);
    const polled = await ipa('poll', '--modem', sim.ready.modemTcp, '--runtime', 'node', '--json');
    expect(polled, 'the modem has no card').toMatchObject({ status: 1 });
    expect(await ask(reader, `${POWER_OFF} ${GET_ATR}`, 20)).toMatch(/^0012/);
    const again = await ipa('poll', '--modem', sim.ready.modemTcp, '--runtime', 'node', '--json');
    expect(JSON.parse(again.stdout), 'the modem has it again').toMatchObject({ ok: true });

    reader.leave();
    const second = await inserted();
    expect(await ask(second, GET_ATR, 20)).toMatch(/^0012/);
    const atInsertion = ['cardTaken', 'cardReturned', 'cardInserted'];
    expect(await finish(sim)).toEqual([...atInsertion, 'cardTaken', 'cardReturned', 'cardRemoved', ...atInsertion]);
    await second.gone;
    expect(sim.said).toContainEqual(expect.objectContaining({ kind: 'es10', function: 'GetEuiccData' }));
  });

  it('waits for a reader that is not there, and says so once', async () => {
    const port = await freeTcpPorts();
    const sim = await startSim('--vpcd', `127.0.0.1:${port}`);
    while (!sim.said.some(({ kind }) => kind === 'readerMissing')) await new Promise((resolve) => setImmediate(resolve));
    expect(await finish(sim)).toEqual(['readerMissing']);
    expect(sim.said.at(-2)).toMatchObject({ problem: expect.stringMatching(`^cannot reach vpcd at 127.0.0.1:${port}: .*; start pcscd`) });
  });

  it('--no-assistant-check → serves programs that never declare themselves', async () => {
    const { sim, reader } = await startInReader('--no-assistant-check');
    expect(await ask(reader, `${POWER_ON} ${SELECT_ISDR}`, 4)).toBe('00026122');
    expect(await ask(reader, GET_EID, 4)).toBe('00026115');
    await finish(sim);
  });

  it('without it → refuses them; --consumer → has the eUICC of SGP.22 in it', async () => {
    const { sim, reader } = await startInReader('--consumer');
    expect(await ask(reader, `${POWER_ON} ${SELECT_ISDR}`, 4), 'no IoT template').toBe('0002611D');
    expect(await ask(reader, GET_EID, 4)).toBe('00026985');
    // EnableProfile of an ICCID that is not there: iccidOrAidNotFound(1) from one that knows the function (SGP.22 §5.7.16)
    reader.send(`000A 80AA000005${LPAD}`);
    await reader.receive(4);
    expect(await ask(reader, '0019 80E2910014 BF3111 A00C 5A0A 98000000000000000010 8101FF', 4)).toBe('00026106');
    expect(await ask(reader, '0005 00C0000006', 10)).toBe('0008BF31038001019000');
    await finish(sim);
  });

  it('--consumer --download → a profile that an LPA gets by the modem is seen in the reader', async () => {
    const ca = path.join(folder, 'ca.pem');
    const { sim, reader } = await startInReader('--consumer', '--download', '700', '--ca-out', ca);
    expect(sim.ready).toMatchObject({ activationCodes: ['LPA:1$smdp.example.com$MATCH-1'], queued: [] });
    const smdp = `smdp.example.com=127.0.0.1:${new URL(sim.ready.smdpUrl).port}`;
    const to = ['--modem', sim.ready.modemTcp, '--runtime', 'node', '--assistant', 'lpad', '--resolve', smdp, '--ca', ca];
    expect(await ipa('download', 'LPA:1$smdp.example.com$MATCH-1', '--yes', ...to)).toMatchObject({ status: 0 });

    expect(await ask(reader, `${POWER_ON} 000A 80AA000005${LPAD}`, 4)).toBe('00029000');
    await ask(reader, SELECT_ISDR, 4);
    // GetProfilesInfo with the tags of ICCID and state: one profile, disabled
    expect(await ask(reader, '000D 80E2910008 BF2D05 5C035A9F70', 4)).toBe('00026117');
    expect(await ask(reader, '0005 00C0000017', 27)).toBe('0019BF2D14A012E3105A0A980010325476981032149F7001009000');
    await finish(sim);
  });

  it.each([
    ['127.0.0.1', { host: '127.0.0.1', port: 35_963 }],
    ['reader.example.com:443', { host: 'reader.example.com', port: 443 }],
    ['[::1]', { host: '::1', port: 35_963 }],
    ['[::1]:4000', { host: '::1', port: 4000 }],
  ])('takes %s', (text, address) => expect(hostAndPort(VPCD_PORT)(text)).toEqual(address));

  it('says what to write instead of a wrong address, and that a consumer eUICC knows no eIM', async () => {
    const address = await ipaHere('sim', '--vpcd', 'a/b');
    expect(address).toMatchObject({ status: 2, stderr: expect.stringContaining('Write <host> or <host>:<port>.') });
    expect(await ipaHere('sim', '--consumer', '--download', '--enable', 'last')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('with --consumer, give no other orders than --download'),
    });
    const both = await ipaHere('sim', '--consumer', '--associated');
    expect(both).toMatchObject({ status: 2, stderr: expect.stringContaining("'--consumer' cannot be used with option '--associated'") });
  });
});
