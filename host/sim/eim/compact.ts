// SPDX-License-Identifier: Apache-2.0
// Compact forms of ESipa (the Compact… types of SGP.32 v1.2): an IPA with minimizeEsipaBytes leaves out what the eIM knows.
// Signatures are over the full structures, so each is restored exactly before it is checked or relayed.
import { CodecError, child, integerContent, need, oidContent, readInteger, readTlv, type Tlv, tlv } from '../codec/ber.js';
import { concat, fromHex, utf8 } from '../codec/bytes.js';
import type { Device } from './device.js';
import type { Session } from './sessions.js';

const UNDEFINED_REASON = 127;
const INSTALL_EVENT = fromHex('0780');

/** The AIDs of ISD-Ps differ in the two bytes between these (SGP.02 §2.2.3). */
const ISDP_AID = { prefix: fromHex('A0000005591010FFFFFFFF8900'), suffix: fromHex('00') };

/** What is wrong with a compact form from this device: an IPA must have said that it sends them (SGP.32 v1.2 §2.11.2.2). */
export function compactionProblem(device: Device | undefined): string | undefined {
  const features = device?.ipaCapabilities?.features;
  return features === undefined || features.includes('minimizeEsipaBytes')
    ? undefined
    : 'a compact form of an IPA without minimizeEsipaBytes';
}

/** AuthenticateServerResponse (BF38) in full. Throws CodecError when something is left out that this eIM does not know. */
export function fullAuthenticateServerResponse(response: Tlv, session: Session): Uint8Array {
  const compact = child(response, 0xa2);
  if (compact === undefined) return response.raw;
  const euiccSigned1 = child(compact, 0x30)?.raw ?? restoreEuiccSigned1(need(compact, 0xa0), session);
  const { device } = session;
  const euicc = restoreCertificate(child(compact, 0xa1), device?.euiccCertificate?.raw, 'eUICC certificate');
  const eum = restoreCertificate(child(compact, 0xa2), device?.eumCertificate, 'EUM certificate');
  return tlv(0xbf38, tlv(0xa0, euiccSigned1, need(compact, 0x5f37).raw, euicc, eum));
}

function restoreEuiccSigned1(compact: Tlv, session: Session): Uint8Array {
  const { serverAddress, serverChallenge } = session.identity;
  return tlv(
    0x30,
    tlv(0x80, fromHex(session.transactionId)),
    tlv(0x83, utf8(serverAddress)),
    tlv(0x84, serverChallenge),
    restoreEuiccInfo2(need(compact, 0x84), session.device),
    known(child(compact, 0xa2)?.value ?? session.ctxParams1, 'ctxParams1'),
  );
}

/** Everything in EUICCInfo2 stays as the device once told it, but for the free resources. */
function restoreEuiccInfo2(extCardResource: Tlv, device: Device | undefined): Uint8Array {
  const earlier = readTlv(known(device?.euiccInfo2, 'EUICCInfo2'));
  return tlv(0xbf22, ...earlier.children.map((field) => (field.tag === 0x84 ? extCardResource.raw : field.raw)));
}

function restoreCertificate(field: Tlv | undefined, earlier: Uint8Array | undefined, name: string): Uint8Array {
  return field === undefined ? known(earlier, name) : tlv(0x30, field.value);
}

/** PrepareDownloadResponse (BF21) in full. Throws CodecError. */
export function fullPrepareDownloadResponse(response: Tlv, session: Session): Uint8Array {
  const compact = child(response, 0xa2);
  if (compact === undefined) return response.raw;
  const compactSigned2 = need(compact, 0x30);
  const otpk = known(child(compactSigned2, 0x5f49)?.raw ?? session.bppEuiccOtpk, 'euiccOtpk');
  const hashCc = child(compactSigned2, 0x04);
  const euiccSigned2 = tlv(0x30, tlv(0x80, fromHex(session.transactionId)), otpk, ...(hashCc === undefined ? [] : [hashCc.raw]));
  return tlv(0xbf21, tlv(0xa0, euiccSigned2, need(compact, 0x5f37).raw));
}

/** CancelSessionResponse (BF41) in full. Throws CodecError. */
export function fullCancelSessionResponse(response: Tlv, session: Session): Uint8Array {
  const compact = child(response, 0xa2);
  if (compact === undefined) return response.raw;
  const reason = child(need(compact, 0x30), 0x80);
  const signed = tlv(
    0x30,
    tlv(0x80, fromHex(session.transactionId)),
    tlv(0x81, oidContent(smdpOidOf(session))),
    tlv(0x82, reason === undefined ? integerContent(UNDEFINED_REASON) : integerContent(readInteger(reason))),
  );
  return tlv(0xbf41, tlv(0xa0, signed, need(compact, 0x5f37).raw));
}

/** A PendingNotification in full (BF37 or 30), from any of its four forms. Throws CodecError. */
export function fullNotification(
  pending: Tlv,
  findSession: (transactionId: Uint8Array) => Session | undefined,
  sender: Device | undefined,
): Tlv {
  if (pending.tag === 0xa0) return readTlv(restoreInstallationResult(pending, findSession));
  if (pending.tag === 0xa1) return readTlv(restoreOtherNotification(pending, sender));
  return pending;
}

function restoreOtherNotification(compact: Tlv, sender: Device | undefined): Uint8Array {
  const euicc = known(sender?.euiccCertificate?.raw, 'eUICC certificate');
  const eum = known(sender?.eumCertificate, 'EUM certificate');
  return tlv(0x30, need(compact, 0xbf2f).raw, need(compact, 0x5f37).raw, euicc, eum);
}

function restoreInstallationResult(compact: Tlv, findSession: (transactionId: Uint8Array) => Session | undefined): Uint8Array {
  const data = need(compact, 0xa0);
  const transactionId = need(data, 0x80);
  const session = known(findSession(transactionId.value), 'session');
  const restored = tlv(
    0xbf27,
    transactionId.raw,
    restoreMetadata(data, session),
    tlv(0x06, oidContent(smdpOidOf(session))),
    restoreFinalResult(need(data, 0xa2)),
  );
  return tlv(0xbf37, restored, need(compact, 0x5f37).raw);
}

function restoreMetadata(data: Tlv, session: Session): Uint8Array {
  const iccidPresent = child(data, 0x01)?.value[0] !== 0;
  const iccid = iccidPresent ? [need(readTlv(known(session.profileMetadata, 'profile metadata')), 0x5a).raw] : [];
  const seqNumber = tlv(0x80, integerContent(readInteger(need(data, 0x02))));
  return tlv(0xbf2f, seqNumber, tlv(0x81, INSTALL_EVENT), tlv(0x0c, utf8(session.identity.serverAddress)), ...iccid);
}

function restoreFinalResult(finalResult: Tlv): Uint8Array {
  const success = child(finalResult, 0xa0);
  if (success === undefined) return finalResult.raw;
  const aid = tlv(0x4f, concat(ISDP_AID.prefix, need(success, 0x4f).value, ISDP_AID.suffix));
  const simaResponse = child(success, 0x04);
  return tlv(0xa2, tlv(0xa0, aid, ...(simaResponse === undefined ? [] : [simaResponse.raw])));
}

function smdpOidOf(session: Session): string {
  return known(session.identity.smdpOid, 'OID of the SM-DP+');
}

function known<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new CodecError(`a compact form leaves out the ${name}, which this eIM does not know`);
  return value;
}
