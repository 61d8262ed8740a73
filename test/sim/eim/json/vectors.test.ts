// SPDX-License-Identifier: Apache-2.0
// The exchange in JSON of the shared vectors (vectors.md §8), which somebody else wrote down: the same bodies, but for eimSignature.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromHex, hex, text, utf8 } from '../../../../host/sim/codec/bytes.js';
import { EimService, type EsipaFunctionName, psmo } from '../../../../host/sim/eim/index.js';
import { loadSgp26 } from '../../../../host/sim/pki/index.js';
import { EID } from '../support/card.js';
import { unbase64 } from '../support/json-client.js';

const SHARED = process.env.IPA_SHARED;

/** The four bodies: request and answer of getEimPackage, then of provideEimPackageResult. */
function bodies(): string[] {
  const page = readFileSync(join(SHARED!, 'vectors.md'), 'utf8');
  const section = page.slice(page.indexOf('JSON binding of the same exchange'));
  return [...section.matchAll(/^- .*?`(\{.*\})`$/gm)].slice(0, 4).map(([, body]) => body!);
}

describe.skipIf(!SHARED)('shared vectors', () => {
  let eim: EimService;
  beforeAll(async () => {
    const pki = await loadSgp26(join(SHARED!, 'vectors'));
    eim = new EimService({ pki });
    const { euicc, eum } = pki;
    eim.register({ eid: EID, euiccCertificate: euicc.certificate, eumCertificate: eum.certificate, associationToken: 1 });
  });

  const post = async (name: EsipaFunctionName, body: string) => text((await eim.handleJson(name, utf8(body))).body);

  test('a package, its result and the acknowledgement', async () => {
    const [ask, given, report, acknowledged] = bodies() as [string, string, string, string];
    const enable = psmo.enable('89000123456789012341', { rollback: true });
    const item = eim.queue(EID, { kind: 'euiccPackage', psmos: [enable], eimTransactionId: fromHex('0123456789ABCDEF') });
    const ours = await post('getEimPackage', ask);
    const signed = (body: string) => hex(unbase64((JSON.parse(body) as Record<string, unknown>).euiccPackageRequest)).split('5F3740')[0];
    expect(signed(ours)).toBe(signed(given));
    expect(ours.replace(/"euiccPackageRequest":"[^"]*"/, '')).toBe(given.replace(/"euiccPackageRequest":"[^"]*"/, ''));
    expect(ours.length).toBe(given.length);
    expect(await post('provideEimPackageResult', report)).toBe(acknowledged);
    expect(item).toMatchObject({ status: 'finished', result: { kind: 'euiccPackageResult', verified: true } });
    expect(eim.log[0]).toMatchObject({ notifyStateChange: true, stateChangeWord: 'fallback', answer: 'package' });
  });
});
