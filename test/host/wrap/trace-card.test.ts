// SPDX-License-Identifier: Apache-2.0
// What wrappers of a card tell and count, and that the card behind them notices nothing.

import { describe, expect, it } from 'vitest';
import type { CardSlot } from '../../../host/interfaces.js';
import { countCard } from '../../../host/wrap/count-card.js';
import { traceCard } from '../../../host/wrap/trace-card.js';

const ATR = Uint8Array.of(0x3b, 0x00);
const COMMAND = Uint8Array.of(0x00, 0x70, 0x00, 0x00, 0x01);
const RESPONSE = Uint8Array.of(0x01, 0x90, 0x00);

function recordingCard(transmit: () => Promise<Uint8Array> = async () => RESPONSE): CardSlot & { readonly seen: string[] } {
  const seen: string[] = [];
  const see = (what: string): void => void seen.push(what);
  return {
    seen,
    reset: () => {
      see('reset');
      return ATR;
    },
    powerOff: () => see('powerOff'),
    transmit: (command) => {
      see(Buffer.from(command).toString('hex'));
      return transmit();
    },
  };
}

async function use(card: CardSlot): Promise<void> {
  expect(await card.reset()).toBe(ATR);
  expect(await card.transmit(COMMAND)).toBe(RESPONSE);
  card.powerOff();
}

const USED = ['reset', '0070000001', 'powerOff'];

describe('traceCard', () => {
  it('tells everything in its order', async () => {
    const records: unknown[] = [];
    const card = recordingCard();
    await use(traceCard(card, (json) => records.push(JSON.parse(json)), { nowMs: () => 7 }));
    expect(card.seen).toEqual(USED);
    expect(records).toEqual([
      { timeMs: 7, lane: 'card', direction: 'out', event: 'reset' },
      { timeMs: 7, lane: 'card', direction: 'in', event: 'atr', bytes: '3B00' },
      { timeMs: 7, lane: 'card', direction: 'out', event: 'command', bytes: '0070000001' },
      { timeMs: 7, lane: 'card', direction: 'in', event: 'response', bytes: '019000' },
      { timeMs: 7, lane: 'card', direction: 'out', event: 'powerOff' },
    ]);
  });

  it('tells why a card is gone, and passes that on', async () => {
    const records: unknown[] = [];
    const card = recordingCard(async () => Promise.reject(new Error('taken out')));
    await expect(traceCard(card, (json) => records.push(JSON.parse(json))).transmit(COMMAND)).rejects.toThrow('taken out');
    expect(records.at(-1)).toMatchObject({ direction: 'in', event: 'broken', reason: 'taken out' });
  });
});

describe('countCard', () => {
  it('counts APDUs and their bytes', async () => {
    const card = recordingCard();
    const counted = countCard(card);
    await use(counted);
    expect(card.seen).toEqual(USED);
    expect(counted.counters).toEqual({ writes: 1, bytesOut: 5, chunks: 1, bytesIn: 3 });
  });
});
