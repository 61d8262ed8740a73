// SPDX-License-Identifier: Apache-2.0
// Takes in an EimPackageResult (SGP.32 v1.2 §2.11.2), whichever function brought it: ProvideEimPackageResult, HandleNotification
// or the answer to TransferEimPackage.
import { CodecError, child, need, readInteger, type Tlv } from '../../codec/ber.js';
import { hex } from '../../codec/bytes.js';
import type { EimContext } from '../context.js';
import { defined } from '../defined.js';
import type { Device } from '../device.js';
import { findDevice, findDeviceByTransaction, type UnknownDevice } from '../find-device.js';
import type { ResultRoute } from '../log.js';
import { acceptDownloadResult } from './accept-download-result.js';
import { acceptEuiccPackageResult } from './accept-euicc-package-result.js';
import { acceptIpaEuiccData } from './accept-ipa-euicc-data.js';
import { acceptNotifications } from './accept-notification.js';
import { decodeEuiccPackageResult, isSignedBy } from './euicc-package-result.js';
import { decodeIpaEuiccDataResponse } from './ipa-euicc-data.js';
import type { ResultOrigin } from './result-origin.js';
import { EIM_PACKAGE_ERROR_WORDS, wordFor } from './words.js';

const EID_VALUE = 0x5a;

/**
 * Checks and logs a result (tag BF50 with eidValue). Resolves to the sequence numbers of all verified results and settled notifications, or to the
 * reason why the device is not known. Rejects with CodecError for a result that cannot be read.
 */
export async function acceptEimPackageResult(provided: Tlv, eim: EimContext, route: ResultRoute): Promise<number[] | UnknownDevice> {
  const result = provided.children.find((field) => field.tag !== EID_VALUE);
  if (result === undefined) throw new CodecError('a ProvideEimPackageResult without a result');
  const device = deviceOf(provided, result, eim);
  if (typeof device === 'string') {
    eim.log.add({ kind: 'malformed', verified: false, problem: device, raw: provided.raw });
    return device;
  }
  return acceptResult(result, { device, eim, route });
}

/** eidValue became part of the message only with v1.1 and may be missing: then the transaction or the signature tells the device. */
function deviceOf(provided: Tlv, result: Tlv, eim: EimContext): Device | UnknownDevice {
  const eidValue = child(provided, EID_VALUE);
  if (eidValue !== undefined) return findDevice(eim, eidValue);
  const packageResult = result.tag === 0x30 ? need(result, 0xbf51) : result;
  return findDeviceByTransaction(eim, transactionOf(result)) ?? findSigner(packageResult, eim) ?? 'missingEid';
}

/** The device that has signed an eUICC package result. */
function findSigner(result: Tlv, eim: EimContext): Device | undefined {
  if (result.tag !== 0xbf51) return undefined;
  const decoded = decodeEuiccPackageResult(result);
  return eim.devices.all.find(({ euiccCertificate, associationToken }) => {
    return euiccCertificate !== undefined && isSignedBy(decoded, euiccCertificate.publicKey, associationToken);
  });
}

/** The same for the bare result (BF51, 30, BF52, BF54 or A0) of a device that is known. */
export function acceptResult(result: Tlv, origin: ResultOrigin): number[] | Promise<number[]> {
  switch (result.tag) {
    case 0xbf51:
      return acceptEuiccPackageResult(result, 'euiccPackageResult', origin);
    case 0x30:
      return acceptResultAndNotifications(result, origin);
    case 0xbf52:
      return acceptIpaEuiccData(result, origin);
    case 0xbf54:
      return acceptDownloadResult(result, origin);
    case 0xa0:
      return acceptPackageError(result, origin);
    default:
      throw new CodecError('an eIM package result without one of its alternatives');
  }
}

/** ePRAndNotifications. */
async function acceptResultAndNotifications(result: Tlv, origin: ResultOrigin): Promise<number[]> {
  const packageResult = acceptEuiccPackageResult(need(result, 0xbf51), 'ePRAndNotifications', origin);
  const notifications = await acceptNotifications(need(result, 0xa0).children, origin.eim, 'withPackageResult', origin.device);
  return [...packageResult, ...notifications];
}

/** eimPackageResultResponseError: without a transaction it is about the package that was fetched last. */
function acceptPackageError(error: Tlv, { device, eim, route }: ResultOrigin): number[] {
  const transactionId = child(error, 0x80);
  const errorCode = readInteger(need(error, 0x02));
  const item = transactionId === undefined ? device.queue.outstanding() : device.queue.find(hex(transactionId.value));
  const event = eim.log.add({
    kind: 'packageError',
    eid: device.eid,
    route,
    verified: false,
    errorCode,
    errorWord: wordFor(EIM_PACKAGE_ERROR_WORDS, errorCode),
    ...defined({ item }),
    raw: error.raw,
  });
  item?.finish(event);
  return [];
}

/** eimTransactionId stands at another place in every kind of result. */
function transactionOf(result: Tlv): string | undefined {
  switch (result.tag) {
    case 0xbf51:
      return decodeEuiccPackageResult(result).eimTransactionId;
    case 0x30:
      return decodeEuiccPackageResult(need(result, 0xbf51)).eimTransactionId;
    case 0xbf52:
      return decodeIpaEuiccDataResponse(result).eimTransactionId;
    default:
      return hexOf(child(result, result.tag === 0xbf54 ? 0x82 : 0x80));
  }
}

function hexOf(field: Tlv | undefined): string | undefined {
  return field === undefined ? undefined : hex(field.value);
}
