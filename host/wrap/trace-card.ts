// SPDX-License-Identifier: Apache-2.0
// A card in a reader that tells which APDUs pass.

import type { CardSlot } from '../interfaces.js';
import { createTracer, type TraceOptions, type TraceSink } from './trace.js';

/** Wraps `card`; each reset, command, response and failure becomes one record of lane "card" on `sink`. */
export function traceCard(card: CardSlot, sink: TraceSink, options: TraceOptions = {}): CardSlot {
  const trace = createTracer('card', sink, options);
  const tell = async (event: string, work: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> => {
    try {
      const bytes = await work();
      trace({ direction: 'in', event, bytes });
      return bytes;
    } catch (error) {
      trace({ direction: 'in', event: 'broken', reason: (error as Error).message });
      throw error;
    }
  };
  return {
    reset: () => {
      trace({ direction: 'out', event: 'reset' });
      return tell('atr', () => card.reset());
    },
    powerOff: () => {
      trace({ direction: 'out', event: 'powerOff' });
      card.powerOff();
    },
    transmit: (command) => {
      trace({ direction: 'out', event: 'command', bytes: command });
      return tell('response', () => card.transmit(command));
    },
  };
}
