// SPDX-License-Identifier: Apache-2.0
// Takes in an EuiccPackageResult: finds the package it answers, checks who signed it, and that it answers just that package.
import type { KeyObject } from 'node:crypto';
import { need, readTlv, type Tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import { verifyRs } from '../../crypto/ecdsa.js';
import type { EimContext } from '../context.js';
import { defined } from '../defined.js';
import type { Device } from '../device.js';
import type { ResultCarrier } from '../log.js';
import type { QueuedItem } from '../queue.js';
import { decodeEuiccPackageResult, type EuiccPackageResult, isSignedBy } from './euicc-package-result.js';
import type { ResultOrigin } from './result-origin.js';

/** Checks and logs the result; returns its sequence number if the eUICC may forget it. Throws CodecError. */
export function acceptEuiccPackageResult(packageResult: Tlv, carrier: ResultCarrier, { device, eim, route }: ResultOrigin): number[] {
  const result = decodeEuiccPackageResult(packageResult);
  const candidate = itemFor(result, device);
  // Another eIM of the same eUICC may well use the same transaction identifiers.
  const item = result.eimId === (eimIdOf(candidate) ?? eim.eimId) ? candidate : undefined;
  const problem = findProblem(result, item, device, eim);
  const event = eim.log.add({
    kind: 'euiccPackageResult',
    eid: device.eid,
    verified: problem === undefined,
    ...defined({ problem, item }),
    result,
    duplicate: result.form === 'signed' && device.resultsBySeqNumber.has(result.seqNumber),
    route,
    carrier,
    ...defined({ rollback: rollbackOf(result) }),
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
  if (item === undefined && result.eimId !== eim.eimId) return `the result is for eIM ${result.eimId}`;
  if (device.euiccCertificate === undefined) return 'the eUICC certificate is not known';
  if (!isAuthentic(result, item, device.euiccCertificate.publicKey, device, eim)) return 'the eUICC signature is wrong';
  if (item === undefined) return 'no such package was delivered';
  if (item.counterValue !== result.counterValue) return `the counter value is ${result.counterValue} instead of ${item.counterValue}`;
  return result.form === 'signed' ? seqNumberProblem(result.seqNumber, result.raw, device) : undefined;
}

/** With v1.0 the signature may cover eimSignature of the package where it now covers the association token. */
function isAuthentic(
  result: EuiccPackageResult,
  item: QueuedItem | undefined,
  euiccPublicKey: KeyObject,
  device: Device,
  eim: EimContext,
): boolean {
  if (isSignedBy(result, euiccPublicKey, device.associationToken)) return true;
  if (eim.version !== '1.0' || item?.encoded === undefined || result.form === 'errorUnsigned') return false;
  return verifyRs(euiccPublicKey, result.signature, result.signedData, need(readTlv(item.encoded), 0x5f37).raw);
}

function rollbackOf(result: EuiccPackageResult): { code: number; word: string } | undefined {
  const rollback = result.form === 'signed' ? result.results.find(({ operation }) => operation === 'rollback') : undefined;
  return rollback && { code: rollback.code, word: rollback.word };
}

function eimIdOf(item: QueuedItem | undefined): string | undefined {
  return item?.item.kind === 'euiccPackage' ? item.item.eimId : undefined;
}

function seqNumberProblem(seqNumber: number, raw: Uint8Array, device: Device): string | undefined {
  const earlier = device.resultsBySeqNumber.get(seqNumber);
  if (earlier === undefined || equal(earlier, raw)) return undefined;
  return `another result with sequence number ${seqNumber} came before`;
}
