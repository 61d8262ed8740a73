// SPDX-License-Identifier: Apache-2.0
// ES9+.HandleNotification (SGP.22 v2.5 §5.6.4): takes a notification, always. One that cannot be verified is logged as such and
// changes nothing: refusing it would only make the device send it again.
import type { Tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import { decoding, type RspRequest } from '../../rsp/request.js';
import type { RspResponse } from '../../rsp/response.js';
import type { SmdpContext } from '../context.js';
import {
  type ReceivedInstallationResult,
  type ReceivedNotification,
  type ReceivedOtherNotification,
  readInstallationResult,
  signatureProblem,
  verifyOtherNotification,
} from '../notifications.js';

const PROFILE_INSTALLATION_RESULT = 0xbf37;
const OTHER_SIGNED_NOTIFICATION = 0x30;

/** Throws RspError only when the bytes are no notification at all. */
export function handleNotification(context: SmdpContext, request: RspRequest): RspResponse {
  const element = request.element('pendingNotification', PROFILE_INSTALLATION_RESULT, OTHER_SIGNED_NOTIFICATION);
  const notification = decoding(() =>
    element.tag === PROFILE_INSTALLATION_RESULT ? installationResult(context, element) : otherNotification(context, element),
  );
  context.log.push({ kind: 'handleNotification', notification });
  return {};
}

function installationResult(context: SmdpContext, element: Tlv): ReceivedInstallationResult {
  const { transactionId, metadata, smdpOid, outcome, signed, signature } = readInstallationResult(element);
  const session = context.sessions.get(transactionId);
  const client = session?.client;
  const problem =
    client === undefined ? 'the transactionId is unknown' : signatureProblem(client.euiccPublicKey, signature, signed).problem;
  const wrongOid = smdpOid === context.oid ? undefined : 'smdpOid is not that of this SM-DP+';
  const received = seen(context, element.raw, problem ?? wrongOid);
  if (received.verified) session!.phase = 'ended';
  if (received.verified && outcome.ok) client!.order.state = 'installed';
  return { kind: 'profileInstallationResult', transactionId, metadata, smdpOid, outcome, ...received };
}

function otherNotification(context: SmdpContext, element: Tlv): ReceivedOtherNotification {
  const { metadata, eid, problem } = verifyOtherNotification(element, context.trustedCis, context.now());
  return { kind: 'otherSignedNotification', metadata, eid, ...seen(context, element.raw, problem) };
}

function seen(
  context: SmdpContext,
  raw: Uint8Array,
  problem: string | undefined,
): Pick<ReceivedNotification, 'verified' | 'problem' | 'duplicate' | 'raw'> {
  const duplicate = context.log.some((event) => event.kind === 'handleNotification' && equal(event.notification.raw, raw));
  return { verified: problem === undefined, ...(problem === undefined ? {} : { problem }), duplicate, raw };
}
