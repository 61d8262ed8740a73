// SPDX-License-Identifier: Apache-2.0
// A few things kept for a peer between its messages: bodies on their way, one for each Request-Tag. A peer that makes up new tags for
// ever fills no more than this.
import type { Clock } from '../../../interfaces.js';
import { EXCHANGE_LIFETIME_MS } from './transmission.js';

const MOST = 8;

/** Keeps the things used last, each for EXCHANGE_LIFETIME after its last use. */
export class Shelf<Thing> {
  private readonly entries = new Map<string, { readonly thing: Thing; readonly expiresMs: number }>();

  constructor(private readonly clock: Clock) {}

  find(key: string): Thing | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.expiresMs <= this.clock.nowMs()) return undefined;
    this.put(key, entry.thing);
    return entry.thing;
  }

  put(key: string, thing: Thing): void {
    this.entries.delete(key);
    this.entries.set(key, { thing, expiresMs: this.clock.nowMs() + EXCHANGE_LIFETIME_MS });
    const [oldest] = this.entries.keys();
    if (this.entries.size > MOST) this.entries.delete(oldest!);
  }

  drop(key: string): void {
    this.entries.delete(key);
  }
}
