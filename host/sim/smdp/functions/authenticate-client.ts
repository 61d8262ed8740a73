// SPDX-License-Identifier: Apache-2.0
// ES9+.AuthenticateClient (SGP.22 v2.5 §5.6.3): authenticates the eUICC, finds its download order and checks that the profile fits.
import { child, need, readBits, readTlvs, type Tlv, tlv } from '../../codec/ber.js';
import { hex } from '../../codec/bytes.js';
import { signRs } from '../../crypto/ecdsa.js';
import { type AuthenticatedEuicc, authenticateEuicc } from '../../rsp/authenticate-euicc.js';
import { identity } from '../../rsp/authenticating-server.js';
import { decoding, type RspRequest } from '../../rsp/request.js';
import type { RspResponse } from '../../rsp/response.js';
import { RspError } from '../../rsp/status.js';
import type { AuthenticatedClient, SmdpContext } from '../context.js';
import type { OrderRecord } from '../orders.js';
import { REFUSALS } from '../status.js';

/** Throws RspError; the session has then ended. */
export function authenticateClient(context: SmdpContext, request: RspRequest): RspResponse {
  const euicc = authenticateEuicc(context, request);
  const { session, eid, matchingId, euiccInfo2 } = euicc;
  const order = context.orders.find(matchingId, eid);
  order.checkAvailable(eid, context.now());
  checkEligible(order, euiccInfo2);
  context.log.push({ kind: 'authenticateClient', transactionId: hex(session.transactionId), eid, matchingId, iccid: order.iccid });
  return accept(context, order, euicc);
}

/** Memory first (8.1/4.8), then policy rules the eUICC forbids (8.2.5/4.3). */
function checkEligible(order: OrderRecord, euiccInfo2: Tlv): void {
  const freeBytes = decoding(() => freeNonVolatileBytes(need(euiccInfo2, 0x84).value));
  if (freeBytes !== undefined && order.order.profile.length > freeBytes)
    throw new RspError(REFUSALS.memoryInsufficient, `${freeBytes} bytes are free`);
  const forbidden = decoding(() => child(euiccInfo2, 0x99));
  const forbiddenBits = forbidden ? decoding(() => readBits(forbidden)) : [];
  if (order.profilePolicyRules.some((rule) => forbiddenBits.includes(rule)))
    throw new RspError(REFUSALS.noEligibleProfile, 'profile policy rules');
}

/** extCardResource is a row of TLVs (ETSI TS 102 226 §8.2.1.7.2); 82 is the free non-volatile memory. Undefined when it is not told. */
function freeNonVolatileBytes(extCardResource: Uint8Array): number | undefined {
  const free = readTlvs(extCardResource).find((element) => element.tag === 0x82);
  return free?.value.reduce((sum, byte) => sum * 256 + byte, 0);
}

function accept(
  context: SmdpContext,
  order: OrderRecord,
  { session, eid, certificate, euiccSignature1 }: AuthenticatedEuicc<AuthenticatedClient>,
): RspResponse {
  const confirmationCodeRequired = tlv(0x01, Uint8Array.of(order.order.confirmationCode === undefined ? 0 : 0xff));
  const earlierKey = order.bound ? [tlv(0x5f49, order.bound.euiccOtpk)] : [];
  const smdpSigned2 = tlv(0x30, tlv(0x80, session.transactionId), confirmationCodeRequired, ...earlierKey);
  const { smdpIdentity } = context.deviations;
  const dpPb = smdpIdentity ? identity(smdpIdentity) : context.dpPb;
  const smdpSignature2 = tlv(0x5f37, signRs(dpPb.privateKey, smdpSigned2, euiccSignature1.raw));
  session.client = { eid, euiccPublicKey: certificate.publicKey, order, smdpSignature2 };
  session.phase = 'authenticated';
  return {
    transactionId: session.transactionId,
    elements: { profileMetadata: order.order.metadata, smdpSigned2, smdpSignature2, smdpCertificate: dpPb.certificate.raw },
  };
}
