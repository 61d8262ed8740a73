// SPDX-License-Identifier: Apache-2.0
// The constants of the message layer (RFC 7252 §4.8), and a confirmable message on its way: sent again until it is acknowledged.
import type { Clock } from '../../../interfaces.js';

const ACK_TIMEOUT_MS = 2_000;
const ACK_RANDOM_FACTOR = 1.5;
const MAX_RETRANSMIT = 4;
/** For as long as this a message ID may come again. */
export const EXCHANGE_LIFETIME_MS = 247_000;

/** One confirmable message; ends when it is acknowledged, reset, cancelled, or when nobody answers. */
export class Transmission {
  private cancelTimer: () => void = () => {};
  private sent = 0;
  private stopped = false;

  constructor(
    private readonly send: () => void,
    private readonly clock: Clock,
    /** Called when the last time-out is over. */
    private readonly onSilence: () => void,
  ) {}

  /** Sends the first copy. `spread`, from 0 to 1, decides the first time-out. The acknowledgement may come before this returns. */
  start(spread: number): void {
    this.transmit(ACK_TIMEOUT_MS * (1 + (ACK_RANDOM_FACTOR - 1) * spread));
  }

  /** No more copies, and no report of silence. */
  stop(): void {
    this.stopped = true;
    this.cancelTimer();
  }

  private transmit(timeoutMs: number): void {
    this.send();
    if (this.stopped) return;
    const isLast = this.sent++ === MAX_RETRANSMIT;
    this.cancelTimer = this.clock.after(timeoutMs, isLast ? this.onSilence : () => this.transmit(timeoutMs * 2));
  }
}
