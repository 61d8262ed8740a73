// SPDX-License-Identifier: Apache-2.0
// The server's side of DTLS, for simulators and for the device that is called (SGP.32 v1.2 §3.1.1.2, eIM initiated).

import { randomBytes } from 'node:crypto';
import type { DatagramChannel } from '../interfaces.js';
import { DtlsAssociation } from './dtls-association.js';
import { answerWithCookies } from './dtls-cookies.js';
import { serverCredentials } from './dtls-credentials.js';
import type { DtlsChannel, DtlsServerOptions } from './dtls-options.js';
import { gnutlsCallbacks } from './gnutls-callbacks.js';
import { InitFlag, TICKET_KEY_BYTES } from './gnutls-constants.js';
import type { PreState } from './gnutls-functions.js';
import { check, type Gnutls, loadGnutls } from './gnutls-library.js';

/**
 * Waits for a client on `lower` and makes a DTLS association with it. `lower` is closed with it and when it fails. Rejects with
 * NetworkError: tlsRefused, timeout, or what `lower` failed with; with Error when GnuTLS is not there, or there is no usable key.
 */
export async function acceptDtls(lower: DatagramChannel, options: DtlsServerOptions): Promise<DtlsChannel> {
  try {
    const gnutls = await loadGnutls();
    const { cookieKey } = options;
    const admitted = cookieKey === undefined ? undefined : await answerWithCookies(gnutls, lower, cookieKey, options);
    const association = prepare(gnutls, admitted?.channel ?? lower, options, admitted?.state);
    await association.handshake();
    return association;
  } catch (error) {
    await lower.close();
    throw error;
  }
}

function prepare(gnutls: Gnutls, lower: DatagramChannel, options: DtlsServerOptions, cookieState: PreState | undefined): DtlsAssociation {
  const { ticketKey, sessions, psk } = options;
  return new DtlsAssociation({
    gnutls,
    lower,
    role: 'server',
    credentials: serverCredentials(gnutls, options),
    options,
    flags: (options.rawPublicKey === undefined ? 0 : InitFlag.ENABLE_RAWPK) | (ticketKey === undefined ? InitFlag.NO_TICKETS : 0),
    prepare: (session) => {
      if (cookieState !== undefined) gnutls.dtls_prestate_set(session, cookieState);
      if (ticketKey !== undefined) {
        const key = { data: ticketKey, size: ticketKey.length };
        check(gnutls, gnutls.session_ticket_enable_server(session, key), 'take the key for session tickets');
      }
      if (sessions !== undefined) {
        const callbacks = gnutlsCallbacks(gnutls);
        gnutls.db_set_ptr(session, session);
        gnutls.db_set_store_function(session, callbacks.store);
        gnutls.db_set_retrieve_function(session, callbacks.retrieve);
        gnutls.db_set_remove_function(session, callbacks.remove);
      }
    },
    ...(psk === undefined ? {} : { pskOf: psk }),
    sessions,
  });
}

/** A new random key for session tickets; servers that share it resume each other's sessions. */
export function createTicketKey(): Uint8Array {
  return new Uint8Array(randomBytes(TICKET_KEY_BYTES));
}
