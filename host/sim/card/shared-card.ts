// SPDX-License-Identifier: Apache-2.0
// One card for two readers: it lives in the one and visits the other, as if somebody moved it. What it remembers without power moves along.

import type { SyncCardSlot } from '../../interfaces.js';
import { STATUS, statusBytes } from '../euicc/apdu/status-word.js';

/** The two readers, as they see the card. */
export interface SharedCard {
  /** Finds nothing while the card is away, and gets it back reset if it wanted it powered. */
  readonly home: SyncCardSlot;
  /** Takes the card with `reset()`, however busy it may be, and gives it back with `powerOff()`. */
  readonly guest: SyncCardSlot;
}

/** A card that is not there gives no ATR and no response, not even a status word. */
const NOTHING = new Uint8Array(0);

/** Shares the card between two readers; `onMove` is told whether it is at home now. */
export function shareCard(card: SyncCardSlot, onMove: (atHome: boolean) => void = () => {}): SharedCard {
  let away = false;
  let wantedAtHome = false;
  const move = (nowAway: boolean) => {
    if (away !== nowAway) onMove(!nowAway);
    away = nowAway;
  };
  const home: SyncCardSlot = {
    reset: () => {
      wantedAtHome = true;
      return away ? NOTHING : card.reset();
    },
    powerOff: () => {
      wantedAtHome = false;
      if (!away) card.powerOff();
    },
    transmit: (command) => (away ? NOTHING : card.transmit(command)),
  };
  const guest: SyncCardSlot = {
    reset: () => {
      move(true);
      return card.reset();
    },
    powerOff: () => {
      if (!away) return;
      card.powerOff();
      if (wantedAtHome) card.reset();
      move(false);
    },
    transmit: (command) => (away ? card.transmit(command) : statusBytes(STATUS.technicalProblem)),
  };
  return { home, guest };
}
