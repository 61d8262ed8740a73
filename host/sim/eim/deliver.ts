// SPDX-License-Identifier: Apache-2.0
// Turns a queued item into the package that goes out. It is encoded once, at its first delivery: only then is the counter value known.
import type { EimContext } from './context.js';
import type { Device } from './device.js';
import { ALL_DATA_TAGS, ipaEuiccDataRequest } from './packages/data-request.js';
import { profileDownloadTriggerRequest } from './packages/download-trigger.js';
import { badlySignedRequest, euiccPackageRequest, euiccPackageSigned } from './packages/euicc-package.js';
import type { DataRequestItem, DownloadItem, EuiccPackageItem } from './packages/items.js';
import type { QueuedItem } from './queue.js';
import { extendedPackage } from './unknown-elements.js';

/** The package of an item as GetEimPackageResponse carries it; counts the delivery. */
export function deliver(queued: QueuedItem, device: Device, eim: EimContext): Uint8Array {
  queued.encoded ??= encode(queued, device, eim);
  queued.deliveries++;
  queued.status = queued.item.kind === 'raw' ? 'finished' : 'delivered';
  return queued.encoded;
}

function encode(queued: QueuedItem, device: Device, eim: EimContext): Uint8Array {
  const { item } = queued;
  switch (item.kind) {
    case 'euiccPackage':
      return signPackage(item, queued, device, eim);
    case 'dataRequest':
      return extendedPackage(encodeDataRequest(item, queued), eim.unknownElements);
    case 'download':
      return extendedPackage(encodeTrigger(item, queued), eim.unknownElements);
    case 'raw':
      return item.bytes;
  }
}

function encodeDataRequest(item: DataRequestItem, queued: QueuedItem): Uint8Array {
  const { eimTransactionId: _chosen, tags = ALL_DATA_TAGS, ...criteria } = item;
  return ipaEuiccDataRequest({ ...criteria, tags, ...transaction(queued) });
}

function signPackage(item: EuiccPackageItem, queued: QueuedItem, device: Device, eim: EimContext): Uint8Array {
  queued.counterValue = item.counterValue ?? ++device.counterValue;
  const signed = euiccPackageSigned({
    eimId: item.eimId ?? eim.eimId,
    eid: item.eid ?? device.eid,
    counterValue: queued.counterValue,
    ...transaction(queued),
    operations: item,
    ...(item.extraFields === undefined ? {} : { extraFields: item.extraFields }),
  });
  const sign = item.badSignature ? badlySignedRequest : euiccPackageRequest;
  return sign(signed, device.associationToken, eim.eimPrivateKey);
}

/** The trigger for a download; also what AuthenticateClient gives when an SM-DS has named the SM-DP+. */
export function encodeTrigger(item: DownloadItem, queued: QueuedItem): Uint8Array {
  return profileDownloadTriggerRequest(item.eimHoldsData ? undefined : item, queued.eimTransactionId);
}

function transaction(queued: QueuedItem): { eimTransactionId?: Uint8Array } {
  return queued.eimTransactionId === undefined ? {} : { eimTransactionId: queued.eimTransactionId };
}
