// SPDX-License-Identifier: Apache-2.0
// The client's side of DTLS: who the server must be, and the session of the last time.

import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { DatagramChannel, TrustAnchor } from '../interfaces.js';
import { DtlsAssociation } from './dtls-association.js';
import { pskClientCredentials, trustCredentials } from './dtls-credentials.js';
import type { DtlsChannel, DtlsClientOptions } from './dtls-options.js';
import { createDtlsTrust, type DtlsTrust, type ShownIdentity } from './dtls-trust.js';
import { CertificateType, CTYPE_PEERS, InitFlag, NAME_DNS } from './gnutls-constants.js';
import type { Datum, Out, Pointer } from './gnutls-functions.js';
import { check, type Gnutls, loadGnutls } from './gnutls-library.js';

/**
 * Makes a DTLS association over `lower`, which it closes with itself and when it fails. Rejects with NetworkError: tlsRefused, timeout,
 * or what `lower` failed with; with Error when GnuTLS is not there.
 */
export async function connectDtls(lower: DatagramChannel, options: DtlsClientOptions): Promise<DtlsChannel> {
  try {
    return await shakeHands(prepare(await loadGnutls(), lower, options), lower, options);
  } catch (error) {
    await lower.close();
    throw error;
  }
}

async function shakeHands(association: DtlsAssociation, lower: DatagramChannel, options: DtlsClientOptions): Promise<DtlsChannel> {
  const { sessionStore } = options;
  const key = sessionKeyOf(lower, options);
  try {
    await association.handshake();
    const data = association.resumption();
    if (data !== undefined) sessionStore?.set(key, data);
    return association;
  } catch (error) {
    await association.close();
    // The session may be what a server that answered dislikes; a server that is out of reach may still know it.
    if (association.heard) sessionStore?.delete(key);
    throw error;
  }
}

function prepare(gnutls: Gnutls, lower: DatagramChannel, options: DtlsClientOptions): DtlsAssociation {
  const { psk, serverName = '', sessionStore, tickets = true } = options;
  const trust = psk === undefined ? createDtlsTrust(options.trust ?? { kind: 'platform' }, serverName, options.ca) : undefined;
  const sessionKey = sessionKeyOf(lower, options);
  return new DtlsAssociation({
    gnutls,
    lower,
    role: 'client',
    credentials: trust === undefined ? pskClientCredentials(gnutls, psk!) : trustCredentials(gnutls, trust),
    options,
    flags: (trust?.takesRawPublicKey ? InitFlag.ENABLE_RAWPK : 0) | (sessionStore !== undefined && tickets ? 0 : InitFlag.NO_TICKETS),
    prepare: (session) => {
      // A server name is a DNS name by definition (RFC 6066 §3), and a server that is known by its key shared needs none.
      if (trust !== undefined && serverName !== '' && isIP(serverName) === 0)
        check(gnutls, gnutls.server_name_set(session, NAME_DNS, serverName, Buffer.byteLength(serverName)), 'name the server');
      const data = sessionStore?.get(sessionKey);
      if (data !== undefined && gnutls.session_set_data(session, data, data.length) < 0) sessionStore?.delete(sessionKey);
    },
    ...(trust === undefined ? {} : { peerRefusal: (session: Pointer) => refusal(gnutls, session, trust) }),
    ...(psk === undefined ? {} : { silenceHint: `is the pre-shared key of "${psk.identity}" the server's?` }),
  });
}

function refusal(gnutls: Gnutls, session: Pointer, trust: DtlsTrust): string | undefined {
  const shown = shownIdentity(gnutls, session);
  return shown === undefined ? 'it shows neither certificate nor key' : trust.refusal(shown);
}

function shownIdentity(gnutls: Gnutls, session: Pointer): ShownIdentity | undefined {
  const count: Out<number> = [0];
  const list = gnutls.certificate_get_peers(session, count);
  if (list === null || count[0] === 0) return undefined;
  const { data, size } = gnutls.koffi.decode(list, gnutls.types.datum) as Datum;
  const shown = gnutls.read(data as Pointer, size);
  if (gnutls.certificate_type_get2(session, CTYPE_PEERS) === CertificateType.RAW_PUBLIC_KEY) return { kind: 'rawPublicKey', spki: shown };
  return { kind: 'certificate', leaf: shown, chainFault: () => chainFault(gnutls, session) };
}

function chainFault(gnutls: Gnutls, session: Pointer): string | undefined {
  const status: Out<number> = [0];
  const result = gnutls.certificate_verify_peers2(session, status);
  if (result < 0) return gnutls.strerror(result);
  if (status[0] === 0) return undefined;
  const text: Partial<Datum> = {};
  if (gnutls.certificate_verification_status_print(status[0], CertificateType.X509, text, 0) < 0) return `status ${status[0]}`;
  return Buffer.from(gnutls.take(text)).toString().trim();
}

/** Sessions are never shared between trust anchors, names or keys: a resumed session shows no certificate to judge again. */
function sessionKeyOf(lower: DatagramChannel, options: DtlsClientOptions): string {
  const { psk, trust, ca = '', serverName = '' } = options;
  const hash = createHash('sha256').update(JSON.stringify([serverName, psk?.identity ?? null, trust?.kind ?? 'platform']));
  for (const part of psk === undefined ? [anchorBytes(trust), ca] : [psk.key]) hash.update(createHash('sha256').update(part).digest());
  return `${options.sessionName ?? lower.name} ${hash.digest('base64url')}`;
}

function anchorBytes(trust: TrustAnchor | undefined): Uint8Array {
  if (trust === undefined || trust.kind === 'platform') return new Uint8Array();
  return trust.kind === 'publicKey' ? trust.spki : trust.certificate;
}
