// SPDX-License-Identifier: Apache-2.0
// Repeatable filler: the same seed gives the same bytes on every machine.

/** A source of pseudo-random bytes (xorshift32; never for secrets). */
export class SeededBytes {
  private state: number;

  /** Any integer; 0 works too. */
  constructor(seed: number) {
    this.state = (Math.imul(seed | 0, 0x9e3779b1) ^ 0x6d2b79f5) | 0 || 1;
  }

  take(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 0xff);
  }

  private next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 8;
  }
}
