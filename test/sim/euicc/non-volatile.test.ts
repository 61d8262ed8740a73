// SPDX-License-Identifier: Apache-2.0
// What survives: saving and restoring non-volatile memory, and content from the factory.
import { describe, expect, test } from 'vitest';
import { enable } from '../../../host/sim/eim/packages/psmo.js';
import { createTestPki } from '../../../host/sim/pki/index.js';
import { makeMetadata, notifyAll } from '../../../host/sim/profile/index.js';
import { askHex, es10, makeEuicc, openedEuicc, openIsdr, SMDP_ADDRESS, send } from './support/card.js';
import { managedEuicc, run } from './support/eim.js';
import { ICCID, prepare, segments } from './support/server.js';

describe('saving and restoring', () => {
  test('another eUICC with the same EID goes on where the first one was', () => {
    const first = managedEuicc({ profiles: [{ metadata: makeMetadata({ iccid: ICCID, notifications: notifyAll(SMDP_ADDRESS) }) }] });
    run(first, { psmos: [enable(ICCID)] });
    const second = makeEuicc();
    second.restoreNonVolatile(first.saveNonVolatile());
    expect(second.profiles).toEqual(first.profiles);
    expect(second.notifications).toEqual(first.notifications);
    expect(second.packageResults).toEqual(first.packageResults);
    expect(second.eimConfigurations).toEqual(first.eimConfigurations);
    openIsdr(second);
    expect(askHex(second, 'BF2B00')).toBe(askHex(first, 'BF2B00'));
    run(second, { psmos: [] });
    expect(second.packageResults.map((each) => each.seqNumber)).toEqual([1, 3]);
  });

  test('an installation in progress is interrupted by it', () => {
    const first = openedEuicc();
    for (const segment of segments(prepare(first)).slice(0, 4)) es10(first, segment);
    const second = makeEuicc();
    second.restoreNonVolatile(first.saveNonVolatile());
    expect(second.notifications).toEqual([]);
    openIsdr(second);
    expect(second.notifications).toMatchObject([{ event: 'install', iccid: ICCID }]);
  });

  test('restoring switches the card off', () => {
    const euicc = openedEuicc();
    euicc.restoreNonVolatile(euicc.saveNonVolatile());
    expect(send(euicc, '81E2910006BF3E035C015A')).toBe('6F00');
  });

  test('the memory of another eUICC, another format, or no JSON is refused', async () => {
    const euicc = makeEuicc();
    const eid = '89049032000000000000000000000074';
    const stranger = makeEuicc({ pki: await createTestPki({ eid }) });
    expect(() => euicc.restoreNonVolatile(stranger.saveNonVolatile())).toThrow(eid);
    expect(() => euicc.restoreNonVolatile('{"formatVersion":0}')).toThrow('format');
    expect(() => euicc.restoreNonVolatile('no')).toThrow(SyntaxError);
  });
});

describe('content from the factory', () => {
  test('profiles', () => {
    const euicc = makeEuicc({ profiles: [{ state: 'enabled', sizeBytes: 10 }, { iccid: '8900012345678901236' }] });
    expect(euicc.profiles.map((each) => [each.iccid, each.state, each.sizeBytes, each.aid.slice(-8)])).toEqual([
      ['89000123456789012341', 'enabled', 10, '00001000'],
      ['8900012345678901236', 'disabled', 32_768, '00001100'],
    ]);
  });

  test('profiles that cannot be together are an error', () => {
    expect(() => makeEuicc({ profiles: [{}, {}] })).toThrow('same ICCID');
    expect(() => makeEuicc({ profiles: [{ state: 'enabled' }, { iccid: '8900012345678901236', state: 'enabled' }] })).toThrow('enabled');
    expect(() => makeEuicc({ profiles: [{ iccid: '12' }] })).toThrow(RangeError);
  });
});
