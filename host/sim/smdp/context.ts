// SPDX-License-Identifier: Apache-2.0
// What the five ES9+ functions share: identity, trust, orders, sessions, log, clock and randomness of one SM-DP+.
import type { KeyObject } from 'node:crypto';
import type { AuthenticatingServer, Identity } from '../rsp/authenticating-server.js';
import type { RspSession } from '../rsp/sessions.js';
import type { SmdpEvent } from './log.js';
import type { OrderBook, OrderRecord } from './orders.js';

/** What authenticateClient learnt. */
export interface AuthenticatedClient {
  readonly eid: string;
  readonly euiccPublicKey: KeyObject;
  readonly order: OrderRecord;
  /** The whole 5F37 that signs smdpSigned2. */
  readonly smdpSignature2: Uint8Array;
}

export type SmdpSession = RspSession<AuthenticatedClient>;

export interface SmdpContext extends AuthenticatingServer<AuthenticatedClient> {
  /** Dotted; the registered identifier in CERT.DPauth and CERT.DPpb. */
  readonly oid: string;
  readonly dpPb: Identity;
  /** hostId in the control reference template, 1 to 16 bytes. */
  readonly hostId: Uint8Array;
  readonly orders: OrderBook;
  readonly log: SmdpEvent[];
}
