// SPDX-License-Identifier: Apache-2.0
// ES9+.InitiateAuthentication (SGP.22 v2.5 §5.6.1): opens a session and proves the SM-DP+ to the eUICC.
import { need, type Tlv, tlv } from '../../codec/ber.js';
import { equal, hex, utf8 } from '../../codec/bytes.js';
import { signRs } from '../../crypto/ecdsa.js';
import type { ParsedCertificate } from '../../pki/check.js';
import type { SmdpContext } from '../context.js';
import { base64, bytesField, decoding, elementField, textField } from '../fields.js';
import type { RspSession } from '../sessions.js';
import { type JsonObject, REFUSALS, SmdpError } from '../status.js';

const CHALLENGE_BYTES = 16;
const TRANSACTION_ID_BYTES = 16;

/** Checks address, version and CIs, in this order; throws SmdpError. */
export function initiateAuthentication(context: SmdpContext, request: JsonObject): JsonObject {
  const euiccChallenge = bytesField(request, 'euiccChallenge');
  if (euiccChallenge.length !== CHALLENGE_BYTES) throw new SmdpError(REFUSALS.formatInvalid, 'euiccChallenge has not 16 bytes');
  const euiccInfo1 = elementField(request, 'euiccInfo1', 0xbf20);
  const serverAddress = textField(request, 'smdpAddress');
  if (!context.addresses.includes(serverAddress.toLowerCase())) throw new SmdpError(REFUSALS.addressInvalid, serverAddress);
  const session = openSession(context, serverAddress, checkEuiccInfo1(context, euiccInfo1));
  context.log.push({ kind: 'initiateAuthentication', transactionId: hex(session.transactionId), serverAddress });
  return response(context, session, euiccChallenge);
}

/** The CI to use: the first one of the eUICC's list, which is in its order of preference, that is trusted here. */
function checkEuiccInfo1(context: SmdpContext, euiccInfo1: Tlv): ParsedCertificate {
  const [svn, verification, signing] = decoding(() => [need(euiccInfo1, 0x82), need(euiccInfo1, 0xa9), need(euiccInfo1, 0xaa)] as const);
  if (!context.supportedMajorVersions.includes(svn.value[0] ?? 0)) throw new SmdpError(REFUSALS.versionNotSupported, hex(svn.value));
  if (!verification.children.some((id) => equal(id.value, context.dpAuth.certificate.authorityKeyId))) {
    throw new SmdpError(REFUSALS.noAuthenticationCertificate);
  }
  for (const id of signing.children) {
    const ci = context.trustedCis.find((each) => equal(each.subjectKeyId, id.value));
    if (ci) return ci;
  }
  throw new SmdpError(REFUSALS.ciNotSupported);
}

function openSession(context: SmdpContext, serverAddress: string, ci: ParsedCertificate): RspSession {
  const session: RspSession = {
    transactionId: context.random(TRANSACTION_ID_BYTES),
    serverAddress,
    serverChallenge: context.random(CHALLENGE_BYTES),
    ci,
    phase: 'initiated',
  };
  context.sessions.add(session);
  return session;
}

function response(context: SmdpContext, session: RspSession, euiccChallenge: Uint8Array): JsonObject {
  const serverSigned1 = tlv(
    0x30,
    tlv(0x80, session.transactionId),
    tlv(0x81, euiccChallenge),
    tlv(0x83, utf8(session.serverAddress)),
    tlv(0x84, session.serverChallenge),
  );
  return {
    transactionId: hex(session.transactionId),
    serverSigned1: base64(serverSigned1),
    serverSignature1: base64(tlv(0x5f37, signRs(context.dpAuth.privateKey, serverSigned1))),
    euiccCiPKIdToBeUsed: base64(tlv(0x04, session.ci.subjectKeyId)),
    serverCertificate: base64(context.dpAuth.certificate.raw),
  };
}
