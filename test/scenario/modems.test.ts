// SPDX-License-Identifier: Apache-2.0
// Every modem of which something is known, and what a device does all its life: start up, enable, download, deliver notifications. The
// module finds out by itself how to get along; what nothing shows it (a lock that must be asked for) it is told.

import { describe, expect, it } from 'vitest';
import type { PollOptions } from '../../host/options.js';
import { psmo } from '../../host/sim/eim/index.js';
import { KNOWN_MODEMS, type KnownModem } from '../../host/sim/modem/index.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

/** How each is reached; what is not here by AT+CSIM. */
const ACCESS: Partial<Record<KnownModem, 'channel' | 'basic'>> = {
  'quectel-eg25': 'channel',
  'quectel-eg25-g': 'channel',
  'nordic-nrf9160': 'channel',
  'nordic-nrf9151': 'channel',
  'huawei-ms2372': 'basic',
};

/** What nothing on the line shows. */
const TOLD: Partial<Record<KnownModem, PollOptions>> = {
  'telit-le910-lock': { simLock: true },
  'telit-le910-locked': { simLock: true },
  // it loses commands of AT+CSIM for good
  'quectel-eg95': { cardAccess: 'channel' },
};

const FINE = { error: undefined };

for (const name of Object.keys(KNOWN_MODEMS) as KnownModem[]) {
  describe(name, () => {
    const options = TOLD[name] ?? {};
    const start = () => Bench.start({ modem: KNOWN_MODEMS[name] });
    const access = options.cardAccess ?? ACCESS[name] ?? 'csim';

    it('starts up, and leaves nothing behind', async () => {
      const bench = await start();
      expect(await bench.poll(options)).toMatchObject({ ...FINE, cardPath: { access, blockBytes: 255 } });
      expect(await bench.poll(options)).toMatchObject({ ...FINE, cardPath: { access } });
      expect(bench.bed.modem.sessions.size).toBe(0);
      expectCleanCard(bench.euicc);
    });

    it('downloads, enables and disables a profile, and delivers what is to be told', async () => {
      const bench = await start();
      const { iccid } = bench.queueDownload({ sizeBytes: 6_000 });
      expect(await bench.poll(options)).toMatchObject({ ...FINE, packages: 1, profilesInstalled: 1 });
      bench.queueEnable(iccid);
      expect(await bench.poll(options)).toMatchObject({ ...FINE, packages: 1, notifications: 1 });
      expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
      bench.eim.queue(bench.bed.eid, { kind: 'dataRequest' });
      bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.disable(iccid), psmo.getRat()] });
      expect(await bench.poll(options)).toMatchObject({ ...FINE, packages: 2 });
      expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'disabled' }]);
      expect(bench.smdp.notifications.map(({ metadata }) => metadata.events)).toEqual([['install'], ['enable'], ['disable']]);
      expectHonestLog(bench.eim.log);
      expectCleanCard(bench.euicc);
    });

    it('delivers notifications for the local user, straight', async () => {
      const bench = await start();
      const { activationCode } = bench.bed.prepareProfile({ sizeBytes: 2_500 });
      expect(await bench.download({ ...options, activationCode })).toMatchObject({ ...FINE, profilesInstalled: 1 });
      expect(await bench.deliverNotifications(options)).toMatchObject(FINE);
      expect(bench.smdp.notifications.map(({ metadata }) => metadata.events)).toEqual([['install']]);
      expectCleanCard(bench.euicc);
    });
  });
}
