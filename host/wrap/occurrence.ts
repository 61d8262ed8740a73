// SPDX-License-Identifier: Apache-2.0
// "The third one, and the two after it": which of a row of like things a fault rule hits.

/** Which of the things that match are hit. */
export interface Occurrence {
  /** The first one hit, counted from 1. Default 1. */
  readonly nth?: number;
  /** How many are hit from there on. Default 1; Infinity for all. */
  readonly times?: number;
  /** Of those from there on, one in so many is hit, the first included. Default 1: each. */
  readonly every?: number;
}

/** Counts the things that match and tells which are hit. */
export class OccurrenceCounter {
  private seen = 0;
  private readonly first: number;
  private readonly end: number;
  private readonly every: number;

  constructor(occurrence: Occurrence) {
    this.first = occurrence.nth ?? 1;
    this.every = occurrence.every ?? 1;
    this.end = this.first + (occurrence.times ?? 1) * this.every;
  }

  /** Call once for each thing that matches; true when this one is hit. */
  hit(): boolean {
    this.seen += 1;
    return this.seen >= this.first && this.seen < this.end && (this.seen - this.first) % this.every === 0;
  }
}
