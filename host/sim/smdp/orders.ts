// SPDX-License-Identifier: Apache-2.0
// Download orders: what an operator prepared for download (ES2+ DownloadOrder, ConfirmOrder and ReleaseProfile in SGP.22 v2.5 §5.3,
// made in one call here).
import { child, need, readBits, readTlv } from '../codec/ber.js';
import { readIccid } from '../profile/iccid.js';
import { RspError } from '../rsp/status.js';
import type { BoundBody } from './bound-profile-package.js';
import { REFUSALS } from './status.js';

export interface DownloadOrder {
  /** AC_Token or event identifier; empty for an order that is found by the EID alone (default SM-DP+). */
  readonly matchingId: string;
  /** 32 digits; absent: any eUICC may take it, the first one that does is bound to it. */
  readonly eid?: string;
  /** The unprotected profile package. */
  readonly profile: Uint8Array;
  /** BF25. */
  readonly metadata: Uint8Array;
  /** BF25 to put in the Bound Profile Package when it shall differ from the one announced, for tests of the device. */
  readonly boundMetadata?: Uint8Array;
  /**
   * Registers an event at the SM-DS of this SM-DP+, with the matchingId as its eventId; needs an EID. The event is deleted when the profile
   * was installed or the download was given up.
   */
  readonly announced?: boolean;
  readonly confirmationCode?: string;
  /** How many wrong confirmation codes end the order; default 3. */
  readonly maxConfirmationAttempts?: number;
  /** How often a Bound Profile Package may be fetched; default no limit. */
  readonly maxDownloads?: number;
  /** Default never. */
  readonly expiresAt?: Date;
  /** Default true. */
  readonly released?: boolean;
  /** Protect the profile with its own keys (A2 in the Bound Profile Package); default true. */
  readonly replaceSessionKeys?: boolean;
  /** Plaintext bytes per 86 element, 1 to 1007; default 1007. */
  readonly segmentBytes?: number;
  /** Whether a new one-time key of the eUICC may be served once a package was bound; default true. */
  readonly allowRebinding?: boolean;
  /** Changes the finished Bound Profile Package, for tests of the device. */
  readonly alterBoundProfilePackage?: (boundProfilePackage: Uint8Array) => Uint8Array;
}

export type OrderState = 'released' | 'downloaded' | 'installed' | 'error';

const DEFAULT_CONFIRMATION_ATTEMPTS = 3;

/** An order with what happened to it. */
export class OrderRecord {
  private currentState: OrderState = 'released';
  downloads = 0;
  /** The EID this order belongs to: ordered, or of the first eUICC that was served. */
  eid: string | undefined;
  /** The package bound last, kept for a retry with the same one-time key of the eUICC. */
  bound: BoundBody | undefined;
  private wrongConfirmationCodes = 0;

  /** `onEnd`: called once, when nothing can be downloaded any more. */
  constructor(
    readonly order: DownloadOrder,
    private readonly onEnd: (record: OrderRecord) => void = () => {},
  ) {
    this.eid = order.eid;
  }

  get state(): OrderState {
    return this.currentState;
  }

  set state(state: OrderState) {
    const hadEnded = this.hasEnded;
    this.currentState = state;
    if (this.hasEnded && !hadEnded) this.onEnd(this);
  }

  private get hasEnded(): boolean {
    return this.state === 'installed' || this.state === 'error';
  }

  /** The ICCID digits in the metadata. */
  get iccid(): string {
    return readIccid(need(readTlv(this.order.metadata), 0x5a).value);
  }

  /** Bit numbers of the profile policy rules in the metadata. */
  get profilePolicyRules(): number[] {
    const rules = child(readTlv(this.order.metadata), 0x99);
    return rules ? readBits(rules) : [];
  }

  /** Throws RspError when the order cannot be served (any more), in the order of SGP.22 v2.5 §5.6.3. */
  checkAvailable(eid: string, now: Date): void {
    if (this.hasEnded) throw new RspError(REFUSALS.matchingIdRefused, `the order is ${this.state}`);
    if (this.eid !== undefined && this.eid !== eid) throw new RspError(REFUSALS.eidMismatch);
    if (this.order.released === false) throw new RspError(REFUSALS.profileNotReleased);
    if (this.order.expiresAt && now > this.order.expiresAt) throw new RspError(REFUSALS.orderExpired);
    if (this.downloads >= (this.order.maxDownloads ?? Number.POSITIVE_INFINITY)) throw new RspError(REFUSALS.downloadsExceeded);
    if (this.wrongConfirmationCodes >= this.confirmationAttempts) throw new RspError(REFUSALS.confirmationCodeRetriesExceeded);
  }

  /** Counts a wrong confirmation code and throws the RspError for it. */
  refuseConfirmationCode(): never {
    this.wrongConfirmationCodes++;
    const exceeded = this.wrongConfirmationCodes >= this.confirmationAttempts;
    throw new RspError(exceeded ? REFUSALS.confirmationCodeRetriesExceeded : REFUSALS.confirmationCodeRefused);
  }

  private get confirmationAttempts(): number {
    return this.order.maxConfirmationAttempts ?? DEFAULT_CONFIRMATION_ATTEMPTS;
  }
}

/** All orders of an SM-DP+. */
export class OrderBook {
  private readonly records: OrderRecord[] = [];

  /** Throws RangeError when the MatchingID is taken, and CodecError when the metadata are not a BF25 with an ICCID. */
  add(order: DownloadOrder, onEnd?: (record: OrderRecord) => void): OrderRecord {
    const record = new OrderRecord(order, onEnd);
    if (record.iccid.length === 0) throw new RangeError('the metadata name no ICCID');
    if (order.matchingId !== '' && this.records.some((each) => each.order.matchingId === order.matchingId)) {
      throw new RangeError(`there is an order with MatchingID ${order.matchingId}`);
    }
    this.records.push(record);
    return record;
  }

  /** The order for a MatchingID, or without one for the EID. Throws RspError 8.2.6/3.8 when there is none. */
  find(matchingId: string, eid: string): OrderRecord {
    const candidates = this.records.filter(({ order }) => order.matchingId === matchingId && (matchingId !== '' || order.eid === eid));
    const found = candidates.find(({ state }) => state === 'released' || state === 'downloaded') ?? candidates[0];
    if (found === undefined) throw new RspError(REFUSALS.matchingIdRefused);
    return found;
  }
}
