// SPDX-License-Identifier: Apache-2.0
// Which server is the right one: by its key, by a certificate, or by the platform's certificate authorities
// (SGP.32 v1.2 §2.6.3; §2.11.1.1.1, trustedPublicKeyDataTls).

import { createPublicKey, X509Certificate } from 'node:crypto';
import { type ConnectionOptions, checkServerIdentity, type TLSSocket } from 'node:tls';
import type { TrustAnchor } from '../interfaces.js';
import { pemOf, readAnchor } from '../trust-anchor.js';

/** How to set up TLS towards a server, and how to judge it before the first byte of a request goes out. */
export interface TrustCheck {
  readonly tlsOptions: ConnectionOptions;
  /** Why the server at the other end is the wrong one; undefined when it is right. */
  refusal(socket: TLSSocket): string | undefined;
}

/** The chain option that lets a trusted certificate be no root; Node has had it since 20.18, its type declarations have not. */
interface PartialChainOptions extends ConnectionOptions {
  readonly allowPartialTrustChain: boolean;
}

/**
 * Makes the check for a trust anchor. `hostName` is what the certificate must be made out to, where names count. `ca` (PEM, or one
 * certificate in DER; roots or not) takes the place of the platform's authorities; it never widens what a key or certificate anchor allows.
 * @throws NetworkError tlsRefused when the anchor itself cannot be read.
 */
export function createTrustCheck(trust: TrustAnchor, hostName: string, ca: Uint8Array | string | undefined): TrustCheck {
  // The judgement is this file's: Node's own would end the connection with less to say and knows no pinned keys.
  const base: ConnectionOptions = {
    rejectUnauthorized: false,
    checkServerIdentity: (_, certificate) => checkServerIdentity(hostName, certificate),
  };
  switch (trust.kind) {
    case 'publicKey':
      return keyCheck(base, trust.spki);
    case 'certificate':
      return certificateCheck(base, trust.certificate, hostName);
    case 'platform':
      return {
        tlsOptions: ca === undefined ? base : authorityOptions(base, pemOf(ca)),
        refusal: (socket) => chainRefusal(socket, hostName),
      };
  }
}

function authorityOptions(base: ConnectionOptions, pem: string): PartialChainOptions {
  return { ...base, ca: pem, allowPartialTrustChain: true };
}

function keyCheck(base: ConnectionOptions, spki: Uint8Array): TrustCheck {
  const wanted = readAnchor(() => createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }));
  return {
    tlsOptions: base,
    refusal: (socket) => (leafOf(socket)?.publicKey.equals(wanted) ? undefined : "the server's key is not the trusted key"),
  };
}

function certificateCheck(base: ConnectionOptions, der: Uint8Array, hostName: string): TrustCheck {
  const trusted = readAnchor(() => new X509Certificate(Buffer.from(der)));
  return {
    tlsOptions: authorityOptions(base, trusted.toString()),
    refusal: (socket) => (leafOf(socket)?.raw.equals(trusted.raw) ? undefined : chainRefusal(socket, hostName)),
  };
}

/** Not by getPeerX509Certificate: in Node 20 that one takes the certificate out of the chain, so that a second look sees the issuer. */
function leafOf(socket: TLSSocket): X509Certificate | undefined {
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  return raw === undefined ? undefined : new X509Certificate(raw);
}

function chainRefusal(socket: TLSSocket, hostName: string): string | undefined {
  if (socket.authorized) return undefined;
  // Declared as an Error, but in truth a code.
  const why = String(socket.authorizationError);
  return why === 'ERR_TLS_CERT_ALTNAME_INVALID' ? `its certificate is not for ${hostName}` : `its certificate is not accepted (${why})`;
}
