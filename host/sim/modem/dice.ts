// SPDX-License-Identifier: Apache-2.0
// Random choices that come again with the same seed.

import { seededRandom } from '../../wrap/seeded-random.js';

/** Throws in a fixed order; each call takes one number of the sequence. */
export class Dice {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  /** A whole number from 1 to `most`, small ones more often. */
  early(most: number): number {
    return 1 + Math.floor(this.random() ** 2 * most);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.whole(0, items.length - 1)]!;
  }
}
