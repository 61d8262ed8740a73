// SPDX-License-Identifier: Apache-2.0
// A card in a reader with a count of what passes, in the terms of a line.

import type { CardSlot } from '../interfaces.js';
import type { LineCounters } from './count-line.js';

/** Wraps `card`: commands are writes, responses are chunks. ATRs do not count. */
export function countCard(card: CardSlot): CardSlot & { readonly counters: LineCounters } {
  const counters: LineCounters = { writes: 0, bytesOut: 0, chunks: 0, bytesIn: 0 };
  return {
    counters,
    reset: () => card.reset(),
    powerOff: () => card.powerOff(),
    transmit: async (command) => {
      counters.writes += 1;
      counters.bytesOut += command.length;
      const response = await card.transmit(command);
      counters.chunks += 1;
      counters.bytesIn += response.length;
      return response;
    },
  };
}
