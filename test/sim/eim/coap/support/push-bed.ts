// SPDX-License-Identifier: Apache-2.0
// What tests of inject mode share: packages to push, and a device that answers them.
import { readTlv, tlv } from '../../../../../host/sim/codec/ber.js';
import { fromHex } from '../../../../../host/sim/codec/bytes.js';
import { type EimCoapOptions, type EimItem, type PushedItem, psmo, type QueuedItem } from '../../../../../host/sim/eim/index.js';
import type { TestPki } from '../../../../../host/sim/pki/index.js';
import { EID, ICCID, type ResultFields, type TestCard } from '../../support/card.js';
import { type Bed, startBed } from './bed.js';
import { type DeviceAnswer, ScriptedDevice } from './scripted-device.js';

export const ENABLE: EimItem = { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)] };
export const DATA: EimItem = { kind: 'dataRequest' };
export const DOWNLOAD: EimItem = { kind: 'download', activationCode: 'LPA:1$smdp.example.com$M' };
/** TransferEimPackageResponse eimPackageReceived. */
export const RECEIVED = tlv(0xbf4e, fromHex('0500'));

export const transfer = (content: Uint8Array): Uint8Array => tlv(0xbf4e, content);
export const isAcknowledgement = (message: Uint8Array): boolean => readTlv(message).children[0]?.tag === 0xbf53;
export const messageIdHex = (messageId: number): string => messageId.toString(16).padStart(4, '0');

/** The result a card gives to this package. */
export function resultFor(card: TestCard, { counterValue, eimTransactionId }: QueuedItem, fields: Partial<ResultFields> = {}): Uint8Array {
  return card.packageResult({ counterValue: counterValue!, eimTransactionId: eimTransactionId!, seqNumber: 1, ...fields });
}

export interface PushBed extends Bed {
  readonly device: ScriptedDevice;
  /** Pushes what is queued to the device. */
  readonly push: () => Promise<PushedItem[]>;
}

/** A bed whose device answers packages as the script says, and takes acknowledgements. */
export function bedWith(pki: TestPki, script: (message: Uint8Array) => DeviceAnswer, coap: EimCoapOptions = {}): PushBed {
  const bed = startBed(pki, coap);
  const device = new ScriptedDevice(bed.wire, (message) => (isAcknowledgement(message) ? RECEIVED : script(message)));
  return { ...bed, device, push: () => bed.eim.push(EID, bed.wire) };
}
