// SPDX-License-Identifier: Apache-2.0
// An SM-DP+ that wants a session from its beginning (SGP.22 v2.5 §5.2.6): it is asked once more, not for ever.

import { describe, expect, it } from 'vitest';
import { Bench } from '../support/bench.js';
import { expectCleanCard } from '../support/checks.js';

const DIRECT = { eimConfiguration: { indirectProfileDownload: false } } as const;
const SIGNATURE_INVALID = { subjectCode: '8.1', reasonCode: '6.1', message: 'the signature does not fit' };

describe.each(['initiateAuthentication', 'authenticateClient', 'getBoundProfilePackage'] as const)('%s', (functionName) => {
  it('that expired is tried again from the beginning', async () => {
    const bench = await Bench.start(DIRECT);
    const { iccid } = bench.queueDownload({ sizeBytes: 1_500 });
    bench.smdp.expireNext(functionName);
    expect(await bench.poll({ rspBinding: 'json' })).toMatchObject({ error: undefined, detail: 0, profilesInstalled: 1 });
    expect(bench.euicc.profiles).toMatchObject([{ iccid }]);
    expectCleanCard(bench.euicc);
  });

  it('that expires twice is reported', async () => {
    const bench = await Bench.start(DIRECT);
    bench.queueDownload({ sizeBytes: 1_500 });
    for (let times = 0; times < 2; times++) bench.smdp.expireNext(functionName);
    expect(await bench.poll({ rspBinding: 'json' })).toMatchObject({ error: { code: 'SmdpError' }, profilesInstalled: 0 });
    expect(bench.events('downloadResult')).toMatchObject([{ succeeded: false }]);
    expect(bench.euicc.profiles).toEqual([]);
  });
});

describe('a signature that the SM-DP+ does not take', () => {
  it('is made anew once', async () => {
    const bench = await Bench.start(DIRECT);
    bench.queueDownload({ sizeBytes: 1_500 });
    bench.smdp.refuseNext('authenticateClient', SIGNATURE_INVALID);
    expect(await bench.poll({ rspBinding: 'json' })).toMatchObject({ error: undefined, profilesInstalled: 1 });
  });

  it('ends the download where the binding has no place for the reason', async () => {
    const bench = await Bench.start(DIRECT);
    bench.queueDownload({ sizeBytes: 1_500 });
    bench.smdp.refuseNext('authenticateClient', SIGNATURE_INVALID);
    expect(await bench.poll({ rspBinding: 'asn1' })).toMatchObject({ error: { code: 'SmdpError' }, detail: 5, profilesInstalled: 0 });
  });

  it('is made anew once at an SM-DS, too', async () => {
    const bench = await Bench.start({ associated: false });
    bench.bed.prepareEvent({ sizeBytes: 1_500 });
    bench.bed.smds.refuseNext('authenticateClient', SIGNATURE_INVALID);
    expect(await bench.download({ smds: true, rspBinding: 'json' })).toMatchObject({ error: undefined, profilesInstalled: 1 });
  });
});
