// SPDX-License-Identifier: Apache-2.0
// The messages of one peer by message ID: a copy of a message gets what the first one got, and nothing is done twice (RFC 7252 §4.5).
import type { Clock } from '../../../interfaces.js';
import { EXCHANGE_LIFETIME_MS } from './transmission.js';

/** What is known of a message that came. */
export interface Exchange {
  /** Sent again for each further copy; undefined: nothing has been sent yet, or nothing is. */
  reply: Uint8Array | undefined;
  readonly expiresMs: number;
}

/** At most 65,536 of them; each lives for EXCHANGE_LIFETIME. */
export class Exchanges {
  private readonly byMessageId = new Map<number, Exchange>();

  constructor(private readonly clock: Clock) {}

  find(messageId: number): Exchange | undefined {
    const exchange = this.byMessageId.get(messageId);
    return exchange !== undefined && exchange.expiresMs > this.clock.nowMs() ? exchange : undefined;
  }

  /** Notes a message that came for the first time. */
  begin(messageId: number, reply?: Uint8Array): Exchange {
    this.dropExpired();
    const exchange = { reply, expiresMs: this.clock.nowMs() + EXCHANGE_LIFETIME_MS };
    this.byMessageId.delete(messageId);
    this.byMessageId.set(messageId, exchange);
    return exchange;
  }

  /** As if the message had never come. */
  forget(messageId: number): void {
    this.byMessageId.delete(messageId);
  }

  /** The oldest come first, since all live equally long. */
  private dropExpired(): void {
    const now = this.clock.nowMs();
    for (const [messageId, { expiresMs }] of this.byMessageId) {
      if (expiresMs > now) return;
      this.byMessageId.delete(messageId);
    }
  }
}
