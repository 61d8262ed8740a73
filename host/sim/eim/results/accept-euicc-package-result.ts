// SPDX-License-Identifier: Apache-2.0
// Takes in an EuiccPackageResult: finds the package it answers, checks who signed it, and that it answers just that package.
import type { Tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import type { EimContext } from '../context.js';
import { defined } from '../defined.js';
import type { Device } from '../device.js';
import type { QueuedItem } from '../queue.js';
import { decodeEuiccPackageResult, type EuiccPackageResult, isSignedBy } from './euicc-package-result.js';

/** Checks and logs the result; returns its sequence number if the eUICC may forget it. Throws CodecError. */
export function acceptEuiccPackageResult(packageResult: Tlv, device: Device, eim: EimContext): number[] {
  const result = decodeEuiccPackageResult(packageResult);
  const item = itemFor(result, device);
  const problem = findProblem(result, item, device, eim);
  const event = eim.log.add({
    kind: 'euiccPackageResult',
    eid: device.eid,
    verified: problem === undefined,
    ...defined({ problem, item }),
    result,
    duplicate: result.form === 'signed' && device.resultsBySeqNumber.has(result.seqNumber),
    raw: result.raw,
  });
  if (item?.isOpen) item.finish(event);
  if (problem !== undefined || result.form === 'errorUnsigned') return [];
  device.counterValue = Math.max(device.counterValue, result.form === 'signed' ? result.counterValue : 0);
  if (result.form !== 'signed') return [];
  device.resultsBySeqNumber.set(result.seqNumber, result.raw);
  return [result.seqNumber];
}

/** Packages without a transaction identifier are told apart by their counter value, which an unsigned error does not carry. */
function itemFor(result: EuiccPackageResult, device: Device): QueuedItem | undefined {
  if (result.eimTransactionId !== undefined) return device.queue.find(result.eimTransactionId);
  if (result.form === 'errorUnsigned') return device.queue.outstanding('euiccPackage');
  return device.queue.items.find((each) => each.transactionId === undefined && each.counterValue === result.counterValue);
}

function findProblem(result: EuiccPackageResult, item: QueuedItem | undefined, device: Device, eim: EimContext): string | undefined {
  if (result.form === 'errorUnsigned') return 'an unsigned error proves nothing';
  if (result.eimId !== (eimIdOf(item) ?? eim.eimId)) return `the result is for eIM ${result.eimId}`;
  if (device.euiccCertificate === undefined) return 'the eUICC certificate is not known';
  if (!isSignedBy(result, device.euiccCertificate.publicKey, device.associationToken)) return 'the eUICC signature is wrong';
  if (item === undefined) return 'no such package was delivered';
  if (item.counterValue !== result.counterValue) return `the counter value is ${result.counterValue} instead of ${item.counterValue}`;
  return result.form === 'signed' ? seqNumberProblem(result.seqNumber, result.raw, device) : undefined;
}

function eimIdOf(item: QueuedItem | undefined): string | undefined {
  return item?.item.kind === 'euiccPackage' ? item.item.eimId : undefined;
}

function seqNumberProblem(seqNumber: number, raw: Uint8Array, device: Device): string | undefined {
  const earlier = device.resultsBySeqNumber.get(seqNumber);
  if (earlier === undefined || equal(earlier, raw)) return undefined;
  return `another result with sequence number ${seqNumber} came before`;
}
