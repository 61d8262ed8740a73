// SPDX-License-Identifier: Apache-2.0
// Who is let in: every way to know the other end, and every way it can be the wrong one.

import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectDtls } from '../../../host/datagram/dtls-client.js';
import { acceptDtls } from '../../../host/datagram/dtls-server.js';
import type { TrustAnchor } from '../../../host/interfaces.js';
import { issueCertificate, type KeyAndCertificate } from '../../../host/sim/pki/index.js';
import { TurnedClock } from '../../support/turned-clock.js';
import { makeAuthority, makeServer, pem, spkiOf } from '../transport/certificates.js';
import { connected, type Keys, makeKeys, needGnutls, outcome, PSK, pskServer } from './dtls-bed.js';
import { memoryPair } from './memory-pair.js';

const serverName = 'eim.example.com';
let keys: Keys;
let other: Keys;
needGnutls();
beforeAll(async () => {
  keys = await makeKeys();
  other = await makeKeys();
});

const byCertificate = (owner: KeyAndCertificate): TrustAnchor => ({ kind: 'certificate', certificate: owner.certificate });
const byKey = (owner: KeyAndCertificate): TrustAnchor => ({ kind: 'publicKey', spki: spkiOf(owner) });

/** A certificate with the right name whose extended key usage is client authentication alone. */
async function clientOnly(issuer: KeyAndCertificate, name: string): Promise<KeyAndCertificate> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const pkcs8 = issuer.privateKey.export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  const { publicKey, privateKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '12',
    subject: 'CN=caller',
    issuer: new x509.X509Certificate(issuer.certificate).subjectName,
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2049-12-31'),
    publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
    ],
  });
  return { privateKey: KeyObject.from(privateKey), certificate: new Uint8Array(certificate.rawData) };
}

