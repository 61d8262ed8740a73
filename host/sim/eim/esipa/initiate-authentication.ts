// SPDX-License-Identifier: Apache-2.0
// ESipa.InitiateAuthentication (SGP.32 v1.2 §6.3.2.1, §5.14.1): begins an indirect download.
import { CodecError, child, integerContent, need, type Tlv, tlv } from '../../codec/ber.js';
import { fromHex, utf8 } from '../../codec/bytes.js';
import type { EimContext, EsipaAnswer } from '../context.js';
import { generateCtxParams1 } from '../ctx-params.js';
import { defined } from '../defined.js';
import type { Device } from '../device.js';
import { type Download, identifyDownload } from '../download.js';
import { esipaError, INITIATE_AUTHENTICATION_CODES, Refusal, UNDEFINED_ERROR } from '../relay/error-codes.js';
import { bytesField, type JsonObject, textField, tlvField, toBase64 } from '../relay/smdp-relay.js';
import { checkServerAuthentication, type ServerIdentity } from '../server-signed1.js';
import { keyIdentifierTlv, signatureTlv } from '../signature-field.js';
import { logSessionStep } from './session-log.js';

const CHALLENGE_BYTES = 16;

/** Relays to the SM-DP+, checks its answer in the place of the IPA, and opens the session. */
export async function initiateAuthentication(request: Tlv, eim: EimContext): Promise<EsipaAnswer> {
  if (need(request, 0x81).value.length !== CHALLENGE_BYTES) throw new CodecError('an eUICC challenge of other than 16 bytes');
  let download: Download | undefined;
  try {
    download = identifyDownload(request, eim);
    const ok = await begin(download, request, eim);
    return { message: tlv(0xbf39, tlv(0xa0, ...ok)) };
  } catch (error) {
    const refusal = esipaError(INITIATE_AUTHENTICATION_CODES, error);
    logSessionStep(eim, 'initiateAuthentication', request, stepOf(download), refusal);
    return { message: tlv(0xbf39, tlv(0x81, integerContent(refusal.errorCode))) };
  }
}

/** The components of InitiateAuthenticationOkEsipa. */
async function begin(download: Download, request: Tlv, eim: EimContext): Promise<Uint8Array[]> {
  const answer = await relay(download, request, eim);
  const server = {
    serverSigned1: tlvField(answer, 'serverSigned1'),
    serverSignature1: signatureTlv(bytesField(answer, 'serverSignature1')),
    serverCertificate: tlvField(answer, 'serverCertificate'),
  };
  const euiccChallenge = need(request, 0x81).value;
  const identity = checkServerAuthentication(server, { euiccChallenge, ...download, role: download.atSmds ? 'dsAuth' : 'dpAuth' }, eim);
  const transactionId = transactionIdOf(answer);
  const ctxParams1 = ctxParams1For(download);
  openSession(transactionId, identity, download, ctxParams1, eim);
  logSessionStep(eim, 'initiateAuthentication', request, { transactionId, ...stepOf(download) });
  return [
    ...(eim.omitTransactionIds ? [] : [tlv(0x80, fromHex(transactionId))]),
    server.serverSigned1,
    server.serverSignature1,
    keyIdentifierTlv(bytesField(answer, 'euiccCiPKIdToBeUsed')),
    server.serverCertificate,
    ...heldData(download, ctxParams1),
  ];
}

/** What the IPA cannot know when the eIM holds the download data: ctxParams1, which has the matchingId in it, or that alone. */
function heldData(download: Download, ctxParams1: Uint8Array | undefined): Uint8Array[] {
  if (ctxParams1 !== undefined) return [tlv(0xa2, ctxParams1)];
  return download.matchingId === undefined ? [] : [tlv(0x0c, utf8(download.matchingId))];
}

function relay(download: Download, request: Tlv, eim: EimContext): Promise<JsonObject> {
  const euiccInfo1 = child(request, 0xbf20)?.raw ?? download.trigger?.device.euiccInfo1;
  if (euiccInfo1 === undefined) throw new Refusal(UNDEFINED_ERROR, 'neither the IPA nor the eIM knows EUICCInfo1');
  return eim.relay.call(download, 'initiateAuthentication', {
    euiccChallenge: toBase64(need(request, 0x81).value),
    euiccInfo1: toBase64(euiccInfo1),
    smdpAddress: download.smdpAddress,
  });
}

function openSession(
  transactionId: string,
  identity: ServerIdentity,
  download: Download,
  ctxParams1: Uint8Array | undefined,
  eim: EimContext,
): void {
  const { trigger, smdpAddress, atSmds } = download;
  eim.sessions.add({
    transactionId,
    smdpAddress,
    atSmds,
    identity,
    ...defined({ item: trigger?.queued, device: trigger?.device, confirmationCode: trigger?.item.confirmationCode, ctxParams1 }),
  });
}

function ctxParams1For(download: Download): Uint8Array | undefined {
  const item = download.trigger?.item;
  return item?.deviceInfo === undefined ? undefined : generateCtxParams1(download.matchingId, item.deviceInfo);
}

/** Upper-case hexadecimal. */
function transactionIdOf(answer: JsonObject): string {
  const transactionId = textField(answer, 'transactionId').toUpperCase();
  if (!/^([0-9A-F]{2}){1,16}$/.test(transactionId)) throw new Refusal(UNDEFINED_ERROR, 'the transactionId of the server is no hexadecimal');
  return transactionId;
}

function stepOf(download: Download | undefined): { smdpAddress?: string; device?: Device } {
  return defined({ smdpAddress: download?.smdpAddress, device: download?.trigger?.device });
}
