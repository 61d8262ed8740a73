// SPDX-License-Identifier: Apache-2.0
// What the five ES9+ functions share: identity, trust, orders, sessions, log, clock and randomness of one SM-DP+.
import type { KeyObject } from 'node:crypto';
import type { ParsedCertificate } from '../pki/check.js';
import type { SmdpEvent } from './log.js';
import type { OrderBook } from './orders.js';
import type { SessionTable } from './sessions.js';

export interface SmdpContext {
  /** Addresses this SM-DP+ answers for, lower case; the first is its own. */
  readonly addresses: string[];
  /** Dotted; the registered identifier in CERT.DPauth and CERT.DPpb. */
  readonly oid: string;
  readonly dpAuth: { readonly privateKey: KeyObject; readonly certificate: ParsedCertificate };
  readonly dpPb: { readonly privateKey: KeyObject; readonly certificate: ParsedCertificate };
  readonly trustedCis: readonly ParsedCertificate[];
  /** Major numbers of specification versions it serves. */
  readonly supportedMajorVersions: readonly number[];
  /** hostId in the control reference template, 1 to 16 bytes. */
  readonly hostId: Uint8Array;
  readonly orders: OrderBook;
  readonly sessions: SessionTable;
  readonly log: SmdpEvent[];
  readonly now: () => Date;
  readonly random: (lengthBytes: number) => Uint8Array;
}
