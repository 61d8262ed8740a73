// SPDX-License-Identifier: Apache-2.0
// Download sessions that the eIM relays, by the transaction identifier the SM-DP+ gave.
import type { KeyObject } from 'node:crypto';
import type { Device } from './device.js';
import type { QueuedItem } from './queue.js';
import type { ServerIdentity } from './server-signed1.js';

/** One RSP session between an eUICC and an SM-DP+ (or SM-DS) through this eIM. */
export interface Session {
  /** Upper-case hexadecimal. */
  readonly transactionId: string;
  readonly smdpAddress: string;
  /** The server is an SM-DS. */
  readonly atSmds?: boolean;
  readonly identity: ServerIdentity;
  /** The trigger that started it: the one that the IPA named, or else the one that its device has fetched. */
  item?: QueuedItem;
  /** Known from the trigger, or else from the eUICC certificate. */
  device?: Device;
  /** CtxParams1 as the eIM generated it, tag A0. */
  readonly ctxParams1?: Uint8Array;
  confirmationCode?: string;
  /** Of the certificate that the eUICC has shown in this session. */
  euiccPublicKey?: KeyObject;
  /** Tag 5F37; euiccSignature2 covers it. */
  smdpSignature2?: Uint8Array;
  /** BF25 as the SM-DP+ gave it. */
  profileMetadata?: Uint8Array;
  /** The eIM checked the metadata in the place of the IPA, which has not seen them. */
  metadataWithheld?: boolean;
  /** euiccOtpk of an earlier attempt that the SM-DP+ wants to be used again. */
  bppEuiccOtpk?: Uint8Array;
}

/** Abandoned sessions of careless or hostile peers must not pile up. */
const MOST_SESSIONS = 256;

/** The open sessions; beyond the limit the oldest is forgotten. */
export class Sessions {
  private readonly byTransactionId = new Map<string, Session>();

  add(session: Session): void {
    const [oldest] = this.byTransactionId.keys();
    if (this.byTransactionId.size >= MOST_SESSIONS && oldest !== undefined) this.byTransactionId.delete(oldest);
    this.byTransactionId.set(session.transactionId, session);
  }

  /** By transaction identifier, upper-case hexadecimal. */
  find(transactionId: string): Session | undefined {
    return this.byTransactionId.get(transactionId);
  }

  end(transactionId: string): void {
    this.byTransactionId.delete(transactionId);
  }
}
