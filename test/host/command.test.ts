// SPDX-License-Identifier: Apache-2.0
// The bytes of commands, written by hand after assembly/abi/options.ts; what does not fit its field is refused by the host, and not cut to
// something that the module would take.

import { describe, expect, it } from 'vitest';
import { encodeDeliverNotifications, encodeDownload, encodeEs10, encodeListen, encodePoll } from '../../host/command.js';
import type { DownloadOptions, PollOptions } from '../../host/options.js';
import { hex } from '../../host/sim/codec/bytes.js';

const POLL = '800101810101';
const AT_NOON = new Date(Date.UTC(2026, 10, 26, 12, 3, 4, 567));

const REFUSED: readonly object[] = [
  { blockBytes: 272 },
  { blockBytes: 15 },
  { blockBytes: 100.5 },
  { maxPackages: 257 },
  { maxPackages: 0 },
  { cardTimeoutMs: 2 ** 31 },
  { cardTimeoutMs: -1 },
  { cardTimeoutMs: Number.NaN },
  { onlineTimeoutMs: 2 ** 31 },
  { eimId: 'e'.repeat(129) },
  { eimAddress: 'é'.repeat(65) },
  { deviceCapabilities: new Uint8Array(260) },
  { imei: '12345' },
  { esipaBinding: 'xml' },
  { rspBinding: 'toString' },
  { assistant: 'ipae' },
  { esipaVersion: '1.1' },
  { stateChangeCause: 'boredom' },
  { rplmn: '26' },
  { rplmn: '262-011-1' },
  { utcTime: new Date(Number.NaN) },
  { esipaScheme: 'http' },
  { seed: 0 },
  { seed: 2 ** 32 },
  { coapBlockBytes: 100 },
  { coapBlockBytes: 2048 },
  { coapBlockBytes: 8 },
  { ackTimeoutMs: 2 ** 31 },
  { schedule: { intervalSeconds: 2 ** 30 } },
  { schedule: { intervalSeconds: 60, jitterSeconds: -1 } },
  { schedule: { intervalSeconds: 60, window: { opensInSeconds: 0.5, periodSeconds: 1, lengthSeconds: 1 } } },
];

describe('options of a poll', () => {
  it.each(REFUSED)('refuses %o', (options) => {
    expect(() => encodePoll(options as PollOptions)).toThrow(RangeError);
  });

  it('takes the largest there are', () => {
    const options = { blockBytes: 255, maxPackages: 255, cardTimeoutMs: 2 ** 31 - 1, eimId: 'e'.repeat(128) };
    expect(hex(encodePoll(options))).toMatch(/^8001018101018201FF89047FFFFFFF838180(65){128}8B01FF$/);
  });

  it.each<[PollOptions, string]>([
    [{}, ''],
    [{ esipaBinding: 'json', rspBinding: 'asn1' }, '8E01008D0101'],
    [{ utcTime: AT_NOON }, '910E3230323631313236313230333034'],
    [{ utcTime: null }, ''],
    [{ stateChangeCause: 'fallback' }, '920101'],
    [{ stateChangeCause: 'undefined' }, '92017F'],
    [{ rplmn: '262/01' }, '930362F210'],
    [{ rplmn: '310-260' }, '9303130062'],
    [{ rplmn: '72405' }, '930327F450'],
    [{ assistant: 'lpad' }, '940101'],
    [{ onlineTimeoutMs: 180_000 }, '95040002BF20'],
    [{ esipaVersion: '1.0' }, '960100'],
    [{ esipaVersion: '1.3' }, '960103'],
    [{ askConsent: true }, '9000'],
    [{ askConsent: false }, ''],
    [{ ipaFeatures: { indirectRspServerCommunication: true, eimCtxParams1Generation: true } }, '880150'],
    [{ ipaFeatures: { directRspServerCommunication: true, minimizeEsipaBytes: true, eimDownloadDataHandling: false } }, '880184'],
    [{ ipaFeatures: {} }, '880100'],
    [{ esipaScheme: 'https' }, '970100'],
    [{ esipaScheme: 'coaps' }, '970101'],
    [{ esipaScheme: 'coap', seed: 0x1234_5678 }, '9701029804' + '12345678'],
    [{ seed: 2 ** 32 - 1 }, '9804FFFFFFFF'],
    [{ coapBlockBytes: 16 }, '990100'],
    [{ coapBlockBytes: 1024, ackTimeoutMs: 10_000 }, '990106' + '9A0400002710'],
    [{ schedule: { intervalSeconds: 86_400 } }, `9B1400015180${'00'.repeat(16)}`],
    [
      { schedule: { intervalSeconds: 1, jitterSeconds: 2, window: { opensInSeconds: 3, periodSeconds: 4, lengthSeconds: 5 } } },
      '9B140000000100000002000000030000000400000005',
    ],
    [{ imei: '490154203237518' }, '850494104502860894104502237315F8'],
  ])('%o is %s', (options, expected) => {
    expect(hex(encodePoll(options))).toBe(POLL + expected);
  });

  it('chooses the link', () => {
    expect(hex(encodePoll({ cardLink: 'apdu', restart: true }))).toBe('8001018101008C00');
  });
});

describe('a download', () => {
  const DOWNLOAD = '800102810101';

  it.each<[object, string]>([
    [{ activationCode: '1$a.b$C' }, '8F0980073124612E622443'],
    [{ defaultSmdp: true }, '8F028100'],
    [{ smds: true }, '8F02A200'],
    [{ smds: 'ds.gsma.com' }, '8F0FA20D800B64732E67736D612E636F6D'],
    [{ defaultSmdp: true, askConsent: true, confirmationCode: '1234' }, '90008F028100'],
  ])('from %o is %s', (options, expected) => {
    expect(hex(encodeDownload(options as DownloadOptions))).toBe(DOWNLOAD + expected);
  });

  it('takes an activation code of up to 252 bytes', () => {
    expect(hex(encodeDownload({ activationCode: '1'.repeat(252) }))).toMatch(/^8001028101018F81FF8081FC(31){252}$/);
  });

  it.each([{}, { defaultSmdp: true, smds: true }, { activationCode: '' }, { activationCode: '1'.repeat(253) }, { smds: 'd'.repeat(129) }])(
    'refuses %o',
    (options) => {
      expect(() => encodeDownload(options as DownloadOptions)).toThrow(RangeError);
    },
  );
});

describe('listening', () => {
  it('has its own number, the options of a poll, and its time', () => {
    expect(hex(encodeListen({ esipaScheme: 'coaps', listenMs: 500 }))).toBe('8001058101019701019C04000001F4');
    expect(() => encodeListen({ listenMs: 2 ** 31 })).toThrow(RangeError);
  });
});

describe('the other commands', () => {
  it('have their own number and the common options', () => {
    expect(hex(encodeEs10({ cardLink: 'apdu', assistant: 'lpad', blockBytes: 120 }))).toBe('800103810100820178940101');
    expect(hex(encodeDeliverNotifications({ rspBinding: 'json', cardTimeoutMs: 1000 }))).toBe('8001048101018904000003E88E0101');
  });
});
