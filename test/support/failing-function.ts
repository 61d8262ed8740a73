// SPDX-License-Identifier: Apache-2.0
// A card that refuses one ES10 function.

import type { SyncCardSlot } from '../../host/interfaces.js';

const STORE_DATA = 0xe2;
const HEADER_BYTES = 5;

/** Answers the first STORE DATA command whose data begin with `tag` with `statusWord`, without running it. */
export function failingFunction(card: SyncCardSlot, tag: number, statusWord: number): SyncCardSlot {
  const wanted = tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
  let armed = true;
  const hits = (command: Uint8Array) =>
    command[1] === STORE_DATA && command[3] === 0 && wanted.every((byte, index) => command[HEADER_BYTES + index] === byte);
  return {
    reset: () => card.reset(),
    powerOff: () => card.powerOff(),
    transmit: (command) => {
      if (!armed || !hits(command)) return card.transmit(command);
      armed = false;
      return Uint8Array.of(statusWord >> 8, statusWord & 0xff);
    },
  };
}
