// SPDX-License-Identifier: Apache-2.0
// ES9+.InitiateAuthentication (SGP.22 v2.5 §5.6.1): opens a session and proves the SM-DP+ to the eUICC.
import { hex } from '../../codec/bytes.js';
import { initiateAuthentication as initiate } from '../../rsp/initiate-authentication.js';
import type { RspRequest } from '../../rsp/request.js';
import type { RspResponse } from '../../rsp/response.js';
import type { SmdpContext } from '../context.js';

/** Throws RspError. */
export function initiateAuthentication(context: SmdpContext, request: RspRequest): RspResponse {
  const { session, response } = initiate(context, request, 'smdpAddress');
  const { transactionId, serverAddress } = session;
  context.log.push({ kind: 'initiateAuthentication', transactionId: hex(transactionId), serverAddress });
  return response;
}
