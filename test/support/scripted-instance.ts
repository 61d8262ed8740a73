// SPDX-License-Identifier: Apache-2.0
// An instance that plays actions from a script and keeps what it is told: for tests of the host alone.

import { Action } from '../../host/abi.js';
import { tlv } from '../../host/asn1/tlv.js';
import type { IpaInstance } from '../../host/interfaces.js';

/** One action, and how many events must come before the next one. */
export interface Step {
  readonly kind: number;
  readonly argument?: number;
  readonly bytes?: Uint8Array;
  /** Default 1; 0 for actions that are not answered. */
  readonly events?: number;
}

/** An event as the host told it. */
export interface ToldEvent {
  readonly kind: number;
  readonly argument: number;
  readonly bytes: string;
}

/** Summary TLVs of action Finished. */
export function summary(values: Readonly<Record<number, number>>): Uint8Array {
  const bytes = Object.entries(values).map(([tag, value]) => {
    const number = Buffer.alloc(4);
    number.writeInt32BE(value);
    return tlv(Number(tag), number);
  });
  return new Uint8Array(Buffer.concat(bytes));
}

/** An instance that plays `steps` after event Command, and ends with action Finished of `result` when the script has none itself. */
export function scriptedInstance(steps: readonly Step[], result = 0): IpaInstance & { readonly events: ToldEvent[] } {
  const events: ToldEvent[] = [];
  const rest = [...steps];
  let missing = 0;
  return {
    events,
    runtime: 'script',
    memoryBytes: 0,
    async poll() {
      if (missing > 0) return { kind: Action.Idle, argument: -1, bytes: new Uint8Array() };
      const {
        kind,
        argument = 0,
        bytes = new Uint8Array(),
        events: wanted = 1,
      } = rest.shift() ?? { kind: Action.Finished, argument: result };
      missing = wanted;
      return { kind, argument, bytes };
    },
    async event(kind, argument, bytes = new Uint8Array()) {
      events.push({ kind, argument, bytes: Buffer.from(bytes).toString('hex').toUpperCase() });
      if (events.length > 1) missing = Math.max(0, missing - 1);
      return bytes.length;
    },
    saveState: async () => new Uint8Array([1, 2, 3]),
    restoreState: async () => {},
    close: async () => {},
  };
}
