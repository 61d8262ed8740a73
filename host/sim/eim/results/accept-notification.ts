// SPDX-License-Identifier: Apache-2.0
// Takes in notifications of the eUICC: checks the signature and passes them on to the SM-DP+ they belong to (SGP.32 v1.2 §3.7).
import { CodecError, child, type Tlv } from '../../codec/ber.js';
import { hex } from '../../codec/bytes.js';
import { verifyRs } from '../../crypto/ecdsa.js';
import { CertificateError, checkEuiccChain } from '../../pki/check.js';
import { compactionProblem, fullNotification } from '../compact.js';
import type { EimContext } from '../context.js';
import { defined } from '../defined.js';
import type { Device } from '../device.js';
import { findDevice } from '../find-device.js';
import type { NotificationEvent, NotificationRoute } from '../log.js';
import { sizesOf } from '../message-sizes.js';
import { RelayError } from '../relay/relay-error.js';
import { toBase64 } from '../relay/smdp-relay.js';
import { decodePendingNotification, type OtherSignedNotification, type PendingNotification } from './pending-notification.js';

/** settled: the eUICC may forget it; forged: its signature is wrong; undelivered: the SM-DP+ could not be reached. */
export type NotificationFate = 'settled' | 'forged' | 'undelivered';

interface Origin {
  readonly device?: Device;
  readonly verified: boolean;
  readonly problem?: string;
}

/** Checks, forwards and logs one notification, in full (BF37 or 30) or compact (A0 or A1), which came in `message`. Rejects with CodecError when it cannot be read. */
export async function acceptNotification(
  pending: Tlv,
  eim: EimContext,
  route: NotificationRoute,
  sender?: Device,
  message: Tlv = pending,
): Promise<{ fate: NotificationFate; event: NotificationEvent }> {
  const findSession = (transactionId: Uint8Array) => eim.sessions.find(hex(transactionId));
  const full = fullNotification(pending, findSession, sender ?? namedDevice(pending, eim));
  const notification = decodePendingNotification(full);
  const { device, ...origin } = originOf(notification, eim, sender);
  const forged = origin.problem === FORGED;
  // The SM-DP+ gets the result of a direct download from the IPA itself (SGP.32 v1.2 §3.2.3.1).
  const forwarded = forged || route === 'downloadTriggerResult' ? 'none' : await forward(notification, eim);
  const event = eim.log.add<NotificationEvent>({
    kind: 'notification',
    ...defined({ eid: device?.eid }),
    ...defined({ problem: full === pending ? undefined : compactionProblem(device) }),
    ...origin,
    notification,
    route,
    forwarded,
    ...(full === pending ? {} : { sizes: sizesOf(message, pending, full.raw) }),
    raw: notification.raw,
  });
  if (notification.type === 'profileInstallationResult') endDownload(notification.transactionId, event, eim);
  return { fate: forged ? 'forged' : forwarded === 'unreachable' ? 'undelivered' : 'settled', event };
}

/** The same for a list; resolves to the sequence numbers of those that are verified and settled. One damaged element does not spoil the others. */
export async function acceptNotifications(
  list: readonly Tlv[],
  eim: EimContext,
  route: NotificationRoute,
  sender: Device,
): Promise<number[]> {
  const settled: number[] = [];
  for (const pending of list) {
    try {
      const { fate, event } = await acceptNotification(pending, eim, route, sender);
      if (fate === 'settled' && event.verified) settled.push(event.notification.metadata.seqNumber);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      eim.log.add({ kind: 'malformed', eid: sender.eid, verified: false, problem: error.message, raw: pending.raw });
    }
  }
  return settled;
}

/** A compact notification may say whose it is, since it carries no certificates. */
function namedDevice(pending: Tlv, eim: EimContext): Device | undefined {
  const device = findDevice(eim, child(pending, 0x5a));
  return typeof device === 'string' ? undefined : device;
}

const FORGED = 'the eUICC signature is wrong';

function originOf(notification: PendingNotification, eim: EimContext, sender?: Device): Origin {
  return notification.type === 'otherSignedNotification'
    ? originByCertificates(notification, eim)
    : originOfInstallation(notification, eim, sender ?? eim.sessions.find(notification.transactionId)?.device);
}

/** These notifications carry their own certificates, which also tell the device. */
function originByCertificates(notification: OtherSignedNotification, eim: EimContext): Origin {
  try {
    const { euicc, eid } = checkEuiccChain(notification.euiccCertificate, notification.eumCertificate, eim.trustedCis, eim.now());
    const device = eim.devices.find(eid);
    if (device) eim.devices.learn(device, notification.euiccCertificate, notification.eumCertificate);
    const verified = verifyRs(euicc.publicKey, notification.signature, notification.signedData);
    return { verified, ...defined({ device, problem: verified ? undefined : FORGED }) };
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    return { verified: false, problem: `the certificates of the notification: ${error.message}` };
  }
}

/** An installation result names no EID: without a sender, the device is the one whose key made the signature. */
function originOfInstallation(notification: PendingNotification, eim: EimContext, sender?: Device): Origin {
  const signer = (sender ? [sender] : eim.devices.all).find((device) => hasSigned(device, notification));
  if (signer !== undefined) return { device: signer, verified: true };
  if (sender === undefined) return { verified: false, problem: 'no registered device has signed it' };
  const problem = sender.euiccCertificate === undefined ? 'the eUICC certificate is not known' : FORGED;
  return { device: sender, verified: false, problem };
}

function hasSigned(device: Device, notification: PendingNotification): boolean {
  const key = device.euiccCertificate?.publicKey;
  return key !== undefined && verifyRs(key, notification.signature, notification.signedData);
}

/** ES9+ handleNotification. A refusal is final: the SM-DP+ would refuse it again. */
async function forward(notification: PendingNotification, eim: EimContext): Promise<NotificationEvent['forwarded']> {
  if (!eim.relay.isConnected) return 'none';
  try {
    await eim.relay.call({ smdpAddress: notification.metadata.address }, 'handleNotification', {
      pendingNotification: toBase64(notification.raw),
    });
    return 'taken';
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return error.failure === 'refused' ? 'refused' : error.failure === 'unknownAddress' ? 'none' : 'unreachable';
  }
}

/** An installation result ends the session, and the queued download that it belongs to. */
function endDownload(transactionId: string, event: NotificationEvent, eim: EimContext): void {
  if (!event.verified) return;
  const session = eim.sessions.find(transactionId);
  if (session?.item?.isOpen) session.item.finish(event);
  eim.sessions.end(transactionId);
}
