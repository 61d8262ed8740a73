// SPDX-License-Identifier: Apache-2.0
// Which download an InitiateAuthentication belongs to, and which server it leads to (SGP.32 v1.2 §3.2.3.2, §5.14.1).
import { child, type Tlv } from '../codec/ber.js';
import { hex, text } from '../codec/bytes.js';
import { type ActivationCode, parseActivationCode } from './activation-code.js';
import type { EimContext } from './context.js';
import { defined } from './defined.js';
import type { Device } from './device.js';
import { findDeviceByTransaction } from './find-device.js';
import type { DownloadItem } from './packages/items.js';
import type { QueuedItem } from './queue.js';
import { Refusal } from './relay/error-codes.js';

const INVALID_DP_ADDRESS = 1;
const SMDP_ADDRESS_MISMATCH = 50;
const INVALID_EIM_TRANSACTION_ID = 52;

/** A download as far as the request tells. */
export interface Download {
  /** Absent when the IPA began a download that this eIM did not trigger. */
  readonly trigger?: { readonly queued: QueuedItem; readonly item: DownloadItem; readonly device: Device };
  readonly smdpAddress: string;
  /** The address is that of an SM-DS, which names the SM-DP+ later. */
  readonly atSmds: boolean;
  /** Present when the eIM has to name it, because the IPA did not name the server either. */
  readonly matchingId?: string;
  /** From the activation code, dotted. */
  readonly smdpOid?: string;
}

/** Reads eimTransactionId and smdpAddress of the request; throws Refusal with the ESipa code when they lead nowhere. */
export function identifyDownload(request: Tlv, eim: EimContext): Download {
  const named = child(request, 0x83);
  const namedAddress = named === undefined ? undefined : text(named.value);
  const transactionId = child(request, 0x82);
  const trigger = transactionId === undefined ? undefined : triggerOf(hex(transactionId.value), eim);
  const code = trigger && 'activationCode' in trigger.item ? readCode(trigger.item.activationCode) : undefined;
  const sentTo = code?.smdpAddress ?? smdsAddressOf(trigger?.item);
  if (namedAddress && sentTo && namedAddress.toLowerCase() !== sentTo.toLowerCase()) {
    throw new Refusal(SMDP_ADDRESS_MISMATCH, `the IPA asks for ${namedAddress} but was sent to ${sentTo}`);
  }
  const smdpAddress = namedAddress || sentTo || knownAddress(trigger);
  if (!smdpAddress) throw new Refusal(INVALID_DP_ADDRESS, 'neither the IPA nor the eIM knows an SM-DP+ address');
  return {
    smdpAddress,
    atSmds: trigger === undefined ? eim.relay.isSmds(smdpAddress) : 'contactSmds' in trigger.item,
    ...defined({ trigger, matchingId: namedAddress ? undefined : code?.matchingId || undefined, smdpOid: code?.smdpOid }),
  };
}

function triggerOf(transactionId: string, eim: EimContext): NonNullable<Download['trigger']> {
  const device = findDeviceByTransaction(eim, transactionId);
  const queued = device?.queue.find(transactionId);
  if (device === undefined || queued?.item.kind !== 'download' || !queued.isOpen) {
    throw new Refusal(INVALID_EIM_TRANSACTION_ID, `no open download has the transaction ${transactionId}`);
  }
  return { queued, item: queued.item, device };
}

/** A wrong activation code can only come from the operator of this eIM, who may want to see what the IPA makes of it. */
function readCode(code: string): ActivationCode {
  try {
    return parseActivationCode(code);
  } catch (error) {
    throw new Refusal(INVALID_DP_ADDRESS, error instanceof Error ? error.message : String(error));
  }
}

/** The IPA leaves the address to the eIM although the trigger has none: then what the device told before must do. */
function knownAddress(trigger: Download['trigger']): string | undefined {
  if (trigger === undefined) return undefined;
  const { item, device } = trigger;
  return 'contactSmds' in item ? device.rootSmdsAddress : device.defaultSmdpAddress;
}

function smdsAddressOf(item: DownloadItem | undefined): string | undefined {
  return item !== undefined && 'contactSmds' in item ? item.contactSmds.smdsAddress : undefined;
}
