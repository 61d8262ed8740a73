// SPDX-License-Identifier: Apache-2.0
// Orders that the SM-DP+ announces at an SM-DS: the event is there as long as there is something to download (SGP.22 v2.5 §3.1.2, §5.9).
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestPki, DEFAULT_EID, DEFAULT_SMDS_ADDRESS, type TestPki } from '../../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage } from '../../../host/sim/profile/index.js';
import { type DownloadOrder, SmdpService } from '../../../host/sim/smdp/index.js';
import { SmdsService } from '../../../host/sim/smds/index.js';
import { authenticate, errorResult, SimpleEuicc, statusOf } from './support/simple-euicc.js';

const ICCID = '89000123456789012341';
const EVENT = { eid: DEFAULT_EID, eventId: 'EVENT-1', rspServerAddress: 'smdp.example.com' };
const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 1000 });
const metadata = makeMetadata({ iccid: ICCID });

let pki: TestPki;
let smds: SmdsService;
let smdp: SmdpService;
let euicc: SimpleEuicc;

beforeAll(async () => {
  pki = await createTestPki();
});

beforeEach(() => {
  smds = new SmdsService({ pki });
  smdp = new SmdpService({ pki, smds });
  euicc = new SimpleEuicc({ pki });
});

function announce(changes: Partial<DownloadOrder> = {}) {
  return smdp.addOrder({ matchingId: 'EVENT-1', eid: DEFAULT_EID, announced: true, profile, metadata, ...changes });
}

function download(): string {
  const { authenticated } = authenticate(smdp, euicc, { matchingId: 'EVENT-1' });
  expect(statusOf(smdp.getBoundProfilePackage(euicc.prepareDownloadRequest(authenticated)))).toBe('ok');
  return String(authenticated.transactionId);
}

describe('an announced order', () => {
  it('has an event until its profile is installed, through SM-DS and SM-DP+', () => {
    const record = announce();
    const initiated = smds.initiateAuthentication(euicc.initiateRequest(DEFAULT_SMDS_ADDRESS));
    const { eventEntries } = smds.authenticateClient(euicc.authenticateRequest(initiated, { matchingId: undefined }));
    expect(eventEntries).toEqual([{ eventId: 'EVENT-1', rspServerAddress: 'smdp.example.com' }]);
    const transactionId = download();
    expect(smds.events).toEqual([EVENT]);
    const result = euicc.installationResult(transactionId);
    smdp.handleNotification(result);
    smdp.handleNotification(result);
    expect(record.state).toBe('installed');
    expect(smds.events).toEqual([]);
    expect(smds.log.filter(({ kind }) => kind === 'deleteEvent')).toEqual([{ kind: 'deleteEvent', eid: DEFAULT_EID, eventId: 'EVENT-1' }]);
  });

  it('keeps its event when the installation failed or was postponed', () => {
    announce();
    smdp.handleNotification(euicc.installationResult(download(), errorResult(5, 10)));
    const { authenticated } = authenticate(smdp, euicc, { matchingId: 'EVENT-1' });
    smdp.cancelSession(euicc.cancelRequest(String(authenticated.transactionId), 1));
    expect(smds.events).toEqual([EVENT]);
  });

  it('loses its event when the download is given up', () => {
    announce();
    const { authenticated } = authenticate(smdp, euicc, { matchingId: 'EVENT-1' });
    smdp.cancelSession(euicc.cancelRequest(String(authenticated.transactionId), 3));
    expect(smds.events).toEqual([]);
  });

  it('does not mind an event that somebody deleted before', () => {
    const record = announce();
    smds.deleteEvent(DEFAULT_EID, 'EVENT-1');
    smdp.handleNotification(euicc.installationResult(download()));
    expect(record.state).toBe('installed');
  });
});

describe('an order cannot be announced', () => {
  it('without SM-DS, EID or matchingId, or when its event is there already', () => {
    expect(() => new SmdpService({ pki }).addOrder({ matchingId: 'A', eid: DEFAULT_EID, announced: true, profile, metadata })).toThrow(
      'with an SM-DS',
    );
    const { eid: _eid, ...anybody } = { matchingId: 'A', eid: DEFAULT_EID, announced: true, profile, metadata };
    expect(() => smdp.addOrder(anybody)).toThrow('needs an EID');
    expect(() => announce({ matchingId: '' })).toThrow('matchingId');
    smds.registerEvent({ ...EVENT, rspServerAddress: 'dp-2.example.com' });
    expect(() => announce()).toThrow(RangeError);
    expect(statusOf(authenticate(smdp, euicc, { matchingId: 'EVENT-1' }).authenticated)).toBe('8.2.6/3.8');
  });

  it('when the order itself is impossible, and leaves no event behind', () => {
    expect(() => announce({ metadata: new Uint8Array() })).toThrow();
    expect(smds.events).toEqual([]);
  });
});
