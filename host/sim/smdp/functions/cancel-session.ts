// SPDX-License-Identifier: Apache-2.0
// ES9+.CancelSession (SGP.22 v2.5 §5.6.5, §3.0.2): ends a session at the wish of the device, proved by the eUICC's signature.
import { child, need, readInteger, readOid, type Tlv } from '../../codec/ber.js';
import { equal, hex } from '../../codec/bytes.js';
import { verifyRs } from '../../crypto/ecdsa.js';
import { decoding, type RspRequest } from '../../rsp/request.js';
import type { RspResponse } from '../../rsp/response.js';
import { RspError } from '../../rsp/status.js';
import type { AuthenticatedClient, SmdpContext, SmdpSession } from '../context.js';
import { REFUSALS } from '../status.js';

/** postponed(1) and timeout(2): the order stays; every other reason ends it (SGP.22 v2.5 §3.0.2). */
const REASONS_THAT_KEEP_THE_ORDER: readonly number[] = [1, 2];

/** Throws RspError; the session then goes on. */
export function cancelSession(context: SmdpContext, request: RspRequest): RspResponse {
  const session = context.sessions.need(request.transactionId(), 'authenticated', 'bound');
  const response = request.element('cancelSessionResponse', 0xbf41);
  const reason = decoding(() => readReason(context, session, response));
  session.phase = 'ended';
  context.log.push({ kind: 'cancelSession', transactionId: hex(session.transactionId), ...(reason === undefined ? {} : { reason }) });
  const { order } = session.client!;
  if (reason !== undefined && !REASONS_THAT_KEEP_THE_ORDER.includes(reason) && order.state !== 'installed') order.state = 'error';
  return {};
}

/** The signed reason; undefined when the eUICC answered CancelSession with an error. */
function readReason(context: SmdpContext, session: SmdpSession, response: Tlv): number | undefined {
  if (child(response, 0x81)) return undefined;
  const ok = need(response, 0xa0);
  const signed = need(ok, 0x30);
  checkSigned(context, session, session.client!, signed, need(ok, 0x5f37).value);
  return readInteger(need(signed, 0x82));
}

function checkSigned(context: SmdpContext, session: SmdpSession, client: AuthenticatedClient, signed: Tlv, signature: Uint8Array): void {
  if (!verifyRs(client.euiccPublicKey, signature, signed.raw)) throw new RspError(REFUSALS.euiccSignatureInvalid);
  if (!equal(need(signed, 0x80).value, session.transactionId))
    throw new RspError(REFUSALS.transactionUnknown, 'the signed data are of another transaction');
  if (readOid(need(signed, 0x81)) !== context.oid) throw new RspError(REFUSALS.smdpOidInvalid);
}
