// SPDX-License-Identifier: Apache-2.0
// ES11.AuthenticateClient (SGP.22 v2.5 §5.8.2): authenticates the eUICC and tells it where something waits for it.
import { hex } from '../../codec/bytes.js';
import { authenticateEuicc } from '../../rsp/authenticate-euicc.js';
import type { RspRequest } from '../../rsp/request.js';
import type { RspResponse } from '../../rsp/response.js';
import type { SmdsContext } from '../context.js';

/** Throws RspError. The session has ended in any case; the events stay until their SM-DP+ deletes them. */
export function authenticateClient(context: SmdsContext, request: RspRequest): RspResponse {
  const { session, eid, matchingId } = authenticateEuicc(context, request);
  const eventEntries = context.events.of(eid, matchingId);
  const eventIds = eventEntries.map(({ eventId }) => eventId);
  context.log.push({ kind: 'authenticateClient', transactionId: hex(session.transactionId), eid, matchingId, eventIds });
  return { transactionId: session.transactionId, eventEntries };
}
