// SPDX-License-Identifier: Apache-2.0
// Each ES10 function refused by the card, and each way in which a modem fails: what the poll says, what the eIM is told.

import { describe, expect, it } from 'vitest';
import { Action } from '../../host/abi.js';
import { hex } from '../../host/sim/codec/bytes.js';
import type { EimEvent } from '../../host/sim/eim/index.js';
import type { Disturbance, DisturbanceAction } from '../../host/sim/modem/index.js';
import { faultyCard } from '../../host/wrap/faulty-card.js';
import { Bench } from '../support/bench.js';
import { failingFunction } from '../support/failing-function.js';
import { expectRecovery, queueJob } from '../support/operator.js';

/** What the eIM hears: nothing, that the package failed, that the download failed, or that and a cancelled session. */
type Told = 'nothing' | 'packageError 127' | 'downloadResult' | 'cancelSession 127, downloadResult' | 'cancelSession 5, downloadResult';

const FUNCTIONS: readonly (readonly [name: string, tag: number, told: Told])[] = [
  ['GetEID', 0xbf3e, 'nothing'],
  ['GetEimConfigurationData', 0xbf55, 'nothing'],
  ['RetrieveNotificationsList', 0xbf2b, 'nothing'],
  ['GetEUICCInfo1', 0xbf20, 'downloadResult'],
  ['GetEUICCChallenge', 0xbf2e, 'downloadResult'],
  ['AuthenticateServer', 0xbf38, 'downloadResult'],
  ['PrepareDownload', 0xbf21, 'cancelSession 127, downloadResult'],
  ['LoadBoundProfilePackage', 0xbf36, 'cancelSession 5, downloadResult'],
  ['LoadBoundProfilePackage, ConfigureISDP', 0xa0, 'cancelSession 5, downloadResult'],
  ['LoadBoundProfilePackage, StoreMetadata', 0x88, 'cancelSession 5, downloadResult'],
  ['LoadBoundProfilePackage, profile elements', 0x86, 'cancelSession 5, downloadResult'],
  ['RemoveNotificationFromList', 0xbf30, 'nothing'],
  ['LoadEuiccPackage', 0xbf51, 'packageError 127'],
];

function tellings(log: readonly EimEvent[]): string {
  const words = log.map((event) => {
    if (event.kind === 'cancelSession') return `cancelSession ${event.cancelReason}`;
    if (event.kind === 'packageError') return `packageError ${event.errorCode}`;
    return event.kind === 'downloadResult' ? 'downloadResult' : '';
  });
  return words.filter((word) => word !== '').join(', ') || 'nothing';
}

describe('the card refuses', () => {
  for (const [name, tag, told] of FUNCTIONS) {
    it(`${name}: status word 6F00`, async () => {
      const bench = await Bench.start({ wrapCard: (card) => failingFunction(card, tag, 0x6f00) });
      queueJob(bench);
      expect(await bench.poll()).toMatchObject({ error: { code: 'StatusWord' }, detail: 0x6f00 });
      expect(tellings(bench.eim.log)).toBe(told);
      await expectRecovery(bench);
    });
  }

  it('AddInitialEim: the device says so, and tries again in the next poll', async () => {
    const bench = await Bench.start({ associated: false, wrapCard: (card) => failingFunction(card, 0xbf57, 0x6f00) });
    const initialEim = bench.bed.initialEim();
    expect(await bench.poll({ initialEim })).toMatchObject({ error: { code: 'StatusWord' }, detail: 0x6f00 });
    expect(await bench.poll({ initialEim })).toMatchObject({ error: undefined });
    expect(bench.euicc.eimConfigurations).toHaveLength(1);
  });

  it('SELECT: it is no eUICC', async () => {
    const bench = await Bench.start({
      wrapCard: (card) => faultyCard(card, [{ prefix: '01A4', fault: { kind: 'status', statusWord: 0x6a82 } }]),
    });
    expect(await bench.poll()).toMatchObject({ error: { code: 'NotAnEuicc' }, detail: 0x6a82 });
    queueJob(bench);
    await expectRecovery(bench);
  });

  it('a logical channel, also after channels 1 to 3 were closed', async () => {
    const bench = await Bench.start({
      wrapCard: (card) => faultyCard(card, [{ prefix: '00700000', times: 2, fault: { kind: 'status', statusWord: 0x6a81 } }]),
    });
    expect(await bench.poll({ cardAccess: 'csim' })).toMatchObject({ error: { code: 'StatusWord' }, detail: 0x6a81 });
    queueJob(bench);
    await expectRecovery(bench);
  });

  it('nothing, although a host that lost its memory has left all its channels open', async () => {
    const bench = await Bench.start();
    for (const channel of [1, 2, 3]) expect(bench.euicc.transmit(Uint8Array.of(0, 0x70, 0, 0, 1))[0]).toBe(channel);
    expect(hex(bench.euicc.transmit(Uint8Array.of(0, 0x70, 0, 0, 1)))).toBe('6A81');
    queueJob(bench);
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 2 });
    await expectRecovery(bench);
  });

  it('TERMINAL CAPABILITY: that is not needed', async () => {
    const bench = await Bench.start({
      wrapCard: (card) => faultyCard(card, [{ prefix: '80AA', runs: true, fault: { kind: 'status', statusWord: 0x6d00 } }]),
    });
    queueJob(bench);
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 2 });
    await expectRecovery(bench);
  });
});

