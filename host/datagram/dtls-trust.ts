// SPDX-License-Identifier: Apache-2.0
// Which DTLS server is the right one, by the same rules as for HTTPS (host/transport/trust.ts, SGP.32 v1.2 §2.6.3), and by its raw public
// key (RFC 7250) where the anchor is a key.

import { createPublicKey, X509Certificate } from 'node:crypto';
import { checkServerIdentity } from 'node:tls';
import type { TrustAnchor } from '../interfaces.js';
import { pemOf, readAnchor } from '../trust-anchor.js';

/** What a server has shown of itself. */
export type ShownIdentity =
  | { readonly kind: 'rawPublicKey'; readonly spki: Uint8Array }
  | {
      readonly kind: 'certificate';
      readonly leaf: Uint8Array;
      /** Why no trusted authority vouches for it; undefined when one does. */
      readonly chainFault: () => string | undefined;
    };

export interface DtlsTrust {
  /** PEM text of the certificates that a chain may end in; "system" for the platform's; undefined when chains do not count. */
  readonly authorities: string | undefined;
  /** Whether a server may show a key alone. */
  readonly takesRawPublicKey: boolean;
  /** Why the server is the wrong one; undefined when it is right. */
  refusal(shown: ShownIdentity): string | undefined;
}

const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
const ANY_USAGE = '2.5.29.37.0';

/** @throws NetworkError tlsRefused when the anchor itself cannot be read. */
export function createDtlsTrust(trust: TrustAnchor, hostName: string, ca: Uint8Array | string | undefined): DtlsTrust {
  switch (trust.kind) {
    case 'publicKey':
      return keyTrust(trust.spki);
    case 'certificate':
      return certificateTrust(trust.certificate, hostName);
    case 'platform':
      return {
        authorities: ca === undefined ? 'system' : readAnchor(() => pemOf(ca)),
        takesRawPublicKey: false,
        refusal: (shown) => chainRefusal(shown, hostName),
      };
  }
}

function keyTrust(spki: Uint8Array): DtlsTrust {
  const publicKey = (der: Uint8Array) => createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  const wanted = readAnchor(() => publicKey(spki));
  return {
    authorities: undefined,
    takesRawPublicKey: true,
    refusal: (shown) => {
      const key = shown.kind === 'rawPublicKey' ? publicKey(shown.spki) : new X509Certificate(shown.leaf).publicKey;
      return key.equals(wanted) ? undefined : "the server's key is not the trusted key";
    },
  };
}

function certificateTrust(der: Uint8Array, hostName: string): DtlsTrust {
  const trusted = readAnchor(() => new X509Certificate(der));
  return {
    authorities: trusted.toString(),
    takesRawPublicKey: false,
    refusal: (shown) => {
      const isTrustedOne = shown.kind === 'certificate' && trusted.raw.equals(shown.leaf);
      return isTrustedOne ? undefined : chainRefusal(shown, hostName);
    },
  };
}

function chainRefusal(shown: ShownIdentity, hostName: string): string | undefined {
  if (shown.kind === 'rawPublicKey') return 'it shows a key where a certificate is wanted';
  const fault = shown.chainFault();
  if (fault !== undefined) return `its certificate is not accepted (${fault})`;
  const leaf = new X509Certificate(shown.leaf);
  // Declared as extended key usage in Node's documentation, and undefined when there is none.
  const usages = leaf.keyUsage as string[] | undefined;
  if (usages !== undefined && !usages.includes(SERVER_AUTHENTICATION) && !usages.includes(ANY_USAGE))
    return 'its certificate is not for servers';
  return checkServerIdentity(hostName, leaf.toLegacyObject() as never) === undefined ? undefined : `its certificate is not for ${hostName}`;
}
