// SPDX-License-Identifier: Apache-2.0
// HelloVerifyRequest (RFC 6347 §4.2.1): a client that does not receive at the address it sends from gets nothing but a cookie, and costs
// the server no memory and no computation.

import { systemClock } from '../clock.js';
import { type DatagramChannel, NetworkError } from '../interfaces.js';
import type { DtlsServerOptions } from './dtls-options.js';
import { gnutlsCallbacks } from './gnutls-callbacks.js';
import { COOKIE_KEY_BYTES } from './gnutls-constants.js';
import type { PreState } from './gnutls-functions.js';
import type { Gnutls } from './gnutls-library.js';

/** A client that has shown its cookie. */
interface Admitted {
  /** Gives first the greeting with the cookie, then what follows. */
  readonly channel: DatagramChannel;
  readonly state: PreState;
}

/** Answers greetings without a cookie until one has it. Rejects with NetworkError timeout, or what `lower` failed with. */
export function answerWithCookies(
  gnutls: Gnutls,
  lower: DatagramChannel,
  cookieKey: Uint8Array,
  options: DtlsServerOptions,
): Promise<Admitted> {
  if (cookieKey.length !== COOKIE_KEY_BYTES)
    throw new Error(`the key for cookies has ${cookieKey.length} bytes; it needs ${COOKIE_KEY_BYTES}`);
  const key = { data: cookieKey, size: cookieKey.length };
  const client = Buffer.from(lower.name);
  const timeoutMs = options.handshakeTimeoutMs ?? 60_000;
  return new Promise((resolve, reject) => {
    const fail = (error: NetworkError) => {
      stopWaiting();
      reject(error);
    };
    const giveUp = () => fail(new NetworkError('connectionLost', `the DTLS handshake with ${lower.name} was given up`));
    const stopWaiting = () => {
      cancel();
      options.signal?.removeEventListener('abort', giveUp);
    };
    options.signal?.addEventListener('abort', giveUp);
    const cancel = (options.clock ?? systemClock).after(timeoutMs, () =>
      fail(new NetworkError('timeout', `${lower.name} showed no DTLS cookie within ${timeoutMs} ms`)),
    );
    lower.onFailure(fail);
    lower.onDatagram((greeting) => {
      const state: PreState = { record_seq: 0, hsk_read_seq: 0, hsk_write_seq: 0 };
      if (gnutls.dtls_cookie_verify(key, client, client.length, greeting, greeting.length, state) < 0) {
        if (isGreeting(greeting)) sendCookie(gnutls, lower, key, client);
        return;
      }
      stopWaiting();
      resolve({ channel: withFirst(lower, greeting), state });
    });
  });
}

/** A handshake record with a ClientHello, as long as their headers at least: nothing else is answered. */
function isGreeting(datagram: Uint8Array): boolean {
  return datagram.length > 25 && datagram[0] === 22 && datagram[13] === 1;
}

/** Any number that is no address of a session. */
const COOKIE_OWNER = 1n;

function sendCookie(gnutls: Gnutls, lower: DatagramChannel, key: { data: Uint8Array; size: number }, client: Uint8Array): void {
  const callbacks = gnutlsCallbacks(gnutls);
  const answers: Uint8Array[] = [];
  callbacks.attach(COOKIE_OWNER, {
    push: (bytes) => {
      answers.push(bytes);
    },
    pull: () => undefined,
    hasInput: () => false,
    isPeerTrusted: () => false,
    pskOf: () => undefined,
    sessions: undefined,
  });
  gnutls.dtls_cookie_send(key, client, client.length, { record_seq: 0, hsk_read_seq: 0, hsk_write_seq: 0 }, COOKIE_OWNER, callbacks.push);
  callbacks.detach(COOKIE_OWNER);
  for (const answer of answers) lower.send(answer);
}

function withFirst(lower: DatagramChannel, first: Uint8Array): DatagramChannel {
  let pending: Uint8Array[] = [first];
  let deliver = (bytes: Uint8Array): void => {
    pending.push(bytes);
  };
  lower.onDatagram((bytes) => deliver(bytes));
  return {
    name: lower.name,
    send: (bytes) => lower.send(bytes),
    onDatagram: (listener) => {
      deliver = listener;
      const early = pending;
      pending = [];
      for (const bytes of early) listener(bytes);
    },
    onFailure: (listener) => lower.onFailure(listener),
    close: () => lower.close(),
  };
}
