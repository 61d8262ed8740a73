// SPDX-License-Identifier: Apache-2.0
// The same download over every combination of bindings, way, block size and card link, for the eIM and for the local user.

import { describe, expect, it } from 'vitest';
import type { DriverLinks } from '../../host/driver.js';
import type { Binding } from '../../host/interfaces.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';
import { PLAIN, startCoapBench } from '../support/coap-bench.js';

const BINDINGS: readonly Binding[] = ['asn1', 'json'];
/** How messages reach the eIM: HTTPS in either binding, or CoAP, which has one. */
const ESIPA = [...BINDINGS, 'coap'] as const;
const BLOCK_BYTES = [16, 63, 120, 255];
const LINKS = ['at', 'apdu'] as const;
const SMALL = { sizeBytes: 600 };

/** Through the eIM, which chooses the binding of ES9+ itself, or straight. */
type Way = { readonly name: string; readonly indirect: boolean; readonly rspBinding?: Binding };

const WAYS: readonly Way[] = [
  { name: 'through the eIM', indirect: true },
  ...BINDINGS.map((rspBinding) => ({ name: `straight in ${rspBinding}`, indirect: false, rspBinding })),
];

/** What the module transmits APDUs with: a modem line, or the card itself. */
function linksFor(bench: Bench, link: (typeof LINKS)[number]): Partial<DriverLinks> {
  return link === 'apdu' ? { card: bench.euicc } : {};
}

function toldToSmdp(bench: Bench) {
  return bench.smdp.notifications.map(({ metadata, verified, duplicate }) => ({ events: metadata.events, verified, duplicate }));
}

const told = (...events: string[]) => events.map((event) => ({ events: [event], verified: true, duplicate: false }));

/** A bench, and what a poll needs to reach its eIM so. */
async function startEsipa(esipa: (typeof ESIPA)[number], indirectProfileDownload: boolean) {
  const eimConfiguration = { indirectProfileDownload };
  if (esipa !== 'coap') return { bench: await Bench.start({ eimConfiguration }), reach: { esipaBinding: esipa }, links: {} };
  const { bench, datagrams } = await startCoapBench(PLAIN, { eimConfiguration });
  return { bench, reach: { esipaScheme: esipa }, links: { datagrams } };
}

for (const { name, indirect, rspBinding } of WAYS) {
  for (const esipaBinding of ESIPA) {
    describe(`a download ${name}, the eIM speaking ${esipaBinding}`, () => {
      for (const blockBytes of BLOCK_BYTES) {
        for (const link of LINKS) {
          it(`in blocks of ${blockBytes} bytes over ${link}`, async () => {
            const { bench, reach, links } = await startEsipa(esipaBinding, indirect);
            const { iccid } = bench.queueDownload(SMALL);
            bench.queueEnable(iccid);
            bench.eim.queue(bench.bed.eid, { kind: 'dataRequest', tags: [0xbf22, 0xa5, 0xa8] });
            const options = { ...reach, blockBytes, ...(rspBinding && { rspBinding }) };
            const result = await bench.poll(options, { ...links, ...linksFor(bench, link) });
            expect(result).toMatchObject({ error: undefined, packages: 3, profilesInstalled: 1, notifications: indirect ? 1 : 2 });
            expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
            expect(toldToSmdp(bench)).toEqual(told('install', 'enable'));
            expect(bench.events('authenticateClient')).toHaveLength(indirect ? 1 : 0);
            expect(bench.events('downloadResult')).toMatchObject(indirect ? [] : [{ succeeded: true, installation: {} }]);
            expect(bench.events('euiccPackageResult')).toMatchObject([{ result: { results: [{ operation: 'enable', code: 0 }] } }]);
            expect(bench.events('ipaEuiccData')).toMatchObject([{ data: { form: 'data' } }]);
            expectHonestLog(bench.eim.log);
            expectCleanCard(bench.euicc);
          });
        }
      }
    });
  }
}

for (const kind of ['iot', 'consumer'] as const) {
  for (const rspBinding of BINDINGS) {
    describe(`a download of the local user, ${kind} eUICC, in ${rspBinding}`, () => {
      for (const blockBytes of BLOCK_BYTES) {
        for (const link of LINKS) {
          it(`in blocks of ${blockBytes} bytes over ${link}`, async () => {
            const bench = await Bench.start({ associated: false, euicc: { kind } });
            const { iccid, activationCode } = bench.bed.prepareProfile(SMALL);
            const assistant = kind === 'consumer' ? 'lpad' : 'ipad';
            const result = await bench.download({ activationCode, rspBinding, blockBytes, assistant }, linksFor(bench, link));
            expect(result).toMatchObject({ error: undefined, packages: 0, profilesInstalled: 1, notifications: 1 });
            expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'disabled' }]);
            expect(toldToSmdp(bench)).toEqual(told('install'));
            expect(bench.eim.log).toEqual([]);
            expectCleanCard(bench.euicc);
          });
        }
      }
    });
  }
}
