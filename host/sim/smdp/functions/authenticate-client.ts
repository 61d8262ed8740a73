// SPDX-License-Identifier: Apache-2.0
// ES9+.AuthenticateClient (SGP.22 v2.5 §5.6.3): authenticates the eUICC, finds its download order and checks that the profile fits.
import { child, need, readBits, readTlvs, type Tlv, tlv } from '../../codec/ber.js';
import { equal, hex, text } from '../../codec/bytes.js';
import { signRs, verifyRs } from '../../crypto/ecdsa.js';
import { CertificateError, checkEuiccCertificate, checkEumCertificate, type ParsedCertificate } from '../../pki/check.js';
import type { SmdpContext } from '../context.js';
import { base64, decoding, elementField, textField } from '../fields.js';
import type { OrderRecord } from '../orders.js';
import type { RspSession } from '../sessions.js';
import { type JsonObject, REFUSALS, type Refusal, SmdpError } from '../status.js';

/** AuthenticateResponseOk, cut into its elements. */
interface AuthenticateResponse {
  readonly euiccSigned1: Tlv;
  /** The 5F37 element. */
  readonly euiccSignature1: Tlv;
  readonly euiccCertificate: Tlv;
  readonly eumCertificate: Tlv;
}

/** Throws SmdpError; the session has then ended. */
export function authenticateClient(context: SmdpContext, request: JsonObject): JsonObject {
  const session = context.sessions.need(textField(request, 'transactionId'), 'initiated');
  session.phase = 'ended';
  const response = readResponse(elementField(request, 'authenticateServerResponse', 0xbf38));
  const { certificate, eid } = checkCertificates(context, session, response);
  checkSigned(session, response, certificate);
  const { matchingId, euiccInfo2 } = readSigned(response.euiccSigned1);
  const order = context.orders.find(matchingId, eid);
  order.checkAvailable(eid, context.now());
  checkEligible(order, euiccInfo2);
  context.log.push({ kind: 'authenticateClient', transactionId: hex(session.transactionId), eid, matchingId, iccid: order.iccid });
  return accept(context, session, order, { certificate, eid, euiccSignature1: response.euiccSignature1 });
}

function readResponse(authenticateServerResponse: Tlv): AuthenticateResponse {
  return decoding(() => {
    const error = child(authenticateServerResponse, 0xa1);
    if (error) throw new SmdpError(REFUSALS.euiccReportedError, `AuthenticateServer error ${hex(need(error, 0x02).value)}`);
    const ok = need(authenticateServerResponse, 0xa0);
    const [euiccSigned1, euiccCertificate, eumCertificate] = ok.children.filter((element) => element.tag === 0x30);
    if (!euiccSigned1 || !euiccCertificate || !eumCertificate) throw new SmdpError(REFUSALS.elementMissing, 'authenticateResponseOk');
    return { euiccSigned1, euiccSignature1: need(ok, 0x5f37), euiccCertificate, eumCertificate };
  });
}

function checkCertificates(
  context: SmdpContext,
  session: RspSession,
  response: AuthenticateResponse,
): { certificate: ParsedCertificate; eid: string } {
  const at = context.now();
  const eum = refusing(
    () => checkEumCertificate(response.eumCertificate.raw, [session.ci], at),
    (failure) =>
      failure === 'unknownCi'
        ? REFUSALS.ciUnknown
        : failure === 'expired'
          ? REFUSALS.eumCertificateExpired
          : REFUSALS.eumCertificateInvalid,
  );
  return refusing(
    () => checkEuiccCertificate(response.euiccCertificate.raw, eum, at),
    (failure) =>
      failure === 'nameConstraints'
        ? REFUSALS.eidNotPermitted
        : failure === 'expired'
          ? REFUSALS.euiccCertificateExpired
          : REFUSALS.euiccCertificateInvalid,
  );
}

function refusing<T>(check: () => T, refusalFor: (failure: CertificateError['failure']) => Refusal): T {
  try {
    return check();
  } catch (cause) {
    if (cause instanceof CertificateError) throw new SmdpError(refusalFor(cause.failure), cause.message, { cause });
    throw cause;
  }
}

