// SPDX-License-Identifier: Apache-2.0
// ES11.InitiateAuthentication (SGP.22 v2.5 §5.8.1): opens a session and proves the SM-DS to the eUICC.
import { hex } from '../../codec/bytes.js';
import { initiateAuthentication as initiate } from '../../rsp/initiate-authentication.js';
import type { RspRequest } from '../../rsp/request.js';
import type { RspResponse } from '../../rsp/response.js';
import type { SmdsContext } from '../context.js';

/** Throws RspError. In JSON the address is smdsAddress, or smdpAddress of clients that speak ES9+ to an SM-DS. */
export function initiateAuthentication(context: SmdsContext, request: RspRequest): RspResponse {
  const { session, response } = initiate(context, request, 'smdsAddress', 'smdpAddress');
  const { transactionId, serverAddress } = session;
  context.log.push({ kind: 'initiateAuthentication', transactionId: hex(transactionId), serverAddress });
  return response;
}
