// SPDX-License-Identifier: Apache-2.0
// Hostile input: whatever a request holds, the SM-DP+ answers with a header; it never throws. Mutations are seeded; the seed is in the test's name.
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestPki, type TestPki } from '../../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage } from '../../../host/sim/profile/index.js';
import { SeededBytes } from '../../../host/sim/profile/seeded-bytes.js';
import { type Es9Function, type JsonObject, SmdpService } from '../../../host/sim/smdp/index.js';
import { mutate } from './support/mutate.js';
import { authenticate, base64, fromBase64, SimpleEuicc, statusOf } from './support/simple-euicc.js';

const ICCID = '89000123456789012341';
const ROUNDS = 120;

let pki: TestPki;

beforeAll(async () => {
  pki = await createTestPki();
});

function requests(
  service: SmdpService,
  euicc: SimpleEuicc,
): { readonly name: Es9Function; readonly member: string; readonly request: JsonObject }[] {
  const initiated = service.initiateAuthentication(euicc.initiateRequest());
  const { authenticated } = authenticate(service, euicc);
  const transactionId = String(authenticated.transactionId);
  return [
    { name: 'initiateAuthentication', member: 'euiccInfo1', request: euicc.initiateRequest() },
    { name: 'authenticateClient', member: 'authenticateServerResponse', request: euicc.authenticateRequest(initiated) },
    { name: 'getBoundProfilePackage', member: 'prepareDownloadResponse', request: euicc.prepareDownloadRequest(authenticated) },
    { name: 'handleNotification', member: 'pendingNotification', request: euicc.installationResult(transactionId) },
    { name: 'handleNotification', member: 'pendingNotification', request: euicc.otherNotification() },
    { name: 'cancelSession', member: 'cancelSessionResponse', request: euicc.cancelRequest(transactionId, 1) },
  ];
}

describe('mutated requests', () => {
  it.each([1, 2, 3, 4])('are answered, seed %i', (seed) => {
    const service = new SmdpService({ pki });
    const euicc = new SimpleEuicc({ pki });
    const random = new SeededBytes(seed);
    service.addOrder({
      matchingId: 'TOKEN',
      profile: makeProfilePackage({ iccid: ICCID, sizeBytes: 1000 }),
      metadata: makeMetadata({ iccid: ICCID }),
    });
    for (let round = 0; round < ROUNDS; round++) {
      const all = requests(service, euicc);
      const { name, member, request } = all[round % all.length]!;
      const response = service.call(name, { ...request, [member]: base64(mutate(fromBase64(request[member]), random)) });
      expect(statusOf(response)).toMatch(/^ok$|^\d+(\.\d+)+\/\d\.\d+$/);
    }
  });
});

describe('strange JSON', () => {
  const strange: JsonObject[] = [
    {},
    { transactionId: null },
    { transactionId: 7 },
    { transactionId: '' },
    { transactionId: '__proto__' },
    { transactionId: ['00'] },
  ];
  it.each(strange)('%j is refused by every function', (request) => {
    const service = new SmdpService({ pki });
    for (const name of [
      'initiateAuthentication',
      'authenticateClient',
      'getBoundProfilePackage',
      'handleNotification',
      'cancelSession',
    ] as const) {
      expect(statusOf(service.call(name, request))).not.toBe('ok');
    }
  });
});
