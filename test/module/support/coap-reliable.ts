// SPDX-License-Identifier: Apache-2.0
// What both roles of the test peers need of RFC 7252 §4.2: a confirmable message is sent again until somebody stops it.

import type { Clock } from '../../../host/interfaces.js';

/** Transmission parameters (RFC 7252 §4.8). */
export interface Transmission {
  /** ACK_TIMEOUT in milliseconds. Default 2,000. */
  readonly ackTimeoutMs?: number;
  /** Default 4. */
  readonly maxRetransmit?: number;
}

/** EXCHANGE_LIFETIME with the default parameters (RFC 7252 §4.8.2). */
export const EXCHANGE_LIFETIME_MS = 247_000;
const ACK_TIMEOUT_MS = 2_000;
const ACK_RANDOM_FACTOR = 1.5;
const MAX_RETRANSMIT = 4;

/** Calls `send` now and again after growing pauses; `giveUp` once when it was all in vain. Returns what stops it. */
export function sendUntilStopped(
  clock: Clock,
  random: () => number,
  { ackTimeoutMs = ACK_TIMEOUT_MS, maxRetransmit = MAX_RETRANSMIT }: Transmission,
  send: () => void,
  giveUp: () => void,
): () => void {
  let pauseMs = ackTimeoutMs * (1 + random() * (ACK_RANDOM_FACTOR - 1));
  let sent = 0;
  let cancel = () => {};
  const again = () => {
    if (sent > maxRetransmit) {
      giveUp();
      return;
    }
    sent++;
    cancel = clock.after(pauseMs, again);
    pauseMs *= 2;
    send();
  };
  again();
  return () => cancel();
}
