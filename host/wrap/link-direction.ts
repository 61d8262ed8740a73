// SPDX-License-Identifier: Apache-2.0
// One direction of a datagram network: what becomes of each datagram, and when it arrives.

import type { Clock } from '../interfaces.js';
import { type LineRate, type LineUse, LinkLine } from './link-line.js';

/** How one direction treats datagrams. Probabilities are from 0 to 1 and hold for each datagram by itself. */
export interface LinkDirectionParameters extends LineRate {
  /** Up to so many milliseconds more for a datagram, evenly spread. Datagrams stay in order all the same. Default 0. */
  readonly jitterMs?: number;
  /** Probability of loss, after the datagram has taken its time on the line. Default 0. */
  readonly loss?: number;
  /** Probability that a second copy arrives; it takes no time on the line and has jitter of its own. Default 0. */
  readonly duplication?: number;
  /** Probability that a datagram is held back by reorderMs, so that later ones may overtake it. Default 0. */
  readonly reordering?: number;
  /** Default 1,000. */
  readonly reorderMs?: number;
  /** Largest datagram with overheadBytes; a larger one is dropped, as by a path that does not fragment. Default: no limit. */
  readonly mtuBytes?: number;
  /** What each datagram needs on the line beside its own bytes. Default 28: IPv4 and UDP headers. */
  readonly overheadBytes?: number;
  /** Bytes that may wait for the line, overhead included; a datagram that does not fit any more is dropped. Default: no limit. */
  readonly queueBytes?: number;
}

/** Milliseconds of the clock, the end not included. A datagram is lost when it is on the line in this time. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What was sent in one direction so far, and what became of it. */
export interface LinkCounters {
  /** Datagrams that were sent. */
  datagrams: number;
  /** Their bytes without overhead. */
  bytes: number;
  /** Datagrams and bytes with overhead that took their time on the line. */
  lineDatagrams: number;
  lineBytes: number;
  /** Lost by chance. */
  lost: number;
  /** Lost in an outage. */
  outage: number;
  /** Dropped because they are larger than the MTU. */
  tooLong: number;
  /** Dropped because the queue was full. */
  overflowed: number;
  doubled: number;
  /** Held back. */
  reordered: number;
  /** Arrived, copies included. */
  delivered: number;
}

/** UDP over IPv4. */
const IP_UDP_BYTES = 28;
const REORDER_MS = 1_000;

/** One direction of a link. */
export class LinkDirection {
  readonly counters: LinkCounters = {
    datagrams: 0,
    bytes: 0,
    lineDatagrams: 0,
    lineBytes: 0,
    lost: 0,
    outage: 0,
    tooLong: 0,
    overflowed: 0,
    doubled: 0,
    reordered: 0,
    delivered: 0,
  };
  readonly #line: LinkLine;
  #waitingBytes = 0;
  /** When the last datagram that was not held back arrives. */
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly parameters: LinkDirectionParameters,
    private readonly outages: readonly Outage[],
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    this.#line = new LinkLine(parameters);
  }

  /** Sends a datagram on its way; `arrive` is called with it by the clock, never from within this call. */
  carry(bytes: Uint8Array, arrive: (bytes: Uint8Array) => void): void {
    this.counters.datagrams++;
    this.counters.bytes += bytes.length;
    const { overheadBytes = IP_UDP_BYTES } = this.parameters;
    const use = this.#occupy(bytes.length + overheadBytes);
    if (!use) return;
    // As many numbers for each datagram, whatever becomes of it: one parameter changed does not change the fate of all that follow.
    const [lost, doubled, late, jitter, copyJitter] = Array.from({ length: 5 }, this.random) as [number, number, number, number, number];
    const { loss = 0, duplication = 0, reordering = 0 } = this.parameters;
    const isLate = late < reordering;
    if (this.#isOut(use)) {
      this.counters.outage++;
    } else if (lost < loss) {
      this.counters.lost++;
    } else {
      if (isLate) this.counters.reordered++;
      this.#arriveAt(this.#arrivalMs(use, jitter, isLate), bytes, arrive);
      if (doubled < duplication) {
        this.counters.doubled++;
        this.#arriveAt(this.#arrivalMs(use, copyJitter, false), new Uint8Array(bytes), arrive);
      }
    }
  }

  /** The time on the line, or undefined when the datagram never gets there. */
  #occupy(lineBytes: number): LineUse | undefined {
    const { mtuBytes = Number.POSITIVE_INFINITY, queueBytes = Number.POSITIVE_INFINITY } = this.parameters;
    if (lineBytes > mtuBytes) {
      this.counters.tooLong++;
      return undefined;
    }
    if (this.#waitingBytes + lineBytes > queueBytes) {
      this.counters.overflowed++;
      return undefined;
    }
    const nowMs = this.clock.nowMs();
    const use = this.#line.send(nowMs, lineBytes);
    this.counters.lineDatagrams++;
    this.counters.lineBytes += lineBytes;
    if (use.endMs <= nowMs) return use;
    this.#waitingBytes += lineBytes;
    this.clock.after(use.endMs - nowMs, () => {
      this.#waitingBytes -= lineBytes;
    });
    return use;
  }

  #isOut({ beginMs, endMs }: LineUse): boolean {
    return this.outages.some(({ fromMs, toMs }) => beginMs < toMs && endMs >= fromMs);
  }

  #arrivalMs({ endMs }: LineUse, jitter: number, isLate: boolean): number {
    const { delayMs = 0, jitterMs = 0, reorderMs = REORDER_MS } = this.parameters;
    const arrivalMs = endMs + delayMs + jitter * jitterMs;
    if (isLate) return arrivalMs + reorderMs;
    this.#lastMs = Math.max(this.#lastMs, arrivalMs);
    return this.#lastMs;
  }

  #arriveAt(arrivalMs: number, bytes: Uint8Array, arrive: (bytes: Uint8Array) => void): void {
    this.clock.after(Math.max(0, arrivalMs - this.clock.nowMs()), () => {
      this.counters.delivered++;
      arrive(bytes);
    });
  }
}
