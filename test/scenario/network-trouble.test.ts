// SPDX-License-Identifier: Apache-2.0
// The network fails at each function of ESipa, in each way: the poll says so, and the next polls bring the job to its end.

import { describe, expect, it } from 'vitest';
import { NetworkError, type Transport } from '../../host/interfaces.js';
import { hex } from '../../host/sim/codec/bytes.js';
import type { EsipaFunctionName, Fault } from '../../host/sim/eim/index.js';
import { createTestPki } from '../../host/sim/pki/index.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard } from '../support/checks.js';
import { expectRecovery, queueJob } from '../support/operator.js';

const FUNCTIONS: readonly EsipaFunctionName[] = [
  'getEimPackage',
  'initiateAuthentication',
  'authenticateClient',
  'getBoundProfilePackage',
  'handleNotification',
];

const FAULTS: readonly { readonly name: string; readonly fault: Fault; readonly error: string; readonly detail?: number }[] = [
  { name: 'the request is lost', fault: { kind: 'loseRequest' }, error: 'NetworkConnectionLost' },
  { name: 'the answer is lost', fault: { kind: 'loseResponse' }, error: 'NetworkConnectionLost' },
  { name: 'HTTP 500', fault: { kind: 'refuse', httpStatus: 500 }, error: 'NetworkHttpStatus', detail: 500 },
  { name: 'HTTP 404', fault: { kind: 'refuse', httpStatus: 404 }, error: 'NetworkHttpStatus', detail: 404 },
];

describe('the network fails once', () => {
  for (const functionName of FUNCTIONS) {
    for (const { name, fault, error, detail = 0 } of FAULTS) {
      it(`${functionName}: ${name}`, async () => {
        const bench = await Bench.start();
        queueJob(bench);
        bench.eim.faults.add(functionName, fault);
        expect(await bench.poll()).toMatchObject({ error: { code: error }, detail });
        expect(bench.eim.faults.pending).toBe(0);
        await expectRecovery(bench);
      });
    }
  }
});

describe('the network fails once when the result of a profile change is sent', () => {
  const CUT: Fault = { kind: 'cutResponse', afterBytes: 3 };
  for (const { name, fault } of [...FAULTS, { name: 'the answer is cut off', fault: CUT }]) {
    it(`${name}: it may be the new profile, so it is tried again in the same poll`, async () => {
      const bench = await Bench.start();
      queueJob(bench);
      bench.eim.faults.add('provideEimPackageResult', fault);
      const before = await bench.poll();
      expect(before).toMatchObject({ error: undefined, detail: 0, packages: 2, profilesInstalled: 1, notifications: 1 });
      const seen = fault.kind === 'loseResponse' || fault.kind === 'cutResponse';
      const results = bench.events('euiccPackageResult').map(({ duplicate, rollback }) => ({ duplicate, rollback }));
      const told = { duplicate: false, rollback: undefined };
      expect(results).toEqual(seen ? [told, { ...told, duplicate: true }] : [told]);
      expect(bench.eim.faults.pending).toBe(0);
      await expectRecovery(bench);
    });
  }
});

describe('the connection is cut', () => {
  for (const functionName of FUNCTIONS.filter((each) => each !== 'handleNotification')) {
    it(`in the middle of the answer to ${functionName}`, async () => {
      const bench = await Bench.start();
      queueJob(bench);
      bench.eim.faults.add(functionName, { kind: 'cutResponse', afterBytes: 20 });
      expect(await bench.poll()).toMatchObject({ error: { code: 'NetworkConnectionLost' } });
      await expectRecovery(bench);
    });
  }

  for (const afterBytes of [5, 100, 400, 1024, 1025, 3_000, 5_000]) {
    it(`after ${afterBytes} bytes of the profile: the session is cancelled`, async () => {
      const bench = await Bench.start();
      queueJob(bench);
      bench.eim.faults.add('getBoundProfilePackage', { kind: 'cutResponse', afterBytes });
      expect(await bench.poll()).toMatchObject({ error: { code: 'NetworkConnectionLost' }, profilesInstalled: 0 });
      expect(bench.events('cancelSession')).toMatchObject([{ cancelReason: afterBytes < 20 ? 127 : 5 }]);
      expect(bench.events('downloadResult')).toMatchObject([{ error: { word: 'undefinedError' } }]);
      await expectRecovery(bench);
    });
  }

  it('while a session is cancelled: the eIM learns of the failed download all the same', async () => {
    const bench = await Bench.start();
    queueJob(bench);
    bench.eim.faults.add('getBoundProfilePackage', { kind: 'loseRequest' });
    bench.eim.faults.add('cancelSession', { kind: 'loseRequest' });
    expect(await bench.poll()).toMatchObject({ error: { code: 'NetworkConnectionLost' } });
    expect(bench.events('downloadResult')).toMatchObject([{ error: { word: 'undefinedError' } }]);
    await expectRecovery(bench);
  });
});

