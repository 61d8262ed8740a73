// SPDX-License-Identifier: Apache-2.0
// Bytes from outside the project, read from the folder that IPA_SHARED names: packages signed with the published test keys have to be accepted,
// and what the eUICC signs has to be what was signed there.

import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { need, readInteger, readTlv, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import { encodeEimConfigurationData } from '../../../host/sim/eim/configuration-data.js';
import { SimulatedEuicc, type SimulatedEuiccOptions } from '../../../host/sim/euicc/index.js';
import { loadSgp26, type TestPki } from '../../../host/sim/pki/index.js';
import { makeMetadata } from '../../../host/sim/profile/index.js';
import { ask, openIsdr } from './support/card.js';

const shared = process.env.IPA_SHARED;
const EIM_ID = 'eim.example.com';
const ICCID = '89000123456789012341';

describe.skipIf(!shared)('published vectors', async () => {
  const folder = shared!;
  const pki: TestPki = shared ? await loadSgp26(join(folder, 'vectors')) : (undefined as never);
  const page = shared ? readFileSync(join(folder, 'vectors.md'), 'utf8') : '';
  const euiccKey = shared ? createPublicKey(pki.euicc.privateKey) : (undefined as never);

  /** The bytes after the line that begins with this text. */
  function vector(title: string): Uint8Array {
    const line = page.split('\n').find((each) => each.startsWith(`- ${title}`));
    return fromHex(/`([0-9A-F]+)`/.exec(line ?? '')![1]!);
  }

  function make(options: Partial<SimulatedEuiccOptions> = {}, change: (memory: string) => string = (memory) => memory): SimulatedEuicc {
    const euicc = new SimulatedEuicc({ pki, ...options });
    euicc.restoreNonVolatile(change(euicc.saveNonVolatile()));
    openIsdr(euicc);
    return euicc;
  }

  /** An eUICC that knows the eIM of the vectors. `token` as the vectors have it. */
  function managed(
    counterValue: number,
    token: boolean,
    seqNumber: number,
    extra: Partial<SimulatedEuiccOptions> = {},
    nextToken = 2,
  ): SimulatedEuicc {
    const spki = Uint8Array.from(createPublicKey(pki.eimSign.privateKey).export({ type: 'spki', format: 'der' }));
    const configuration = encodeEimConfigurationData({
      eimId: EIM_ID,
      counterValue,
      ...(token ? { associationToken: -1 } : {}),
      eimPublicKeyData: { spki },
    });
    const numbered = (memory: string) =>
      memory
        .replace(/"nextSeqNumber": \d+/, `"nextSeqNumber": ${seqNumber}`)
        .replace(/"nextAssociationToken": \d+/, `"nextAssociationToken": ${nextToken}`)
        .replace('8900001000', '8900001100');
    return make({ eimConfigurations: [configuration], ...extra }, numbered);
  }

  const named = (name: string, spn: string) => makeMetadata({ iccid: ICCID, serviceProviderName: spn, profileName: name });

  /** The signed part of an answer, once both its signature and that of the vector hold over the same bytes. */
  function expectSame(answer: Tlv, expected: Uint8Array, alternative: number, token: number): void {
    const ours = need(answer, alternative);
    const theirs = need(readTlv(expected), alternative);
    const data = need(ours, 0x30).raw;
    expect(hex(data)).toBe(hex(need(theirs, 0x30).raw));
    for (const each of [ours, theirs]) {
      expect(verifyRs(euiccKey, need(each, 0x5f37).value, data, fromHex(`8401${token.toString(16).padStart(2, '0')}`))).toBe(true);
    }
  }

  test('enable with rollback, and the same package again', () => {
    const profiles = [{ metadata: named('test', 'euicc-rsp') }, { iccid: '8900012345678901236', state: 'enabled' as const }];
    const euicc = managed(0, true, 7, { profiles });
    const request = vector('… EuiccPackageRequest: `BF518187');
    expectSame(ask(euicc, request), vector('EuiccPackageResult: enable ok(0)'), 0xa0, 1);
    expectSame(ask(euicc, request), vector('EuiccPackageResult: signed error replayError(4)'), 0xa1, 1);
  });

  test('the rollback that follows', () => {
    const profiles = [{ metadata: named('test', 'euicc-rsp') }, { iccid: '8900012345678901236', state: 'enabled' as const }];
    const euicc = managed(0, true, 10, { profiles });
    ask(euicc, vector('… EuiccPackageRequest: `BF518187'));
    const response = ask(euicc, vector('ProfileRollbackRequest refresh true'));
    const expected = readTlv(vector('ProfileRollbackResponse ok with new EPR'));
    expect(readInteger(need(response, 0x02))).toBe(0);
    // The vector repeats the enable result before rollbackResult; the simulator gives rollbackResult alone. The rest has to be the same.
    const [ours, theirs] = [response, expected].map((each) => need(need(each, 0xbf51), 0xa0));
    for (const tag of [0x80, 0x81, 0x82, 0x83]) {
      expect(hex(need(need(ours!, 0x30), tag).raw)).toBe(hex(need(need(theirs!, 0x30), tag).raw));
    }
    for (const each of [ours!, theirs!]) {
      const data = need(each, 0x30);
      expect(hex(need(data, 0x30).children.at(-1)!.raw)).toBe('8C0100');
      expect(verifyRs(euiccKey, need(each, 0x5f37).value, data.raw, fromHex('840101'))).toBe(true);
    }
  });

  test('listProfileInfo', () => {
    const euicc = managed(1, false, 8, { profiles: [{ metadata: named('test', 'euicc-rsp'), state: 'enabled' }] });
    const answer = ask(euicc, vector('EuiccPackageRequest: listProfileInfo (no tagList)'));
    expectSame(answer, vector('EuiccPackageResult: listProfileInfo one profile'), 0xa0, 0);
  });

  test('disable, delete and list', () => {
    const euicc = managed(2, false, 1, { profiles: [{ metadata: named('test', 'euicc-rsp'), state: 'enabled' }] });
    const data = need(need(ask(euicc, vector('EuiccPackageRequest: disable+delete+listProfileInfo')), 0xa0), 0x30);
    expect(hex(need(data, 0x30).value)).toBe('840100850100BF2D02A000');
  });

  test('addEim, then deleteEim and listEim', () => {
    const euicc = managed(3, false, 9);
    expectSame(
      ask(euicc, vector('EuiccPackageRequest: eCO addEim')),
      vector('EuiccPackageResult: addEimResult associationToken 2'),
      0xa0,
      0,
    );
    expect(euicc.eimConfigurations.map((each) => each.associationToken)).toEqual([undefined, 2]);
    ask(euicc, vector('EuiccPackageRequest: eCO deleteEim + listEim'));
    expect(euicc.eimConfigurations).toEqual([{ eimId: EIM_ID, counterValue: 5, associationToken: undefined }]);
  });

  test('an eIM that is not associated: the unsigned error', () => {
    const answer = ask(make(), vector('… EuiccPackageRequest: `BF518187'));
    expect(hex(answer.raw)).toBe(hex(vector('EuiccPackageResult: unsigned error')));
  });

  test('AddInitialEim and GetEimConfigurationData', () => {
    const euicc = make();
    expect(hex(ask(euicc, vector('AddInitialEimRequest: one eIM')).raw)).toBe(hex(vector('AddInitialEimResponse ok with token 1')));
    expect(hex(ask(euicc, 'BF5500').raw)).toBe(hex(vector('GetEimConfigurationDataResponse: same eIM')));
    const other = make();
    ask(other, Uint8Array.from(readFileSync(join(folder, 'vectors', 'onomondo_sample_eim_cfg.ber'))));
    expect(other.eimConfigurations).toEqual([{ eimId: 'eIM', counterValue: 1, associationToken: 1 }]);
  });

  test('small functions', () => {
    const euicc = make({ defaultSmdpAddress: 'smdp.example.com' });
    expect(hex(ask(euicc, vector('GetEID: ')).raw)).toBe(hex(vector('GetEID response')));
    expect(hex(ask(euicc, 'BF3C00').raw)).toBe(hex(vector('EuiccConfiguredAddressesResponse')));
    expect(hex(ask(euicc, vector('RetrieveNotificationsListRequest: all')).raw)).toBe(
      hex(vector('RetrieveNotificationsListResponse empty')),
    );
    const removable = managed(0, true, 10, { profiles: [{ metadata: named('test', 'euicc-rsp') }], defaultSmdpAddress: 'x' });
    expect(hex(ask(removable, vector('EuiccMemoryResetRequest SGP.32')).raw)).toBe(hex(vector('EuiccMemoryResetResponse')));
  });

  test('OtherSignedNotification', () => {
    const expected = readTlv(fromHex(readFileSync(join(folder, 'vectors', 'other_signed_notification.hex'), 'utf8').trim()));
    const metadata = makeMetadata({ iccid: ICCID, notifications: [{ events: ['enable'], address: 'smdp.example.com' }] });
    const previous = { iccid: '8900012345678901236', state: 'enabled' as const };
    const euicc = managed(0, true, 9, { profiles: [{ metadata }, previous] });
    ask(euicc, vector('… EuiccPackageRequest: `BF518187'));
    const [notification] = need(ask(euicc, vector('RetrieveNotificationsListRequest: all')), 0xa0).children;
    expect(hex(need(notification!, 0xbf2f).raw)).toBe(hex(need(expected, 0xbf2f).raw));
    for (const each of [notification!, expected]) {
      expect(verifyRs(euiccKey, need(each, 0x5f37).value, need(each, 0xbf2f).raw)).toBe(true);
    }
  });

  test('a recorded session: the server is authenticated; its second signature belongs to another euiccSignature1', () => {
    const read = (name: string) => Uint8Array.from(readFileSync(join(folder, 'vectors', `waigel_${name}`)));
    const euicc = make({ random: (lengthBytes) => read('euicc-challenge.bin').subarray(0, lengthBytes) });
    ask(euicc, 'BF2E00');
    const started = readTlv(read('initiate-response.der')).children.filter((each) => each.tag !== 0x80);
    const theirs = need(need(readTlv(read('auth-server-response.der')), 0xa0), 0x30);
    const request = tlv(0xbf38, ...started.map((each) => each.raw), need(theirs, 0xa0).raw);
    const ours = need(need(ask(euicc, request), 0xa0), 0x30);
    for (const tag of [0x80, 0x83, 0x84, 0xa0]) expect(hex(need(ours, tag).raw)).toBe(hex(need(theirs, tag).raw));
    const client = need(readTlv(read('authenticate-response.der')), 0xa0);
    const [signed2, certificate] = client.children.filter((each) => each.tag === 0x30);
    const prepare = tlv(0xbf21, signed2!.raw, need(client, 0x5f37).raw, certificate!.raw);
    expect(hex(ask(euicc, prepare).raw)).toBe(hex(tlv(0xbf21, tlv(0xa1, need(theirs, 0x80).raw, fromHex('020102')))));
  });

  test('a package without a session is refused', () => {
    const whole = Uint8Array.from(readFileSync(join(folder, 'vectors', 'laf0rge_bpp.ber')));
    const euicc = make();
    const first = whole.subarray(0, 183);
    const response = euicc.transmit(concat(Uint8Array.of(0x81, 0xe2, 0x91, 0x00, first.length), first));
    expect(hex(response)).toBe('6985');
  });
});
