// SPDX-License-Identifier: Apache-2.0
// ESipa.AuthenticateClient (SGP.32 v1.2 §6.3.2.2): hands the eUICC's answer to AuthenticateServer on, as it is.

import { ErrorCode } from '../abi/errors';
import { S } from '../abi/state';
import { beginSessionRequest } from './get-bound-profile-package';
import { replyExpect } from './reply';

/** Starts BF3B{80 transactionId, …} with `answerBytes` of BF38 to follow. */
export function beginAuthenticateClient(answerBytes: u32): void {
  beginSessionRequest(0xbf3b, answerBytes);
}

/** Reads the answer of an SM-DP+: 0, EimError with authenticateClientError as detail, PprNotAllowed, or BadEimAnswer. */
export function readAuthenticateClient(): i32 {
  const result = replyExpect(0xa0);
  return result ? result : S.metadataPpr ? ErrorCode.PprNotAllowed : 0;
}