/** Loses the connection where only the end of an answer is missing, the first time an answer begins so. */
function losingTheEnd(inner: Transport, beginning: RegExp): Transport {
  let state: 'waiting' | 'found' | 'lost' | 'over' = 'waiting';
  return {
    open: (peer) => inner.open(peer),
    beginRequest: (head) => inner.beginRequest(head),
    sendChunk: (bytes, last) => inner.sendChunk(bytes, last),
    abort: () => inner.abort(),
    close: () => inner.close(),
    counters: inner.counters,
    async receive(maxBytes) {
      if (state === 'lost') {
        state = 'over';
        throw new NetworkError('connectionLost', 'the end of the answer is lost, as the test wants it');
      }
      const chunk = await inner.receive(maxBytes);
      if (state === 'waiting' && beginning.test(hex(chunk.bytes))) state = 'found';
      if (state !== 'found' || chunk.more) return chunk;
      state = 'lost';
      return { bytes: chunk.bytes, more: true };
    },
  };
}

describe('the connection is lost when all but the end of the answer is there', () => {
  it('of a bound profile package: the eUICC has it, and its result is the report', async () => {
    const bench = await Bench.start();
    bench.queueDownload();
    const transport = losingTheEnd(bench.transport, /^BF3A/);
    expect(await bench.poll({}, { transport })).toMatchObject({ error: undefined, profilesInstalled: 1 });
    expect(bench.events('cancelSession')).toEqual([]);
    expect(bench.events('downloadResult')).toEqual([]);
    expectCleanCard(bench.euicc);
  });

  it('of an eUICC package: it is run, the card is reset, and the result delivered', async () => {
    const bench = await Bench.start();
    const { iccid } = bench.queueDownload();
    await bench.poll();
    bench.queueEnable(iccid);
    const transport = losingTheEnd(bench.transport, /^BF4F..(..)?(..)?BF51/);
    expect(await bench.poll({}, { transport })).toMatchObject({ error: undefined, packages: 1 });
    expect(bench.events('euiccPackageResult')).toMatchObject([{ verified: true, result: { form: 'signed' } }]);
    expectCleanCard(bench.euicc);
  });
});

describe('an exchange that is given up', () => {
  it('is no end of the poll although the transport fails to drop it', async () => {
    const bench = await Bench.start();
    bench.queueDownload();
    bench.eim.faults.add('getEimPackage', { kind: 'replaceResponse', body: Buffer.alloc(50_000) });
    const inner = bench.transport;
    const transport = losingTheEnd(inner, /^$/);
    const failing = { ...transport, abort: () => inner.abort().then(() => Promise.reject(new Error('nothing to drop'))) };
    expect(await bench.poll({}, { transport: failing })).toMatchObject({ error: { layer: 'wire' } });
    expect(bench.events('packageError')).toMatchObject([{ errorWord: 'invalidPackageFormat' }]);
  });
});

describe('the eIM cannot be talked to', () => {
  it('because nobody listens', async () => {
    const bench = await Bench.start();
    queueJob(bench);
    expect(await bench.poll({ eimAddress: '127.0.0.1:1' })).toMatchObject({ error: { code: 'NetworkUnreachable' }, packages: 0 });
    await expectRecovery(bench);
  });

  it('because it shows another key', async () => {
    const bench = await Bench.start();
    queueJob(bench);
    bench.eim.presentTlsIdentity((await createTestPki()).eimTls);
    expect(await bench.poll()).toMatchObject({ error: { code: 'NetworkTlsRefused' }, packages: 0 });
    expect(bench.eim.log).toEqual([]);
    bench.eim.presentTlsIdentity(bench.bed.pki.eimTls);
    await expectRecovery(bench);
  });

  it('in its way: what it answers is no ESipa message', async () => {
    const bench = await Bench.start();
    queueJob(bench);
    for (const functionName of ['initiateAuthentication', 'provideEimPackageResult'] as const)
      bench.eim.faults.add(functionName, { kind: 'replaceResponse', body: Buffer.from('<html>Welcome</html>') });
    expect((await bench.poll()).error?.layer).toBe('wire');
    await expectRecovery(bench);
  });
});
