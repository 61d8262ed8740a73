// SPDX-License-Identifier: Apache-2.0
// Throw-away keys and certificates for servers on this machine.

import 'reflect-metadata';
import { createPublicKey } from 'node:crypto';
import { KeyUsageFlags } from '@peculiar/x509';
import { issueCertificate, type KeyAndCertificate } from '../../../host/sim/pki/index.js';

/** A certification authority, under another one when given. */
export function makeAuthority(name: string, issuer?: KeyAndCertificate): Promise<KeyAndCertificate> {
  return issueCertificate({
    subject: [{ CN: [name] }],
    serialNumber: issuer === undefined ? '01' : '02',
    keyUsage: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
    authority: {},
    ...(issuer === undefined ? {} : { issuer }),
  });
}

/** A server for localhost, eim.example.com and 127.0.0.1 unless told otherwise. */
export function makeServer(
  issuer?: KeyAndCertificate,
  names?: { dnsNames?: string[]; ipAddresses?: string[] },
): Promise<KeyAndCertificate> {
  const { dnsNames = ['localhost', 'eim.example.com'], ipAddresses = ['127.0.0.1'] } = names ?? {};
  return issueCertificate({
    subject: [{ CN: ['test server'] }],
    serialNumber: '10',
    keyUsage: KeyUsageFlags.digitalSignature,
    dnsNames,
    ipAddresses,
    tls: true,
    ...(issuer === undefined ? {} : { issuer }),
  });
}

/** DER SubjectPublicKeyInfo of a key. */
export function spkiOf(owner: KeyAndCertificate): Uint8Array {
  return new Uint8Array(createPublicKey(owner.privateKey).export({ type: 'spki', format: 'der' }));
}

/** PEM text of a DER certificate. */
export function pem(certificate: Uint8Array): string {
  const lines = Buffer.from(certificate)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
