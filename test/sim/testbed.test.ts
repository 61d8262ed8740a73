// SPDX-License-Identifier: Apache-2.0
// The Testbed: what it prepares is there for a device that follows its addresses, by each of the ways to a profile.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { need, readBits, readTlv, tlv } from '../../host/sim/codec/ber.js';
import { fromHex, text, utf8 } from '../../host/sim/codec/bytes.js';
import { EsipaServer } from '../../host/sim/eim/http-server.js';
import { EimProtocol } from '../../host/sim/eim/index.js';
import { createTestPki } from '../../host/sim/pki/index.js';
import { type JsonObject, SimulatedSmdp } from '../../host/sim/smdp/index.js';
import { SimulatedSmds } from '../../host/sim/smds/index.js';
import { Testbed, type TestbedOptions } from '../../host/sim/testbed.js';
import { ask, openIsdr } from './euicc/support/card.js';
import { challengeOf } from './euicc/support/server.js';
import { exchange } from './rsp/support/exchange.js';
import { base64, fromBase64, SimpleEuicc, statusOf } from './smdp/support/simple-euicc.js';

let bed: Testbed;
const pki = createTestPki();

afterEach(() => bed.close());

async function start(options: TestbedOptions = {}): Promise<void> {
  bed = await Testbed.start({ pki: await pki, ...options });
}

/** Asks the server that the bed's address map gives for an address. */
async function call(address: string, name: string, request: JsonObject): Promise<JsonObject> {
  const port = Number(bed.resolve[address]!.split(':')[1]);
  const options = { path: `/gsma/rsp2/es9plus/${name}`, servername: address, body: JSON.stringify(request) };
  return JSON.parse((await exchange({ port, ca: bed.smdp.caPem }, options)).body.toString()) as JsonObject;
}

/** The first two functions, at SM-DP+ or SM-DS. */
async function authenticate(euicc: SimpleEuicc, address: string, matchingId: string | undefined): Promise<JsonObject> {
  const initiated = await call(address, 'initiateAuthentication', euicc.initiateRequest(address));
  return call(address, 'authenticateClient', euicc.authenticateRequest(initiated, { matchingId }));
}

/** ICCID digits as BF25 has them, or the status. */
async function announcedIccid(euicc: SimpleEuicc, address: string, matchingId: string | undefined): Promise<string> {
  const authenticated = await authenticate(euicc, address, matchingId);
  if (statusOf(authenticated) !== 'ok') return statusOf(authenticated);
  const digits = Buffer.from(need(readTlv(fromBase64(authenticated.profileMetadata)), 0x5a).value).toString('hex');
  return digits.replace(/(.)(.)/g, '$2$1');
}

/** The same with the eUICC of the bed. `matchingId`: the element, if any. */
async function authenticateCard(address: string, matchingId: readonly Uint8Array[]): Promise<JsonObject> {
  const euiccChallenge = base64(challengeOf(bed.euicc));
  const euiccInfo1 = base64(ask(bed.euicc, 'BF2000').raw);
  const initiated = await call(address, 'initiateAuthentication', { euiccChallenge, euiccInfo1, smdpAddress: address });
  const names = ['serverSigned1', 'serverSignature1', 'euiccCiPKIdToBeUsed', 'serverCertificate'];
  const ctxParams1 = tlv(0xa0, ...matchingId, tlv(0xa1, tlv(0x80, fromHex('35290611')), tlv(0xa1)));
  const response = ask(bed.euicc, tlv(0xbf38, ...names.map((name) => fromBase64(initiated[name])), ctxParams1));
  const { transactionId } = initiated;
  return call(address, 'authenticateClient', { transactionId, authenticateServerResponse: base64(response.raw) });
}

/** eimSupportedProtocol as the eUICC has it. */
function protocols(): number[] {
  bed.euicc.reset();
  openIsdr(bed.euicc);
  const [configuration] = need(ask(bed.euicc, 'BF5500'), 0xa0).children;
  return readBits(need(configuration!, 0x87));
}

