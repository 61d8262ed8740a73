// SPDX-License-Identifier: Apache-2.0
// ESipa.AuthenticateClient (SGP.32 v1.2 §6.3.2.2, §5.14.3): relays the eUICC's answer, and the SM-DP+'s answer to it.
import { createHash } from 'node:crypto';
import { child, integerContent, need, readTlv, type Tlv, tlv } from '../../codec/ber.js';
import { fromHex, utf8 } from '../../codec/bytes.js';
import { CertificateError, eidOf, type ParsedCertificate, parseCertificate } from '../../pki/check.js';
import { fullAuthenticateServerResponse } from '../compact.js';
import type { EimContext, EsipaAnswer } from '../context.js';
import { defined } from '../defined.js';
import type { Device } from '../device.js';
import { continueAtSmdp } from '../event-entries.js';
import { authenticateClientCodes, esipaError, Refusal } from '../relay/error-codes.js';
import { bytesField, type JsonObject, tlvField, toBase64 } from '../relay/smdp-relay.js';
import type { Session } from '../sessions.js';
import { signatureTlv } from '../signature-field.js';
import { SessionStep } from './session-step.js';

const EUICC_CERTIFICATE_INVALID = 3;
const EID_MISMATCH = 7;
const INVALID_TRANSACTION_ID = 10;
const PPR_NOT_ALLOWED = 50;

/** Relays to the SM-DP+; answers with its signed data, with a new trigger when the server was an SM-DS, or with an error. */
export async function authenticateClient(request: Tlv, eim: EimContext): Promise<EsipaAnswer> {
  const step = new SessionStep('authenticateClient', request, eim);
  const response = need(request, 0xbf38);
  try {
    const ok = await relay(step, response, eim);
    step.log();
    return { message: tlv(0xbf3b, ok) };
  } catch (error) {
    const refusal = esipaError(authenticateClientCodes(eim.version), error);
    step.log(refusal);
    return { message: tlv(0xbf3b, tlv(0x82, integerContent(refusal.errorCode))) };
  }
}

async function relay(step: SessionStep, response: Tlv, eim: EimContext): Promise<Uint8Array> {
  const session = step.session(INVALID_TRANSACTION_ID);
  const full = fullAuthenticateServerResponse(response, session);
  identifyDevice(readTlv(full), session, eim);
  step.examine(response, full);
  const answer = await eim.relay.call(session, 'authenticateClient', {
    transactionId: session.transactionId,
    authenticateServerResponse: toBase64(full),
  });
  if (session.atSmds || 'eventEntries' in answer) return tlv(0xa1, ...continueAtSmdp(answer, session, eim));
  return tlv(0xa0, ...step.optionalTransactionId, ...okFromSmdp(answer, session, eim));
}

/** The certificates must name the device that was triggered. Whether they are good is for the SM-DP+ to say; the eIM learns only good ones. */
function identifyDevice(response: Tlv, session: Session, eim: EimContext): void {
  const ok = child(response, 0xa0);
  if (ok === undefined) return;
  const [, euiccCertificate, eumCertificate] = ok.children.filter((field) => field.tag === 0x30);
  if (euiccCertificate === undefined || eumCertificate === undefined) return;
  const { certificate, eid } = readCertificate(euiccCertificate.raw);
  session.euiccPublicKey = certificate.publicKey;
  if (session.device !== undefined && session.device.eid !== eid) {
    throw new Refusal(EID_MISMATCH, `the eUICC is ${eid}, but ${session.device.eid} was triggered`);
  }
  const device = session.device ?? eim.devices.find(eid);
  if (device !== undefined) {
    session.device = device;
    eim.devices.learn(device, euiccCertificate.raw, eumCertificate.raw);
    findTrigger(session, device);
  }
}

/** A trigger without a transaction is found by its device, which fetches one at a time. */
function findTrigger(session: Session, device: Device): void {
  const queued = device.queue.outstanding('download');
  if (session.item !== undefined || queued?.item.kind !== 'download' || queued.transactionId !== undefined) return;
  session.item = queued;
  Object.assign(session, defined({ confirmationCode: queued.item.confirmationCode }));
}

function readCertificate(euiccCertificate: Uint8Array): { certificate: ParsedCertificate; eid: string } {
  try {
    const certificate = parseCertificate(euiccCertificate);
    return { certificate, eid: eidOf(certificate) };
  } catch (error) {
    if (error instanceof CertificateError) throw new Refusal(EUICC_CERTIFICATE_INVALID, `the eUICC certificate: ${error.message}`);
    throw error;
  }
}

/** The components of AuthenticateClientOkDPEsipa after the transactionId. */
function okFromSmdp(answer: JsonObject, session: Session, eim: EimContext): Uint8Array[] {
  const profileMetadata = tlvField(answer, 'profileMetadata');
  const smdpSigned2 = tlvField(answer, 'smdpSigned2');
  checkMetadata(profileMetadata, session, eim);
  const otpk = child(readTlv(smdpSigned2), 0x5f49);
  if (otpk !== undefined) session.bppEuiccOtpk = otpk.raw;
  session.smdpSignature2 = signatureTlv(bytesField(answer, 'smdpSignature2'));
  return [
    ...(session.metadataWithheld ? [] : [profileMetadata]),
    smdpSigned2,
    session.smdpSignature2,
    tlvField(answer, 'smdpCertificate'),
    ...(session.confirmationCode === undefined ? [] : [tlv(0x04, hashConfirmationCode(session.confirmationCode, session.transactionId))]),
  ];
}

function checkMetadata(profileMetadata: Uint8Array, session: Session, eim: EimContext): void {
  session.profileMetadata = profileMetadata;
  if (eim.metadataPolicy === undefined) return;
  session.metadataWithheld = true;
  if (eim.metadataPolicy(readTlv(profileMetadata)) === 'pprNotAllowed') {
    throw new Refusal(PPR_NOT_ALLOWED, 'the eIM does not allow the profile policy rules');
  }
}

/** hashCc = SHA-256(SHA-256(confirmation code) ‖ transactionId) (SGP.22 v2.5 §5.7.5). */
function hashConfirmationCode(confirmationCode: string, transactionId: string): Uint8Array {
  const inner = createHash('sha256').update(utf8(confirmationCode)).digest();
  return new Uint8Array(createHash('sha256').update(inner).update(fromHex(transactionId)).digest());
}
