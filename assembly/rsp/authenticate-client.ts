// SPDX-License-Identifier: Apache-2.0
// AuthenticateClient of ESipa (SGP.32 v1.2 §6.3.2.2), ES9+ and ES11 (SGP.22 v2.5 §5.6.3, §5.8.2): hands the eUICC's answer to
// AuthenticateServer on, as it is. An SM-DP+ answers with what PrepareDownload needs, an SM-DS with its events.

import { PeerKind } from '../abi/actions';
import { HAS_DISCOVERY } from '../abi/features';
import { MESSAGE, S } from '../abi/state';
import { findTlv } from '../wire/der-read';
import { isJson, isServer } from './peer';
import { replyExpect } from './reply';
import { sessionRequestBegin } from './request';

/** What AuthenticateClient leads to; in the order of the rows behind it in proc/profile-download.ts. */
export const enum AuthenticateOutcome {
  Smdp = 0,
  Smds = 1,
}

/** Starts BF3B{80 transactionId, …} with `answerBytes` of BF38 to follow. */
export function beginAuthenticateClient(answerBytes: u32): void {
  sessionRequestBegin(0xbf3b, 0, answerBytes);
}

/** Reads the answer. Returns an AuthenticateOutcome, or EimError or SmdpError with its code as detail, BadEimAnswer or BadSmdpAnswer. */
export function readAuthenticateClient(): i32 {
  if (!HAS_DISCOVERY) return replyExpect(0xa0);
  const direct = isServer();
  // an eIM that relays an SM-DS answers with A1; in JSON the trigger itself says it
  const isTrigger = S.replyChoice == 0xa1 || (isJson() && S.replyChoice == 0xa0 && !findTlv(MESSAGE, S.collectAt, 0xbf54));
  if (!direct && isTrigger) return AuthenticateOutcome.Smds;
  const result = replyExpect(0xa0);
  if (result) return result;
  return direct && S.peerKind == PeerKind.Smds ? AuthenticateOutcome.Smds : AuthenticateOutcome.Smdp;
}