describe('Testbed', () => {
  it('announces profiles at its SM-DS until they are installed', async () => {
    await start();
    const euicc = new SimpleEuicc({ pki: bed.pki });
    const first = bed.prepareEvent();
    const second = bed.prepareEvent({ matchingId: 'EVENT-2', iccid: '89000123456789012358' });
    expect(first).toEqual({ iccid: '89000123456789012341', eventId: 'EVENT-0001', smdsAddress: 'smds.example.com' });
    const { eventEntries } = await authenticate(euicc, 'smds.example.com', undefined);
    expect(eventEntries).toEqual([
      { eventId: 'EVENT-0001', rspServerAddress: 'smdp.example.com' },
      { eventId: 'EVENT-2', rspServerAddress: 'smdp.example.com' },
    ]);
    expect(await announcedIccid(euicc, 'smdp.example.com', second.eventId)).toBe(second.iccid);
    const authenticated = await authenticate(euicc, 'smdp.example.com', first.eventId);
    await call('smdp.example.com', 'getBoundProfilePackage', euicc.prepareDownloadRequest(authenticated));
    bed.smdp.handleNotification(euicc.installationResult(String(authenticated.transactionId)));
    expect(bed.smds.events).toEqual([{ eid: bed.eid, eventId: 'EVENT-2', rspServerAddress: 'smdp.example.com' }]);
  });

  it('has a profile at the default SM-DP+ for its EID, and for no other', async () => {
    await start({ euicc: { defaultSmdpAddress: 'smdp.example.com' } });
    const { iccid, smdpAddress } = bed.prepareDefaultSmdpProfile();
    const euicc = new SimpleEuicc({ pki: bed.pki });
    expect(smdpAddress).toBe('smdp.example.com');
    expect(await announcedIccid(euicc, smdpAddress, '')).toBe(iccid);
    expect(await announcedIccid(euicc, smdpAddress, undefined)).toBe(iccid);
    expect(await announcedIccid(euicc, smdpAddress, 'MATCH-0001')).toBe('8.2.6/3.8');
    expect(bed.smds.events).toEqual([]);
  });

  it('writes activation codes with OID and confirmation code flag where wanted', async () => {
    await start();
    const code = (matchingId: string, options: object) => bed.prepareProfile({ matchingId, ...options }).activationCode;
    expect(code('A', {})).toBe('LPA:1$smdp.example.com$A');
    expect(code('B', { smdpOid: '2.999.10' })).toBe('LPA:1$smdp.example.com$B$2.999.10');
    expect(code('C', { confirmationCodeRequired: true })).toBe('LPA:1$smdp.example.com$C$$1');
    expect(code('D', { smdpOid: '2.999.11', confirmationCodeRequired: true })).toBe('LPA:1$smdp.example.com$D$2.999.11$1');
  });

  it('tells policy rules and owner of a profile in its metadata', async () => {
    await start();
    bed.prepareProfile({ metadata: { profilePolicyRules: ['ppr1', 'ppr2'], owner: { mccMnc: '26201' } } });
    const { profileMetadata } = await authenticate(new SimpleEuicc({ pki: bed.pki }), 'smdp.example.com', 'MATCH-0001');
    const metadata = readTlv(fromBase64(profileMetadata));
    expect(need(metadata, 0x99).value).toEqual(fromHex('0560'));
    expect(need(need(metadata, 0xb7), 0x80).value).toEqual(fromHex('62F210'));
  });

  it('knows the way to each of its servers, under the names they were given', async () => {
    const smdpAddress = 'DP.example.net';
    const smdsAddress = 'ds.example.net';
    const eimFqdn = 'eim.example.net';
    const own = await createTestPki({ smdpAddress, smdsAddress, eimFqdn });
    await start({ pki: own, smdp: { smdpAddress }, smds: { smdsAddress }, eimConfiguration: { eimFqdn } });
    expect(bed.resolve).toEqual({
      'eim.example.net': bed.eim.address,
      'dp.example.net': `127.0.0.1:${bed.smdp.port}`,
      'ds.example.net': `127.0.0.1:${bed.smds.port}`,
    });
    bed.prepareEvent();
    const euicc = new SimpleEuicc({ pki: own });
    expect(bed.prepareProfile().activationCode).toBe('LPA:1$DP.example.net$MATCH-0001');
    expect((await authenticate(euicc, smdsAddress, undefined)).eventEntries).toHaveLength(1);
  });

  it('has an eUICC that knows the SM-DS as its root, and whom SM-DS and SM-DP+ believe', async () => {
    await start();
    const { eventId } = bed.prepareEvent();
    bed.euicc.reset();
    openIsdr(bed.euicc);
    const rootDsAddress = text(need(ask(bed.euicc, 'BF3C00'), 0x81).value);
    expect(rootDsAddress).toBe('smds.example.com');
    const found = await authenticateCard(rootDsAddress, []);
    expect(found.eventEntries).toEqual([{ eventId, rspServerAddress: 'smdp.example.com' }]);
    const announced = await authenticateCard('smdp.example.com', [tlv(0x80, utf8(eventId))]);
    expect(statusOf(announced)).toBe('ok');
    expect(announced).toHaveProperty('profileMetadata');
  });

  it('has an eIM that also speaks CoAP when it is asked to, and says so to the eUICC', async () => {
    await start({ associated: true });
    expect(() => bed.resolveCoap).toThrow('the eIM is not listening for CoAP');
    expect(protocols()).toEqual([EimProtocol.RetrieveHttps]);
    await bed.close();
    await start({ associated: true, eim: { coap: { port: 0 } } });
    expect(bed.resolveCoap).toEqual({ 'eim.example.com': bed.eim.coapAddress, [bed.eim.address]: bed.eim.coapAddress });
    expect(bed.eim.coapAddress).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(protocols()).toEqual([EimProtocol.RetrieveHttps, EimProtocol.RetrieveCoaps]);
    await bed.close();
    const all = [EimProtocol.RetrieveCoaps, EimProtocol.InjectCoaps];
    await start({ associated: true, eimConfiguration: { eimSupportedProtocol: all } });
    expect(protocols()).toEqual(all);
  });

  it('closes the eIM’s HTTPS port when its CoAP port is taken', async () => {
    await start({ eim: { coap: { port: 0 } } });
    const close = vi.spyOn(EsipaServer.prototype, 'close');
    const port = Number(bed.eim.coapAddress.split(':')[1]);
    await expect(Testbed.start({ pki: await pki, eim: { coap: { port } } })).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('EADDRINUSE'),
    });
    expect(close.mock.calls.length).toBe(1);
    vi.restoreAllMocks();
  });

  it('leaves nothing running when a server cannot be started', async () => {
    await start();
    const closed = [SimulatedSmds, SimulatedSmdp].map(({ prototype }) => vi.spyOn(prototype, 'close'));
    await expect(Testbed.start({ pki: await pki, eim: { port: bed.smdp.port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(closed.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    vi.restoreAllMocks();
  });
});
