// SPDX-License-Identifier: Apache-2.0
// Non-volatile memory as text, so that a simulated eUICC can be put away and taken out again: JSON, with byte strings as {"hex": "…"}.
import { fromHex, hex } from '../../codec/bytes.js';
import { emptyMemory, type NonVolatileMemory } from './non-volatile.js';

/** Changes with the layout of NonVolatileMemory. */
const FORMAT_VERSION = 1;

interface SavedEuicc {
  readonly formatVersion: number;
  readonly eid: string;
  readonly memory: NonVolatileMemory;
}

/** The memory of the eUICC with this EID. */
export function saveMemory(eid: string, memory: NonVolatileMemory): string {
  const saved: SavedEuicc = { formatVersion: FORMAT_VERSION, eid, memory };
  return JSON.stringify(saved, (_, value: unknown) => (value instanceof Uint8Array ? { hex: hex(value) } : value), 1);
}

/** Reads what saveMemory wrote. Throws Error for another format or another eUICC's memory, SyntaxError for text that is no JSON. */
export function restoreMemory(eid: string, text: string): NonVolatileMemory {
  const saved = JSON.parse(text, (_, value: unknown) => (isHex(value) ? fromHex(value.hex) : value)) as SavedEuicc;
  if (saved.formatVersion !== FORMAT_VERSION) throw new Error(`the saved memory has format ${saved.formatVersion}, not ${FORMAT_VERSION}`);
  if (saved.eid !== eid) throw new Error(`the saved memory is that of eUICC ${saved.eid}, not ${eid}`);
  return { ...emptyMemory(), ...saved.memory };
}

function isHex(value: unknown): value is { hex: string } {
  return typeof value === 'object' && value !== null && typeof (value as { hex?: unknown }).hex === 'string';
}
