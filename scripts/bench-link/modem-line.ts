// SPDX-License-Identifier: Apache-2.0
// A modem as slow as a real one, under a virtual clock: each character takes its time on the serial line, each APDU its time in the card.

import type { ByteLine, Clock, SyncCardSlot } from '../../host/interfaces.js';
import { SimulatedModem } from '../../host/sim/modem/index.js';

/** How slow. */
export interface ModemPace {
  readonly bitsPerSecond: number;
  /** From the command line to its answer, for each APDU that reaches the card, in milliseconds. */
  readonly apduMs: number;
}

/** Start bit, eight data bits, stop bit. */
const BITS_PER_CHARACTER = 10;

/** A line to a modem that has just been switched on, with this card in it. Without `pace` everything takes no time. */
export function connectModem(card: SyncCardSlot, clock: Clock, pace?: ModemPace): ByteLine {
  if (!pace) return new SimulatedModem({ slot: card }).connect();
  let owedMs = 0;
  const slowCard: SyncCardSlot = {
    reset: () => card.reset(),
    powerOff: () => card.powerOff(),
    transmit: (command) => {
      owedMs += pace.apduMs;
      return card.transmit(command);
    },
  };
  const line = new SimulatedModem({ slot: slowCard }).connect();
  const takeOwedMs = () => {
    const ms = owedMs;
    owedMs = 0;
    return ms;
  };
  return slowLine(line, clock, pace.bitsPerSecond, takeOwedMs);
}

/** Delays what passes; `thinkingMs` is asked when an answer is there how long it took to be made. */
function slowLine(line: ByteLine, clock: Clock, bitsPerSecond: number, thinkingMs: () => number): ByteLine {
  const outgoing = serialWire(clock, bitsPerSecond);
  const incoming = serialWire(clock, bitsPerSecond);
  return {
    name: line.name,
    write: (bytes) => {
      const copy = new Uint8Array(bytes);
      outgoing(copy.length, 0, () => line.write(copy));
    },
    onData: (listener) => line.onData((bytes) => incoming(bytes.length, thinkingMs(), () => listener(bytes))),
    onClose: (listener) => line.onClose(listener),
    close: () => line.close(),
  };
}

/** One direction: calls `arrive` when the last character is through. */
function serialWire(clock: Clock, bitsPerSecond: number): (characters: number, pauseMs: number, arrive: () => void) => void {
  let freeMs = 0;
  return (characters, pauseMs, arrive) => {
    freeMs = Math.max(freeMs, clock.nowMs() + pauseMs) + (characters * BITS_PER_CHARACTER * 1_000) / bitsPerSecond;
    clock.after(freeMs - clock.nowMs(), arrive);
  };
}
