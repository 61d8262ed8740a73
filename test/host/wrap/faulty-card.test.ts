// SPDX-License-Identifier: Apache-2.0
// The card that fails on purpose.

import { describe, expect, it } from 'vitest';
import type { SyncCardSlot } from '../../../host/interfaces.js';
import { type CardFaultRule, faultyCard } from '../../../host/wrap/faulty-card.js';

const RESPONSE = Uint8Array.of(1, 2, 3, 0x90, 0x00);

function make(rules: readonly CardFaultRule[], seed?: number): { card: SyncCardSlot; seen: string[]; send: (text: string) => string } {
  const seen: string[] = [];
  const inner: SyncCardSlot = {
    reset: () => Uint8Array.of(0x3b),
    powerOff: () => void seen.push('off'),
    transmit: (command) => {
      seen.push(Buffer.from(command).toString('hex'));
      return command[1] === 0x70 ? Uint8Array.of(0x90, 0x00) : RESPONSE;
    },
  };
  const card = faultyCard(inner, rules, seed === undefined ? {} : { seed });
  return { card, seen, send: (text) => Buffer.from(card.transmit(Buffer.from(text, 'hex'))).toString('hex') };
}

describe('faultyCard', () => {
  it('answers the n-th matching APDU with a status word, without asking the card', () => {
    const { send, seen } = make([{ prefix: '80e2', nth: 2, fault: { kind: 'status', statusWord: 0x6f00 } }]);
    expect(['80E2000000', '00700000', '80E2000001', '80E2000002'].map(send)).toEqual(['0102039000', '9000', '6f00', '0102039000']);
    expect(seen).toEqual(['80e2000000', '00700000', '80e2000002']);
  });

  it('runs the command first when told to', () => {
    const { send, seen } = make([{ runs: true, times: 2, fault: { kind: 'status', statusWord: 0x6581 } }]);
    expect(['00A40000', '00A40000', '00A40000'].map(send)).toEqual(['6581', '6581', '0102039000']);
    expect(seen).toHaveLength(3);
    const other = make([{ runs: true, fault: { kind: 'response', bytes: Uint8Array.of(0x61, 0x05) } }]);
    expect(other.send('00A40000')).toBe('6105');
    expect(other.seen).toHaveLength(1);
  });

  it('answers other bytes, for ever if need be', () => {
    const { send, seen } = make([{ times: Number.POSITIVE_INFINITY, fault: { kind: 'response', bytes: Uint8Array.of(0x61, 0x00) } }]);
    for (let count = 0; count < 5; count += 1) expect(send('00C00000')).toBe('6100');
    expect(seen).toEqual([]);
  });

  it('cuts the data short and keeps the status word', () => {
    const { send } = make([{ fault: { kind: 'truncate', bytes: 1 } }]);
    expect(send('00A40000')).toBe('019000');
  });

  it('flips one bit of the data by its seed, and never in the card itself', () => {
    const flips = (seed?: number): string => make([{ fault: { kind: 'flipBit' } }], seed).send('00A40000');
    expect(flips(1)).toBe(flips());
    expect(flips(1)).toBe('0103039000');
    expect(new Set(Array.from({ length: 40 }, (_, seed) => flips(seed))).size).toBeGreaterThan(10);
    expect(RESPONSE).toEqual(Uint8Array.of(1, 2, 3, 0x90, 0x00));
    expect(make([{ fault: { kind: 'flipBit' } }]).send('00700000')).toBe('9000');
  });

  it('lets every rule count every match; the first that hits decides', () => {
    const { send } = make([
      { nth: 2, fault: { kind: 'status', statusWord: 0x6a80 } },
      { prefix: '00', nth: 2, times: 2, fault: { kind: 'status', statusWord: 0x6a82 } },
    ]);
    expect(['0001', '0002', '0003', '0004'].map(send)).toEqual(['0102039000', '6a80', '6a82', '0102039000']);
  });

  it('passes power through and refuses a rule that cannot be', () => {
    const { card, seen, send } = make([{ runs: false, fault: { kind: 'truncate', bytes: 1 } }]);
    expect(card.reset()).toEqual(Uint8Array.of(0x3b));
    card.powerOff();
    expect(seen).toEqual(['off']);
    expect(() => send('0001')).toThrow(RangeError);
  });
});
