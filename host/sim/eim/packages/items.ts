// SPDX-License-Identifier: Apache-2.0
// What can be queued for a device, with the test options that make an eIM misbehave on purpose.
import type { DataRequest } from './data-request.js';
import type { DownloadData } from './download-trigger.js';
import type { Eco } from './eco.js';
import type { Psmo } from './psmo.js';

interface Transaction {
  /** 1 to 16 bytes; null sends none; left out, the eIM makes one. */
  readonly eimTransactionId?: Uint8Array | null;
}

interface PackageTestOptions {
  /** Instead of the device's next counter value. */
  readonly counterValue?: number;
  /** Instead of the device's own EID, 32 digits. */
  readonly eid?: string;
  /** Instead of this eIM's identifier. */
  readonly eimId?: string;
  /** Turns over one bit of eimSignature. */
  readonly badSignature?: boolean;
  /** Whole TLVs added inside the signed part. */
  readonly extraFields?: readonly Uint8Array[];
}

/** Profile operations or eIM configuration operations for the eUICC, signed when they are delivered. */
export type EuiccPackageItem = { readonly kind: 'euiccPackage' } & (
  | { readonly psmos: readonly Psmo[] }
  | { readonly ecos: readonly Eco[] }
) &
  PackageTestOptions &
  Transaction;

/** A question to the IPA. `tags` left out asks for everything. */
export type DataRequestItem = { readonly kind: 'dataRequest'; readonly tags?: readonly number[] } & Omit<
  DataRequest,
  'tags' | 'eimTransactionId'
> &
  Transaction;

/** DeviceInfo that the eIM knows of a device and puts into ctxParams1 itself. */
export interface KnownDeviceInfo {
  /** 4 bytes. */
  readonly tac: Uint8Array;
  /** 8 bytes. */
  readonly imei?: Uint8Array;
}

/** A profile download. */
export type DownloadItem = {
  readonly kind: 'download';
  /** What the user of the SM-DP+ asks for when it is protected by a confirmation code. */
  readonly confirmationCode?: string;
  /** Makes the eIM generate ctxParams1 (for an IPA with eimCtxParams1Generation). */
  readonly deviceInfo?: KnownDeviceInfo;
  /** The trigger carries no data: the eIM names the server and the matchingId in the course of the session (eimDownloadDataHandling). */
  readonly eimHoldsData?: boolean;
} & DownloadData &
  Transaction;

/** Any bytes as the contents of GetEimPackageResponse; sent once, whatever becomes of them. */
export interface RawItem {
  readonly kind: 'raw';
  readonly bytes: Uint8Array;
}

export type EimItem = EuiccPackageItem | DataRequestItem | DownloadItem | RawItem;
