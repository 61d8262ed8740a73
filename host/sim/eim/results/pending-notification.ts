// SPDX-License-Identifier: Apache-2.0
// SGP32-PendingNotification: profile installation results and other signed notifications (SGP.22 v2.5 §5.7.10, SGP.32 v1.2 §2.11.2), in full form.
// Restoring compact forms is the business of compact.ts.
import { CodecError, child, need, readBits, readInteger, readOid, type Tlv } from '../../codec/ber.js';
import { hex, text } from '../../codec/bytes.js';
import { readIccid } from '../../profile/iccid.js';
import { defined } from '../defined.js';
import { EVENT_WORDS, INSTALL_ERROR_WORDS, type NotificationEventWord, wordFor } from './words.js';

/** NotificationMetadata. */
export interface NotificationMetadata {
  readonly seqNumber: number;
  readonly events: readonly NotificationEventWord[];
  /** The SM-DP+ to which the notification belongs. */
  readonly address: string;
  /** Digits. */
  readonly iccid?: string;
}

/** How an installation ended. */
export type InstallationOutcome =
  | { readonly success: true /** ISD-P AID, upper-case hexadecimal. */; readonly aid: string }
  | { readonly success: false; readonly bppCommandId: number; readonly errorReason: number; readonly word: string };

interface SignedNotification {
  readonly metadata: NotificationMetadata;
  /** What the eUICC signed: BF27 or BF2F as received. */
  readonly signedData: Uint8Array;
  readonly signature: Uint8Array;
  readonly raw: Uint8Array;
}

export interface ProfileInstallationResult extends SignedNotification {
  readonly type: 'profileInstallationResult';
  /** Upper-case hexadecimal. */
  readonly transactionId: string;
  /** Dotted. */
  readonly smdpOid: string;
  readonly outcome: InstallationOutcome;
}

export interface OtherSignedNotification extends SignedNotification {
  readonly type: 'otherSignedNotification';
  /** DER. */
  readonly euiccCertificate: Uint8Array;
  readonly eumCertificate: Uint8Array;
}

export type PendingNotification = ProfileInstallationResult | OtherSignedNotification;

/** Reads one alternative of PendingNotification (BF37 or 30). Throws CodecError. */
export function decodePendingNotification(notification: Tlv): PendingNotification {
  if (notification.tag === 0xbf37) return decodeProfileInstallationResult(notification);
  if (notification.tag === 0x30) return otherSignedNotification(notification);
  throw new CodecError('a pending notification of an unknown kind');
}

/** Reads a ProfileInstallationResult (tag BF37). Throws CodecError. */
function decodeProfileInstallationResult(notification: Tlv): ProfileInstallationResult {
  const data = need(notification, 0xbf27);
  return {
    type: 'profileInstallationResult',
    transactionId: hex(need(data, 0x80).value),
    metadata: decodeNotificationMetadata(need(data, 0xbf2f)),
    smdpOid: readOid(need(data, 0x06)),
    outcome: outcome(need(data, 0xa2)),
    signedData: data.raw,
    signature: need(notification, 0x5f37).value,
    raw: notification.raw,
  };
}

/** Reads NotificationMetadata (tag BF2F). Throws CodecError. */
function decodeNotificationMetadata(metadata: Tlv): NotificationMetadata {
  const iccid = child(metadata, 0x5a);
  return {
    seqNumber: readInteger(need(metadata, 0x80)),
    events: readBits(need(metadata, 0x81)).flatMap((bit) => EVENT_WORDS[bit] ?? []),
    address: text(need(metadata, 0x0c).value),
    ...defined({ iccid: iccid && readIccid(iccid.value) }),
  };
}

function otherSignedNotification(notification: Tlv): OtherSignedNotification {
  const metadata = need(notification, 0xbf2f);
  const [euiccCertificate, eumCertificate] = notification.children.filter((field) => field.tag === 0x30);
  if (euiccCertificate === undefined || eumCertificate === undefined) throw new CodecError('a notification without its two certificates');
  return {
    type: 'otherSignedNotification',
    metadata: decodeNotificationMetadata(metadata),
    signedData: metadata.raw,
    signature: need(notification, 0x5f37).value,
    euiccCertificate: euiccCertificate.raw,
    eumCertificate: eumCertificate.raw,
    raw: notification.raw,
  };
}

function outcome(finalResult: Tlv): InstallationOutcome {
  const success = child(finalResult, 0xa0);
  if (success !== undefined) return { success: true, aid: hex(need(success, 0x4f).value) };
  const error = need(finalResult, 0xa1);
  const errorReason = readInteger(need(error, 0x81));
  return { success: false, bppCommandId: readInteger(need(error, 0x80)), errorReason, word: wordFor(INSTALL_ERROR_WORDS, errorReason) };
}
