// SPDX-License-Identifier: Apache-2.0
// What action NetworkOpen says, read by the host: trust anchors are compared byte for byte, so they must come out as they went in.

import { describe, expect, it } from 'vitest';
import { decodePeer } from '../../host/peer.js';
import { readTlv, tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex, hex, utf8 } from '../../host/sim/codec/bytes.js';
import { createTestPki } from '../../host/sim/pki/index.js';

const ADDRESS = tlv(0x81, utf8('eim.example.com'));
const anchorOf = (choice: Uint8Array) => decodePeer(concat(ADDRESS, tlv(0xa6, choice))).trust;

describe('a trust anchor', () => {
  it('that is a certificate comes out as it is, tagged implicitly or nested', async () => {
    const { certificate } = (await createTestPki()).eimTls;
    for (const contents of [readTlv(certificate).value, certificate]) {
      const trust = anchorOf(tlv(0xa1, contents));
      expect(trust.kind === 'certificate' && hex(trust.certificate)).toBe(hex(certificate));
    }
  });

  it.each([
    ['a length that is longer than it need be', '3003020105048101AA'],
    ['an integer with a leading zero', '30080202000504020102'],
    ['TRUE that is not FF', '30080101010403010203'],
    ['a time of another form', '300D170B323530313031303030305A'],
  ])('with %s in it is not encoded again', (_, text) => {
    const contents = fromHex(text);
    const trust = anchorOf(tlv(0xa1, contents, contents));
    expect(trust.kind === 'certificate' && hex(trust.certificate)).toBe(hex(tlv(0x30, contents, contents)));
  });

  it('is none where the eUICC holds none', () => {
    expect(decodePeer(ADDRESS)).toEqual({ address: 'eim.example.com', trust: { kind: 'platform' } });
    expect(() => decodePeer(fromHex('A600'))).toThrow(TypeError);
  });
});
