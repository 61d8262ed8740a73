// SPDX-License-Identifier: Apache-2.0
// Requests and responses from outside the project, read from the folder that IPA_SHARED names.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  addInitialEim,
  deleteProfile,
  disableProfile,
  enableProfile,
  euiccMemoryResetIot,
  getEid,
  getEimConfigurationData,
  getEuiccConfiguredAddresses,
  getEuiccInfo1,
  getProfilesInfo,
  immediateEnable,
  ipaeActivation,
  listNotification,
  profileRollback,
  removeNotificationFromList,
  retrieveNotificationsList,
} from '../../../host/es10/index.js';
import { tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';

const shared = process.env.IPA_SHARED;
const ICCID = '89000123456789012341';

describe.skipIf(!shared)('published bytes', () => {
  const file = (name: string) => new Uint8Array(readFileSync(path.join(shared!, 'vectors', name)));
  const page = shared ? readFileSync(path.join(shared, 'vectors.md'), 'utf8') : '';

  /** The bytes in the line that begins with this text. */
  function vector(title: string): Uint8Array {
    const line = page.split('\n').find((each) => each.startsWith(`- ${title}`)) ?? '';
    return fromHex(/`([0-9A-F]+)`/.exec(line)![1]!);
  }

  /** The data of the last response in a recording. */
  function recorded(name: string): Uint8Array {
    const lines = readFileSync(path.join(shared!, 'vectors', name), 'utf8').split('\n');
    return fromHex(lines.findLast((line) => line.startsWith('< '))!.slice(2, -4));
  }

  it.each([
    ['GetEID:', () => getEid.encode()],
    ['EnableProfileRequest by ICCID, refresh true', () => enableProfile.encode({ iccid: ICCID, refresh: true })],
    ['DisableProfileRequest by AID, refresh false', () => disableProfile.encode({ isdpAid: 'A0000005591010FFFFFFFF8900001100' })],
    ['DeleteProfileRequest by ICCID', () => deleteProfile.encode({ iccid: ICCID })],
    ['IpaeActivationRequest', () => ipaeActivation.encode()],
    ['EuiccMemoryResetRequest SGP.32', () => euiccMemoryResetIot.encode(['deleteOperationalProfiles', 'resetEimConfigData'])],
    ['ProfileRollbackRequest refresh true', () => profileRollback.encode({ refresh: true })],
    ['ImmediateEnableRequest refresh true', () => immediateEnable.encode({ refresh: true })],
    ['RetrieveNotificationsListRequest: all', () => retrieveNotificationsList.encode(undefined)],
    ['… by seq 7', () => retrieveNotificationsList.encode({ seqNumber: 7 })],
    ['… only eUICC package results', () => retrieveNotificationsList.encode({ euiccPackageResults: true })],
    ['NotificationSentRequest seq 10', () => removeNotificationFromList.encode(10)],
  ])('%s', (title, encode) => {
    expect(hex(encode())).toBe(hex(vector(title)));
  });

  it('tell an EID and addresses', () => {
    expect(getEid.decode(vector('GetEID response'))).toBe('89049032123451234512345678901235');
    expect(getEuiccConfiguredAddresses.decode(vector('EuiccConfiguredAddressesResponse'))).toEqual({
      defaultSmdpAddress: 'smdp.example.com',
      rootSmdsAddress: 'lpa.ds.gsma.com',
    });
  });

  it('tell profiles, with few fields and with odd texts', () => {
    const [first, second] = getProfilesInfo.decode(recorded('synthetic-profiles.log'));
    expect(first).toMatchObject({
      // the recording has it with its halves not swapped
      iccid: '984450985200214365F7',
      isdpAid: 'A0000005591010000000000000000001',
      state: 'enabled',
      nickname: 'My SIM',
      serviceProviderName: 'Test Telco',
      profileName: expect.stringMatching(/^Test Telco Postpaid/),
      profileClass: 'operational',
    });
    expect(second).toMatchObject({ state: 'disabled', profileName: undefined });
    const [odd] = getProfilesInfo.decode(recorded('synthetic-profiles-hostile-text.log'));
    expect(odd).toMatchObject({ serviceProviderName: 'Acme\nTelco', profileName: 'Grüße 日本' });
  });

  it('tell what the eUICC is', () => {
    expect(getEuiccInfo1.decode(file('waigel_euicc-info1.der'))).toMatchObject({ svn: expect.stringMatching(/^2\.\d\.\d$/) });
  });

  it('tell eIMs, their tokens, and take them', () => {
    const [eim] = getEimConfigurationData.decode(vector('GetEimConfigurationDataResponse'));
    expect(eim).toMatchObject({ eimId: 'eim.example.com', eimIdType: 'fqdn', associationToken: 1, publicKey: { kind: 'certificate' } });
    expect(addInitialEim.decode(vector('AddInitialEimResponse ok with token 1'))).toEqual([1]);
    expect(addInitialEim.decode(vector('AddInitialEimResponse ok without token'))).toEqual([undefined]);
    const request = file('onomondo_sample_eim_cfg.ber');
    expect(hex(addInitialEim.encode(request))).toBe(hex(request));
  });

  it('tell notifications', () => {
    const signed = fromHex(Buffer.from(file('other_signed_notification.hex')).toString('latin1').trim().toUpperCase());
    const { notifications } = retrieveNotificationsList.decode(tlv(0xbf2b, tlv(0xa0, signed)));
    const metadata = { seqNumber: 10, events: ['enable'], address: 'smdp.example.com', iccid: ICCID };
    expect(notifications).toEqual([{ kind: 'otherSignedNotification', metadata, bytes: signed }]);
    const listed = tlv(0xbf28, tlv(0xa0, vector('NotificationMetadata of it')));
    expect(listNotification.decode(listed)).toEqual([metadata]);
    expect(retrieveNotificationsList.decode(vector('RetrieveNotificationsListResponse empty'))).toEqual({
      notifications: [],
      euiccPackageResults: [],
    });
    expect(removeNotificationFromList.decode(vector('NotificationSentResponse ok'))).toBe(true);
  });

  it('tell results', () => {
    expect(hex(profileRollback.decode(vector('ProfileRollbackResponse ok'))!)).toMatch(/^BF5170A06E/);
    expect(euiccMemoryResetIot.decode(vector('EuiccMemoryResetResponse'))).toMatchObject({ profiles: true, eimConfiguration: true });
    expect(() => immediateEnable.decode(vector('response ok'))).not.toThrow();
  });
});
