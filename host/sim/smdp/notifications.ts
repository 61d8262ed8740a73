// SPDX-License-Identifier: Apache-2.0
// Decodes and verifies pending notifications: ProfileInstallationResult and OtherSignedNotification (SGP.22 v2.5 §5.6.4, §5.7.10).
import type { KeyObject } from 'node:crypto';
import { child, need, readBits, readInteger, readOid, type Tlv } from '../codec/ber.js';
import { hex, text } from '../codec/bytes.js';
import { verifyRs } from '../crypto/ecdsa.js';
import { CertificateError, checkEuiccChain, type ParsedCertificate } from '../pki/check.js';
import { readIccid } from '../profile/iccid.js';
import { NOTIFICATION_EVENT_BITS, type NotificationEvent } from '../profile/metadata.js';

/** NotificationMetadata, BF2F. */
export interface NotificationMetadata {
  readonly seqNumber: number;
  readonly events: readonly NotificationEvent[];
  readonly address: string;
  /** Digits; absent when the notification has none. */
  readonly iccid?: string;
}

export type InstallationOutcome =
  | { readonly ok: true /** AID of the ISD-P, hexadecimal. */; readonly aid: string }
  | { readonly ok: false /** BppCommandId. */; readonly bppCommandId: number /** ErrorReason. */; readonly errorReason: number };

interface Received {
  readonly metadata: NotificationMetadata;
  /** Signature, certificates and context are right. */
  readonly verified: boolean;
  /** Why it is not verified. */
  readonly problem?: string;
  /** The same notification came before. */
  readonly duplicate: boolean;
  readonly raw: Uint8Array;
}

export interface ReceivedInstallationResult extends Received {
  readonly kind: 'profileInstallationResult';
  readonly transactionId: string;
  readonly smdpOid: string;
  readonly outcome: InstallationOutcome;
}

export interface ReceivedOtherNotification extends Received {
  readonly kind: 'otherSignedNotification';
  /** From the certificate; empty when that was not accepted. */
  readonly eid: string;
}

export type ReceivedNotification = ReceivedInstallationResult | ReceivedOtherNotification;

/** Decodes a BF37 without verifying it; throws CodecError. `signed` is what euiccSignPIR covers. */
export function readInstallationResult(pir: Tlv): {
  transactionId: string;
  metadata: NotificationMetadata;
  smdpOid: string;
  outcome: InstallationOutcome;
  signed: Uint8Array;
  signature: Uint8Array;
} {
  const data = need(pir, 0xbf27);
  return {
    transactionId: hex(need(data, 0x80).value),
    metadata: readNotificationMetadata(need(data, 0xbf2f)),
    smdpOid: readOid(need(data, 0x06)),
    outcome: readOutcome(need(data, 0xa2)),
    signed: data.raw,
    signature: need(pir, 0x5f37).value,
  };
}

function readOutcome(finalResult: Tlv): InstallationOutcome {
  const success = child(finalResult, 0xa0);
  if (success) return { ok: true, aid: hex(need(success, 0x4f).value) };
  const error = need(finalResult, 0xa1);
  return { ok: false, bppCommandId: readInteger(need(error, 0x80)), errorReason: readInteger(need(error, 0x81)) };
}

/** Decodes a BF2F; throws CodecError. */
function readNotificationMetadata(metadata: Tlv): NotificationMetadata {
  const bits = readBits(need(metadata, 0x81));
  const names = Object.keys(NOTIFICATION_EVENT_BITS) as NotificationEvent[];
  const iccid = child(metadata, 0x5a);
  return {
    seqNumber: readInteger(need(metadata, 0x80)),
    events: names.filter((name) => bits.includes(NOTIFICATION_EVENT_BITS[name])),
    address: text(need(metadata, 0x0c).value),
    ...(iccid ? { iccid: readIccid(iccid.value) } : {}),
  };
}

/** Verifies an OtherSignedNotification with the certificates it brings; throws CodecError when it cannot be decoded. */
export function verifyOtherNotification(
  notification: Tlv,
  trusted: readonly ParsedCertificate[],
  at: Date,
): { metadata: NotificationMetadata; eid: string; problem?: string } {
  const tbs = need(notification, 0xbf2f);
  const signature = need(notification, 0x5f37).value;
  const [euicc, eum] = notification.children.filter((element) => element.tag === 0x30);
  const metadata = readNotificationMetadata(tbs);
  if (!euicc || !eum) return { metadata, eid: '', problem: 'certificates are missing' };
  try {
    const chain = checkEuiccChain(euicc.raw, eum.raw, trusted, at);
    return { metadata, eid: chain.eid, ...signatureProblem(chain.euicc.publicKey, signature, tbs.raw) };
  } catch (error) {
    if (error instanceof CertificateError) return { metadata, eid: '', problem: error.message };
    throw error;
  }
}

/** `{}` when the signature is right. */
export function signatureProblem(publicKey: KeyObject, signature: Uint8Array, signed: Uint8Array): { problem?: string } {
  return verifyRs(publicKey, signature, signed) ? {} : { problem: 'the signature is wrong' };
}