/** Signature, then the values that tie the signed data to this session. */
function checkSigned(session: RspSession, { euiccSigned1, euiccSignature1 }: AuthenticateResponse, euicc: ParsedCertificate): void {
  if (!verifyRs(euicc.publicKey, euiccSignature1.value, euiccSigned1.raw)) throw new SmdpError(REFUSALS.euiccSignatureInvalid);
  const [transactionId, address, challenge] = decoding(
    () => [need(euiccSigned1, 0x80), need(euiccSigned1, 0x83), need(euiccSigned1, 0x84)] as const,
  );
  if (!equal(transactionId.value, session.transactionId))
    throw new SmdpError(REFUSALS.transactionUnknown, 'euiccSigned1 is of another transaction');
  if (!equal(challenge.value, session.serverChallenge)) throw new SmdpError(REFUSALS.euiccSignatureInvalid, 'serverChallenge');
  if (text(address.value) !== session.serverAddress) throw new SmdpError(REFUSALS.euiccSignatureInvalid, 'serverAddress');
}

function readSigned(euiccSigned1: Tlv): { matchingId: string; euiccInfo2: Tlv } {
  return decoding(() => {
    const ctxParams1 = child(euiccSigned1, 0xa0);
    if (!ctxParams1) throw new SmdpError(REFUSALS.elementMissing, 'ctxParams1');
    need(ctxParams1, 0xa1);
    const matchingId = child(ctxParams1, 0x80);
    return { matchingId: matchingId ? text(matchingId.value) : '', euiccInfo2: need(euiccSigned1, 0xbf22) };
  });
}

/** Memory first (8.1/4.8), then policy rules the eUICC forbids (8.2.5/4.3). */
function checkEligible(order: OrderRecord, euiccInfo2: Tlv): void {
  const freeBytes = decoding(() => freeNonVolatileBytes(need(euiccInfo2, 0x84).value));
  if (freeBytes !== undefined && order.order.profile.length > freeBytes)
    throw new SmdpError(REFUSALS.memoryInsufficient, `${freeBytes} bytes are free`);
  const forbidden = decoding(() => child(euiccInfo2, 0x99));
  const forbiddenBits = forbidden ? decoding(() => readBits(forbidden)) : [];
  if (order.profilePolicyRules.some((rule) => forbiddenBits.includes(rule)))
    throw new SmdpError(REFUSALS.noEligibleProfile, 'profile policy rules');
}

/** extCardResource is a row of TLVs (ETSI TS 102 226 §8.2.1.7.2); 82 is the free non-volatile memory. Undefined when it is not told. */
function freeNonVolatileBytes(extCardResource: Uint8Array): number | undefined {
  const free = readTlvs(extCardResource).find((element) => element.tag === 0x82);
  return free?.value.reduce((sum, byte) => sum * 256 + byte, 0);
}

function accept(
  context: SmdpContext,
  session: RspSession,
  order: OrderRecord,
  { certificate, eid, euiccSignature1 }: { certificate: ParsedCertificate; eid: string; euiccSignature1: Tlv },
): JsonObject {
  const confirmationCodeRequired = tlv(0x01, Uint8Array.of(order.order.confirmationCode === undefined ? 0 : 0xff));
  const earlierKey = order.bound ? [tlv(0x5f49, order.bound.euiccOtpk)] : [];
  const smdpSigned2 = tlv(0x30, tlv(0x80, session.transactionId), confirmationCodeRequired, ...earlierKey);
  const smdpSignature2 = tlv(0x5f37, signRs(context.dpPb.privateKey, smdpSigned2, euiccSignature1.raw));
  session.client = { eid, euiccPublicKey: certificate.publicKey, order, smdpSignature2 };
  session.phase = 'authenticated';
  return {
    transactionId: hex(session.transactionId),
    profileMetadata: base64(order.order.metadata),
    smdpSigned2: base64(smdpSigned2),
    smdpSignature2: base64(smdpSignature2),
    smdpCertificate: base64(context.dpPb.certificate.raw),
  };
}
