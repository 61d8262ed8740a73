// SPDX-License-Identifier: Apache-2.0
// Protected parts of a Bound Profile Package with known one-time keys, frozen.
import { describe, expect, it } from 'vitest';
import { readTlvs } from '../../../host/sim/codec/ber.js';
import { hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { EphemeralKey, KeyAgreementError } from '../../../host/sim/crypto/key-agreement.js';
import { makeMetadata } from '../../../host/sim/profile/index.js';
import { bindProfile } from '../../../host/sim/smdp/bound-profile-package.js';

const request = {
  profile: utf8('profile'),
  metadata: makeMetadata({ iccid: '89000123456789012341' }),
  eid: '89049032123451234512345678901235',
  euiccOtpk: new EphemeralKey(new Uint8Array(32).fill(0x22)).publicPoint,
  hostId: utf8('host'),
  replaceSessionKeys: false,
  segmentBytes: 4,
  smdpKey: new EphemeralKey(new Uint8Array(32).fill(0x11)),
};

describe('bindProfile', () => {
  it('gives frozen parts: ConfigureISDP, metadata in clear with a MAC, two encrypted pieces of profile', () => {
    expect(readTlvs(bindProfile(request).parts).map(({ raw }) => hex(raw))).toEqual([
      'A01A87189303927B7F05416B4B767295B83A525C4252A8A792B211D1',
      'A140883EBF25335A0A98001032547698103214911253696D756C61746564204F70657261746F72921153696D756C617465642050726F66696C651389D7F6F1BFB11C',
      'A33486185CC63B85DBCE4D1CB55881F8BCD09DA86E5C2BD44BE414C6861859AD380DFB085181DD6B952A573B0B909D0A47FAFAC5B0AB',
    ]);
  });

  it('uses new keys for each binding unless told', () => {
    const { smdpKey: _known, ...random } = request;
    expect(bindProfile(random).smdpOtpk).not.toEqual(bindProfile(random).smdpOtpk);
  });

  it('refuses bad segment sizes and points', () => {
    for (const segmentBytes of [0, 1008, Number.NaN]) expect(() => bindProfile({ ...request, segmentBytes })).toThrow(RangeError);
    expect(() => bindProfile({ ...request, euiccOtpk: new Uint8Array(65) })).toThrow(KeyAgreementError);
  });
});
