// SPDX-License-Identifier: Apache-2.0
// Who speaks: from the eidValue of a request to the registered device.
import type { Tlv } from '../codec/ber.js';
import type { EimContext } from './context.js';
import type { Device } from './device.js';
import { eidFromBytes, hasValidCheckDigits } from './identifiers.js';

/** Why there is no such device; the words of eimPackageError and provideEimPackageResultError (SGP.32 v1.2 §6.3.2.6, §6.3.2.7). */
export type UnknownDevice = 'eidNotFound' | 'invalidEid' | 'missingEid';

/** The device with this eidValue (tag 5A), or the reason why it cannot be told. */
export function findDevice(eim: EimContext, eidValue: Tlv | undefined): Device | UnknownDevice {
  if (eidValue === undefined) return 'missingEid';
  const eid = eidFromBytes(eidValue.value);
  if (eid === undefined) return 'invalidEid';
  return eim.devices.find(eid) ?? (hasValidCheckDigits(eid) ? 'eidNotFound' : 'invalidEid');
}

/** The device that was given a package with this eIM transaction identifier (upper-case hexadecimal). */
export function findDeviceByTransaction(eim: EimContext, eimTransactionId: string | undefined): Device | undefined {
  if (eimTransactionId === undefined) return undefined;
  return eim.devices.all.find((device) => device.queue.find(eimTransactionId) !== undefined);
}
