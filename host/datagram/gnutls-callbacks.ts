// SPDX-License-Identifier: Apache-2.0
// What GnuTLS calls while one of its functions runs, registered once for the process and led to the session it is for. An exception must
// not come back as 0, which often means "all is well": each callback has an answer of its own for it.

import { constants } from 'node:os';
import type { Datum, Pointer } from './gnutls-functions.js';
import type { Gnutls } from './gnutls-library.js';
import type { SessionStore } from './session-store.js';

/** What a session does when GnuTLS asks it. */
export interface SessionHooks {
  /** Takes one record, or several. */
  push(bytes: Uint8Array): void;
  /** The next datagram that came. */
  pull(): Uint8Array | undefined;
  hasInput(): boolean;
  /** Whether the certificate or key that the peer has just shown is the right one. */
  isPeerTrusted(): boolean;
  /** The key of an identity, for servers. */
  pskOf(identity: string): Uint8Array | undefined;
  /** Sessions by their number, for servers. */
  readonly sessions: SessionStore | undefined;
}

/** The callbacks' addresses, and who is served by them. */
export interface GnutlsCallbacks {
  readonly push: Pointer;
  readonly pull: Pointer;
  readonly pullTimeout: Pointer;
  readonly verify: Pointer;
  readonly psk: Pointer;
  readonly store: Pointer;
  readonly retrieve: Pointer;
  readonly remove: Pointer;
  /** Leads what is called for `owner` to `hooks`. */
  attach(owner: Pointer, hooks: SessionHooks): void;
  detach(owner: Pointer): void;
}

let registered: GnutlsCallbacks | undefined;

export function gnutlsCallbacks(gnutls: Gnutls): GnutlsCallbacks {
  registered ??= register(gnutls);
  return registered;
}

function register(gnutls: Gnutls): GnutlsCallbacks {
  const { koffi, types } = gnutls;
  const owners = new Map<Pointer, SessionHooks>();
  const answer = <A extends unknown[], R>(refusal: R, give: (hooks: SessionHooks, ...rest: A) => R) => {
    return (owner: Pointer, ...rest: A): R => {
      const hooks = owners.get(owner);
      try {
        return hooks === undefined ? refusal : give(hooks, ...rest);
      } catch {
        return refusal;
      }
    };
  };
  const bytesOf = ({ data, size }: Datum) => gnutls.read(data as Pointer, size);
  const keyOf = (datum: Datum) => Buffer.from(bytesOf(datum)).toString('hex');

  const push = answer(-1, (hooks, bytes: Pointer, length: number) => {
    hooks.push(gnutls.read(bytes, length));
    return length;
  });
  const pull = (owner: Pointer, buffer: Pointer, length: number): number => {
    const datagram = owners.get(owner)?.pull();
    if (datagram === undefined) {
      gnutls.transport_set_errno(owner, constants.errno.EAGAIN);
      return -1;
    }
    // What is cut off makes a record that cannot be read, and is dropped as such.
    const taken = datagram.subarray(0, length);
    if (taken.length > 0) gnutls.write(buffer, taken);
    return taken.length;
  };
  const psk = answer(-1, (hooks, identity: string, key: Pointer) => {
    const found = hooks.pskOf(identity);
    if (found === undefined) return -1;
    koffi.encode(key, types.datum, { data: gnutls.allocate(found), size: found.length });
    return 0;
  });
  const nothing: Datum = { data: null, size: 0 };
  const retrieve = answer(nothing, (hooks, key: Datum) => {
    const found = hooks.sessions?.get(keyOf(key));
    return found === undefined ? nothing : { data: gnutls.allocate(found), size: found.length };
  });
  const store = answer(-1, (hooks, key: Datum, data: Datum) => {
    hooks.sessions?.set(keyOf(key), bytesOf(data));
    return 0;
  });
  const remove = answer(-1, (hooks, key: Datum) => {
    hooks.sessions?.delete(keyOf(key));
    return 0;
  });
  return {
    push: koffi.register(push, types.push),
    pull: koffi.register(pull, types.pull),
    pullTimeout: koffi.register(
      answer(-1, (hooks) => Number(hooks.hasInput())),
      types.pullTimeout,
    ),
    verify: koffi.register(
      answer(-1, (hooks) => (hooks.isPeerTrusted() ? 0 : -1)),
      types.verify,
    ),
    psk: koffi.register(psk, types.psk),
    store: koffi.register(store, types.store),
    retrieve: koffi.register(retrieve, types.retrieve),
    remove: koffi.register(remove, types.remove),
    attach: (owner, hooks) => {
      owners.set(owner, hooks);
    },
    detach: (owner) => {
      owners.delete(owner);
    },
  };
}
