// SPDX-License-Identifier: Apache-2.0
// ES9+.GetBoundProfilePackage (SGP.22 v2.5 §5.6.2): checks the eUICC's answer to PrepareDownload and delivers the profile bound to it.
import { createHash } from 'node:crypto';
import { child, need, type Tlv } from '../../codec/ber.js';
import { concat, equal, hex, utf8 } from '../../codec/bytes.js';
import { MAX_PLAIN_SEGMENT_BYTES } from '../../crypto/bsp.js';
import { verifyRs } from '../../crypto/ecdsa.js';
import { KeyAgreementError } from '../../crypto/key-agreement.js';
import { decoding, type RspRequest } from '../../rsp/request.js';
import type { RspResponse } from '../../rsp/response.js';
import { RspError } from '../../rsp/status.js';
import { type BoundBody, bindProfile, boundProfilePackage } from '../bound-profile-package.js';
import type { AuthenticatedClient, SmdpContext, SmdpSession } from '../context.js';
import type { OrderRecord } from '../orders.js';
import { REFUSALS } from '../status.js';

/** Throws RspError; the session can then be cancelled or asked again, as after a lost response. */
export function getBoundProfilePackage(context: SmdpContext, request: RspRequest): RspResponse {
  const session = context.sessions.need(request.transactionId(), 'authenticated', 'bound');
  const client = session.client!;
  session.phase = 'bound';
  const { euiccSigned2, signature } = readResponse(request.element('prepareDownloadResponse', 0xbf21));
  const euiccOtpk = checkSigned(session, client, euiccSigned2, signature);
  checkConfirmationCode(
    client.order,
    session.transactionId,
    decoding(() => child(euiccSigned2, 0x04)),
  );
  const reused = client.order.bound !== undefined && equal(client.order.bound.euiccOtpk, euiccOtpk);
  const body = reused ? client.order.bound! : bind(context, client, euiccOtpk);
  const bytes = deliver(context, session, client, body);
  context.log.push({
    kind: 'getBoundProfilePackage',
    transactionId: hex(session.transactionId),
    eid: client.eid,
    iccid: client.order.iccid,
    sizeBytes: bytes.length,
    reused,
  });
  return { transactionId: session.transactionId, elements: { boundProfilePackage: bytes } };
}

function readResponse(prepareDownloadResponse: Tlv): { euiccSigned2: Tlv; signature: Tlv } {
  return decoding(() => {
    const error = child(prepareDownloadResponse, 0xa1);
    if (error) throw new RspError(REFUSALS.euiccReportedError, `PrepareDownload error ${hex(need(error, 0x02).value)}`);
    const ok = need(prepareDownloadResponse, 0xa0);
    return { euiccSigned2: need(ok, 0x30), signature: need(ok, 0x5f37) };
  });
}

/** Gives the eUICC's one-time public key. */
function checkSigned(session: SmdpSession, client: AuthenticatedClient, euiccSigned2: Tlv, signature: Tlv): Uint8Array {
  if (!verifyRs(client.euiccPublicKey, signature.value, euiccSigned2.raw, client.smdpSignature2))
    throw new RspError(REFUSALS.euiccSignatureInvalid);
  const [transactionId, euiccOtpk] = decoding(() => [need(euiccSigned2, 0x80), need(euiccSigned2, 0x5f49)] as const);
  if (!equal(transactionId.value, session.transactionId))
    throw new RspError(REFUSALS.transactionUnknown, 'euiccSigned2 is of another transaction');
  return euiccOtpk.value;
}

/** hashCc = SHA-256(SHA-256(code) || transactionId) (SGP.22 v2.5 §5.7.5). */
function checkConfirmationCode(record: OrderRecord, transactionId: Uint8Array, hashCc: Tlv | undefined): void {
  const { confirmationCode } = record.order;
  if (confirmationCode === undefined) return;
  if (hashCc === undefined) throw new RspError(REFUSALS.confirmationCodeMissing);
  const expected = sha256(concat(sha256(utf8(confirmationCode)), transactionId));
  if (!equal(hashCc.value, expected)) record.refuseConfirmationCode();
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

function bind(context: SmdpContext, { order: record, eid }: AuthenticatedClient, euiccOtpk: Uint8Array): BoundBody {
  const { order } = record;
  if (record.bound !== undefined && order.allowRebinding === false) throw new RspError(REFUSALS.rebindingRefused);
  try {
    return bindProfile({
      profile: order.profile,
      metadata: order.boundMetadata ?? order.metadata,
      eid,
      euiccOtpk,
      hostId: context.hostId,
      replaceSessionKeys: order.replaceSessionKeys ?? true,
      segmentBytes: order.segmentBytes ?? MAX_PLAIN_SEGMENT_BYTES,
    });
  } catch (cause) {
    if (cause instanceof KeyAgreementError) throw new RspError(REFUSALS.formatInvalid, cause.message, { cause });
    throw cause;
  }
}

function deliver(context: SmdpContext, session: SmdpSession, { order: record, eid }: AuthenticatedClient, body: BoundBody): Uint8Array {
  record.bound = body;
  record.eid = eid;
  record.downloads++;
  record.state = 'downloaded';
  const bytes = boundProfilePackage(body, session.transactionId, context.dpPb.privateKey);
  return record.order.alterBoundProfilePackage?.(bytes) ?? bytes;
}
