// SPDX-License-Identifier: Apache-2.0
// RSP sessions of a server, found by transactionId (SGP.22 v2.5 §3.0.1). A function may only be called in the phase before its own.
import { hex } from '../codec/bytes.js';
import type { ParsedCertificate } from '../pki/check.js';
import { COMMON_REFUSALS, RspError } from './status.js';

/** `Client`: what a server keeps of an eUICC that it has authenticated. */
export interface RspSession<Client> {
  readonly transactionId: Uint8Array;
  readonly serverAddress: string;
  readonly serverChallenge: Uint8Array;
  /** The CI that the eUICC shall sign under. */
  readonly ci: ParsedCertificate;
  /** Set by authenticateClient. */
  client?: Client;
  /** initiated → authenticated → bound; ended by a failed authentication, a cancellation or a verified installation result. */
  phase: 'initiated' | 'authenticated' | 'bound' | 'ended';
}

/** Sessions kept; the oldest are forgotten beyond this, as servers do. */
const MAX_SESSIONS = 1000;

export class SessionTable<Client> {
  private readonly sessions = new Map<string, RspSession<Client>>();

  add(session: RspSession<Client>): void {
    this.sessions.set(hex(session.transactionId), session);
    const [oldest] = this.sessions.keys();
    if (this.sessions.size > MAX_SESSIONS && oldest !== undefined) this.sessions.delete(oldest);
  }

  /** The session of a hexadecimal transactionId in any phase, if it is known. */
  get(transactionId: string): RspSession<Client> | undefined {
    return this.sessions.get(transactionId.toUpperCase());
  }

  /** The session, provided it is in one of these phases; throws RspError 8.10.1/3.9. */
  need(transactionId: string, ...phases: readonly RspSession<Client>['phase'][]): RspSession<Client> {
    const session = this.get(transactionId);
    if (session === undefined || !phases.includes(session.phase)) throw new RspError(COMMON_REFUSALS.transactionUnknown);
    return session;
  }
}