describe('a certificate as anchor', () => {
  it('is the issuer: the server must have the name', async () => {
    const client = { trust: byCertificate(keys.authority), serverName };
    expect(await outcome(client, { certificate: keys.server })).toEqual({ client: 'full', server: 'full' });
    expect(await outcome({ ...client, serverName: '127.0.0.1' }, { certificate: keys.server })).toEqual({ client: 'full', server: 'full' });
    expect(await outcome({ ...client, serverName: 'smdp.example.com' }, { certificate: keys.server })).toEqual({
      client: 'tlsRefused: dtls:client is not trusted: its certificate is not for smdp.example.com',
      server: expect.stringMatching(/^tlsRefused: dtls:server refused DTLS: Certificate is bad \(alert 42\)$/),
    });
  });

  it("is the server's own: the name does not count", async () => {
    const client = { trust: byCertificate(keys.server), serverName: 'smdp.example.com' };
    expect((await outcome(client, { certificate: keys.server })).client).toBe('full');
  });

  it('is an authority between root and server, or the root when the server sends what is between', async () => {
    const middle = await makeAuthority('middle', keys.authority);
    const certificate = { ...(await makeServer(middle)), chain: [middle.certificate] };
    for (const anchor of [middle, keys.authority])
      expect((await outcome({ trust: byCertificate(anchor), serverName }, { certificate })).client).toBe('full');
  });

  it('is of somebody else', async () => {
    const { client } = await outcome({ trust: byCertificate(other.authority), serverName }, { certificate: keys.server });
    expect(client).toMatch(/^tlsRefused: dtls:client is not trusted: its certificate is not accepted \(.*issuer is unknown/);
  });

  it('does not help a server whose certificate is out of date, or is not for servers', async () => {
    const request = {
      subject: [{ CN: ['server'] }],
      serialNumber: '11',
      keyUsage: x509.KeyUsageFlags.digitalSignature,
      issuer: keys.authority,
    };
    const expired = await issueCertificate({ ...request, dnsNames: [serverName], tls: true, notAfter: new Date('2021-01-01') });
    const trust = byCertificate(keys.authority);
    expect((await outcome({ trust, serverName }, { certificate: expired })).client).toMatch(/not accepted \(.*expired/);
    const nobody = await issueCertificate({ ...request, tls: true });
    expect((await outcome({ trust, serverName }, { certificate: nobody })).client).toMatch(/not for eim\.example\.com$/);
    const caller = await clientOnly(keys.authority, serverName);
    expect((await outcome({ trust, serverName }, { certificate: caller })).client).toMatch(/its certificate is not for servers$/);
  });

  it('is not shown by a server of raw public keys alone', async () => {
    const { client, server } = await outcome(
      { trust: byCertificate(keys.authority), serverName },
      { rawPublicKey: keys.server.privateKey },
    );
    expect([client, server]).toEqual([expect.stringMatching(/^tlsRefused/), expect.stringMatching(/^tlsRefused/)]);
  });
});

describe('a key as anchor', () => {
  it.each(['certificate', 'rawPublicKey'] as const)('is shown in a %s; the name does not count', async (way) => {
    const server = way === 'certificate' ? { certificate: keys.server } : { rawPublicKey: keys.server.privateKey };
    expect((await outcome({ trust: byKey(keys.server) }, server)).client).toBe('full');
    expect((await outcome({ trust: byKey(other.server) }, server)).client).toBe(
      "tlsRefused: dtls:client is not trusted: the server's key is not the trusted key",
    );
  });

  it('makes a server that has both show the bare key, which is shorter', async () => {
    const both = { certificate: keys.server, rawPublicKey: keys.server.privateKey };
    expect((await connected({ trust: byKey(keys.server) }, both)).client.description).toContain('Raw Public Key');
    expect((await connected({ trust: byCertificate(keys.authority), serverName }, both)).client.description).not.toContain('Raw');
  });

  it('does not take a certificate of the trusted key that is used without it', async () => {
    // The certificate is the true server's; the signature in the handshake is another key's.
    const thief = { privateKey: other.server.privateKey, certificate: keys.server.certificate };
    const pair = memoryPair();
    await expect(acceptDtls(pair.server, { certificate: thief })).rejects.toThrow(/GnuTLS could not take the certificate and key/);
  });
});

describe('no anchor', () => {
  it('leaves it to the authorities given, in PEM or DER', async () => {
    for (const ca of [pem(keys.authority.certificate), keys.authority.certificate, Buffer.from(pem(keys.authority.certificate))])
      expect((await outcome({ trust: { kind: 'platform' }, ca, serverName }, { certificate: keys.server })).client).toBe('full');
  });

  it("leaves it to the platform's, which know no server of a test", async () => {
    expect((await outcome({ serverName }, { certificate: keys.server })).client).toMatch(/^tlsRefused: .* not accepted/);
  });
});

it.each<TrustAnchor>([
  { kind: 'publicKey', spki: new Uint8Array([1, 2, 3]) },
  { kind: 'certificate', certificate: new Uint8Array([0x30, 0]) },
])('an anchor that cannot be read trusts nobody', async (trust) => {
  const pair = memoryPair();
  await expect(connectDtls(pair.client, { trust })).rejects.toMatchObject({ reason: 'tlsRefused' });
  expect([pair.log, pair.client.closed]).toEqual([[], true]);
});

describe('a pre-shared key', () => {
  it('of an identity that the server does not know is refused', async () => {
    const { client } = await outcome({ psk: { identity: 'stranger', key: PSK.key } }, pskServer);
    expect(client).toMatch(/^tlsRefused: dtls:client refused DTLS: .*\(alert \d+\)$/);
  });

  it('that is wrong gets no answer, as DTLS has it, and the error says what to look at', async () => {
    const clock = new TurnedClock();
    const psk = { identity: PSK.identity, key: Buffer.alloc(16) };
    const ends = outcome({ psk, clock, handshakeTimeoutMs: 20_000 }, { ...pskServer, clock, handshakeTimeoutMs: 20_000 });
    await clock.pass(20_000);
    expect(await ends).toEqual({
      client:
        'timeout: dtls:client answered, but no DTLS session came about within 20000 ms; is the pre-shared key of "device-1" the server\'s?',
      server: 'timeout: dtls:server answered, but no DTLS session came about within 20000 ms',
    });
  });

  it('does not get a server of certificates, nor the other way round', async () => {
    for (const [client, server] of [
      [{ psk: PSK }, { certificate: keys.server }],
      [{ trust: byKey(keys.server) }, pskServer],
    ] as const)
      expect(await outcome(client, server)).toEqual({
        client: expect.stringMatching(/^tlsRefused: dtls:client refused DTLS: Handshake failed \(alert 40\)$/),
        server: expect.stringMatching(/^tlsRefused: no DTLS with dtls:server: /),
      });
  });

  it('whose lookup throws is refused', async () => {
    const psk = () => {
      throw new Error('the database is gone');
    };
    expect((await outcome({ psk: PSK }, { psk })).client).toMatch(/^tlsRefused/);
  });
});

it('a server without anything to prove itself with is a mistake', async () => {
  await expect(acceptDtls(memoryPair().server, {})).rejects.toThrow(
    'a DTLS server needs a certificate, a raw public key or pre-shared keys',
  );
});
