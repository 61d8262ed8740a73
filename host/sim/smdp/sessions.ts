// SPDX-License-Identifier: Apache-2.0
// RSP sessions of the SM-DP+, found by transactionId (SGP.22 v2.5 §3.0.1). A function may only be called in the phase before its own.
import type { KeyObject } from 'node:crypto';
import { hex } from '../codec/bytes.js';
import type { ParsedCertificate } from '../pki/check.js';
import type { OrderRecord } from './orders.js';
import { REFUSALS, SmdpError } from './status.js';

/** What authenticateClient learnt. */
export interface AuthenticatedClient {
  readonly eid: string;
  readonly euiccPublicKey: KeyObject;
  readonly order: OrderRecord;
  /** The whole 5F37 that signs smdpSigned2. */
  readonly smdpSignature2: Uint8Array;
}

export interface RspSession {
  readonly transactionId: Uint8Array;
  readonly serverAddress: string;
  readonly serverChallenge: Uint8Array;
  /** The CI that the eUICC shall sign under. */
  readonly ci: ParsedCertificate;
  /** Set by authenticateClient. */
  client?: AuthenticatedClient;
  /** initiated → authenticated → bound; ended by a failed authentication, a cancellation or a verified installation result. */
  phase: 'initiated' | 'authenticated' | 'bound' | 'ended';
}

/** Sessions kept; the oldest are forgotten beyond this, as servers do. */
const MAX_SESSIONS = 1000;

export class SessionTable {
  private readonly sessions = new Map<string, RspSession>();

  add(session: RspSession): void {
    this.sessions.set(hex(session.transactionId), session);
    const [oldest] = this.sessions.keys();
    if (this.sessions.size > MAX_SESSIONS && oldest !== undefined) this.sessions.delete(oldest);
  }

  /** The session of a hexadecimal transactionId in any phase, if it is known. */
  get(transactionId: string): RspSession | undefined {
    return this.sessions.get(transactionId.toUpperCase());
  }

  /** The session, provided it is in one of these phases; throws SmdpError 8.10.1/3.9. */
  need(transactionId: string, ...phases: readonly RspSession['phase'][]): RspSession {
    const session = this.get(transactionId);
    if (session === undefined || !phases.includes(session.phase)) throw new SmdpError(REFUSALS.transactionUnknown);
    return session;
  }
}