describe('an eUICC without an eIM', () => {
  it('needs one from the host', async () => {
    const bench = await Bench.start({ associated: false });
    expect(await bench.poll()).toMatchObject({ error: { code: 'NoInitialEim' } });
  });

  it('refuses a request that is none, and stores nothing', async () => {
    const bench = await Bench.start({ associated: false });
    expect((await bench.poll({ initialEim: Uint8Array.of(0xbf, 0x57, 0x02, 0xa0, 0x00) })).error).toBeDefined();
    expect((await bench.poll({ initialEim: Uint8Array.of(0x30, 0x00) })).error).toMatchObject({ code: 'UnexpectedTag' });
    expect(bench.euicc.eimConfigurations).toEqual([]);
  });

  it('has another than the one that was asked for', async () => {
    const bench = await Bench.start();
    expect(await bench.poll({ eimId: 'other.example.com' })).toMatchObject({ error: { code: 'EimNotAssociated' } });
  });
});

interface Trouble {
  readonly name: string;
  readonly action: DisturbanceAction;
  readonly error: readonly [code: string, detail: number];
}

const garbage = (text: string): DisturbanceAction => ({ kind: 'garbage', bytes: Buffer.from(text) });

const TROUBLES: readonly Trouble[] = [
  { name: '+CME ERROR: 13', action: { kind: 'answer', lines: ['+CME ERROR: 13'] }, error: ['ModemCmeError', 13] },
  { name: '+CME ERROR in words', action: { kind: 'answer', lines: ['+CME ERROR: SIM failure'] }, error: ['ModemCmeError', -1] },
  { name: '+CMS ERROR: 500', action: { kind: 'answer', lines: ['+CMS ERROR: 500'] }, error: ['ModemCmeError', 500] },
  { name: 'ERROR', action: { kind: 'answer', lines: ['ERROR'] }, error: ['ModemError', 0] },
  { name: 'nothing', action: { kind: 'silence' }, error: ['ModemTimeout', 0] },
  { name: 'OK and no response', action: { kind: 'answer', lines: ['OK'] }, error: ['ModemTimeout', 0] },
  { name: 'noise', action: garbage('\u0000\u00ff~~+CSIM\u0007\r\n'), error: ['ModemTimeout', 0] },
  { name: 'a response shorter than it says', action: garbage('\r\n+CSIM: 8,"9000"\r\n\r\nOK\r\n'), error: ['ModemGarbage', 0] },
  { name: 'a response longer than it says', action: garbage('\r\n+CSIM: 4,"61209000"\r\n\r\nOK\r\n'), error: ['ModemGarbage', 0] },
  { name: 'digits that are none', action: garbage('\r\n+CSIM: 4,"90G0"\r\n\r\nOK\r\n'), error: ['ModemGarbage', 0] },
  { name: 'a response without status word', action: garbage('\r\n+CSIM: 2,"90"\r\n\r\nOK\r\n'), error: ['BadResponse', 0] },
  { name: 'a response whose length is no number', action: garbage('\r\n+CSIM: x,"9000"\r\n\r\nOK\r\n'), error: ['ModemGarbage', 0] },
  { name: 'a dropped line', action: { kind: 'dropLine' }, error: ['CardLost', 0] },
];

function troubled(bench: Bench, rule: Disturbance): Bench {
  bench.bed.modem.disturb({ prefix: 'AT+CSIM', ...rule });
  return bench;
}

describe('the modem answers a command of the download with', () => {
  for (const { name, action, error } of TROUBLES) {
    it(name, async () => {
      const bench = troubled(await Bench.start(), { nth: 20, action });
      queueJob(bench);
      const result = await bench.poll();
      expect([result.error?.code, result.detail]).toEqual(error);
      await expectRecovery(bench);
    });
  }
});

/** Modems that fetch all by themselves answer at such length; here there is nothing in it, and which function has it is a matter of chance. */
it('a response of 4,500 zeros is an error of whatever it answers', async () => {
  const action = garbage(`\r\n+CSIM: 9000,"${'00'.repeat(4_500)}"\r\n\r\nOK\r\n`);
  const bench = troubled(await Bench.start(), { nth: 20, action });
  queueJob(bench);
  expect((await bench.poll()).error).toBeDefined();
  await expectRecovery(bench);
});

describe('the modem is given time when', () => {
  it('the SIM is busy', async () => {
    const bench = troubled(await Bench.start(), { nth: 10, times: 20, action: { kind: 'answer', lines: ['+CME ERROR: 14'] } });
    queueJob(bench);
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 2 });
    await expectRecovery(bench);
  });

  it('it is still starting up', async () => {
    const bench = await Bench.start();
    bench.bed.modem.disturb({ prefix: 'AT', times: 10, action: { kind: 'silence' } });
    queueJob(bench);
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 2 });
    expect(bench.actions.filter(({ kind }) => kind === Action.CardWrite).length).toBeGreaterThan(10);
    await expectRecovery(bench);
  });

  it('but not for ever', async () => {
    const bench = await Bench.start();
    bench.bed.modem.disturb({ prefix: 'AT', times: 40, action: { kind: 'silence' } });
    expect(await bench.poll()).toMatchObject({ error: { code: 'ModemTimeout' }, packages: 0 });
  });

  it('lines that nobody asked for come in between', async () => {
    const action = { kind: 'unsolicited', lines: ['+CEREG: 1', 'RING', '+CSIM: 4,"6F00"'.slice(0, 5)], place: 'between' } as const;
    const bench = troubled(await Bench.start(), { times: Number.POSITIVE_INFINITY, action });
    queueJob(bench);
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 2 });
    await expectRecovery(bench);
  });
});
