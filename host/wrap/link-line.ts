// SPDX-License-Identifier: Apache-2.0
// One direction of a link as time alone: what is sent waits for what was sent before, and takes as long as its bytes need at the rate.

/** How fast a direction is. */
export interface LineRate {
  /** Bits per second; 0: any number of bytes takes no time. Default 0. */
  readonly bitsPerSecond?: number;
  /** Milliseconds from the last bit sent to its arrival. Default 0. */
  readonly delayMs?: number;
  /**
   * Milliseconds before the first bit of what is sent on an idle line: asking the base station for a grant, or waiting for its next chance to
   * announce data. What is sent while the line is busy goes with the same grant. Default 0.
   */
  readonly accessMs?: number;
}

/** When something is on the line, in milliseconds of the clock. */
export interface LineUse {
  readonly beginMs: number;
  readonly endMs: number;
}

/** Keeps when the line is free. */
export class LinkLine {
  #freeMs = Number.NEGATIVE_INFINITY;

  constructor(readonly rate: LineRate) {}

  /** When the last bit of all that was sent is out. */
  get freeMs(): number {
    return this.#freeMs;
  }

  /** Puts `bytes` on the line at `nowMs` or as soon as it is free. Calls must come in the order of time. */
  send(nowMs: number, bytes: number): LineUse {
    const { bitsPerSecond = 0, accessMs = 0 } = this.rate;
    const beginMs = this.#freeMs > nowMs ? this.#freeMs : nowMs + accessMs;
    const endMs = beginMs + (bitsPerSecond > 0 ? (bytes * 8_000) / bitsPerSecond : 0);
    this.#freeMs = endMs;
    return { beginMs, endMs };
  }
}
