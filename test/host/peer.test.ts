// SPDX-License-Identifier: Apache-2.0
// What action NetworkOpen says, read by the host: trust anchors are compared byte for byte, so they must come out as they went in.

import { describe, expect, it } from 'vitest';
import { decodePeer } from '../../host/peer.js';
import { readTlv, tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex, hex, utf8 } from '../../host/sim/codec/bytes.js';
import { createTestPki } from '../../host/sim/pki/index.js';

const ADDRESS = concat(fromHex('800100820100'), tlv(0x81, utf8('eim.example.com')));
/** What every peer says that is not reached by CoAP. */
const BY_HTTPS = { scheme: 'https', listen: false } as const;
const anchorOf = (choice: Uint8Array) => decodePeer(concat(ADDRESS, tlv(0xa6, choice))).trust;

describe('a peer', () => {
  it.each([
    ['800100820100', 'eim', 'asn1'],
    ['800101820101', 'smdp', 'json'],
    ['820100800102', 'smds', 'asn1'],
  ])('of %s is of kind %s and binding %s', (text, kind, binding) => {
    const bytes = concat(fromHex(text), tlv(0x81, utf8('host:8443')), fromHex('8F0101'));
    expect(decodePeer(bytes)).toEqual({ ...BY_HTTPS, kind, binding, address: 'host:8443', trust: { kind: 'platform' } });
  });

  it.each([
    ['820100810161', 'peer.kind: is missing'],
    ['800100810161', 'peer.binding: is missing'],
    ['800100820100', 'peer.address: is missing'],
    ['800103820100810161', 'peer.kind: is 03, which this host does not know'],
    ['8001008201028101', 'not as long as it says|not BER'],
    ['800100820102810161', 'peer.binding: is 02'],
    ['8001008201008101FF', 'peer.address: is no UTF-8'],
    ['800100820100810161A600', 'peer.trustedPublicKeyDataTls: is empty'],
  ])('of %s is refused: %s', (text, words) => {
    expect(() => decodePeer(fromHex(text))).toThrow(new RegExp(words));
    expect(() => decodePeer(fromHex(text))).toThrow(TypeError);
  });
});

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
    expect(decodePeer(ADDRESS)).toEqual({
      ...BY_HTTPS,
      kind: 'eim',
      binding: 'asn1',
      address: 'eim.example.com',
      trust: { kind: 'platform' },
    });
    expect(() => decodePeer(fromHex('A600'))).toThrow(TypeError);
  });
});
