// SPDX-License-Identifier: Apache-2.0
// Every firmware that is built and run, with its budget. `npm run boards` and its report read this table.

/** Upper limits; `npm run boards` fails past any of them. */
export interface FirmwareBudget {
  /** Everything that is in flash: application, port, runtime and module. */
  readonly flashBytes: number;
  /** Variables, the runtime's memory, and the stack as deep as it has been. */
  readonly ramBytes: number;
  /** Instructions of the longest ipa_poll or ipa_event: so long the firmware's loop stands still. */
  readonly longestCall: number;
}

/** One firmware. */
export interface FirmwareRow {
  readonly board: string;
  readonly runtime: string;
  readonly variant: string;
  readonly scheme: 'https' | 'coap' | 'coaps';
  /** Set aside for the stack: what was used, and about half as much to spare. */
  readonly stackBytes: number;
  readonly budget: FirmwareBudget;
}

const KIB = 1024;
/** So that a loop without tasks never stands still for long. */
const LONGEST_CALL = 200_000;

const native = { runtime: 'native', scheme: 'https', stackBytes: 1024 } as const;
const nativeSmall = { ...native, runtime: 'native-small' } as const;
const wasm3 = { runtime: 'wasm3', scheme: 'https', stackBytes: 6 * KIB } as const;
const wamr = { runtime: 'wamr', scheme: 'https', stackBytes: 2 * KIB } as const;

const budget = (flashKib: number, ramKib: number): FirmwareBudget => ({
  flashBytes: flashKib * KIB,
  ramBytes: ramKib * KIB,
  longestCall: LONGEST_CALL,
});

/** The table. */
export const firmwareRows: readonly FirmwareRow[] = [
  { ...native, board: 'mps2-an386', variant: 'ipad', budget: budget(41, 14) },
  { ...native, board: 'mps2-an505', variant: 'ipad', budget: budget(41, 14) },
  { ...native, board: 'lm3s6965evb', variant: 'ipad-min', budget: budget(20, 10) },
  { ...native, board: 'mps2-an386', variant: 'ipad-min-coap', scheme: 'coap', budget: budget(24, 13) },
  { ...nativeSmall, board: 'mps2-an386', variant: 'ipad', budget: budget(26, 14) },
  { ...nativeSmall, board: 'lm3s6965evb', variant: 'ipad-min', budget: budget(15, 10) },
  { ...nativeSmall, board: 'mps2-an386', variant: 'ipad-min-coap', scheme: 'coap', budget: budget(17, 13) },
  { ...wasm3, board: 'mps2-an386', variant: 'ipad', budget: budget(81, 210) },
  { ...wasm3, board: 'mps2-an386', variant: 'ipad-min', budget: budget(60, 102) },
  { ...wamr, board: 'mps2-an386', variant: 'ipad', budget: budget(98, 98) },
  { ...wamr, board: 'lm3s6965evb', variant: 'ipad-min', budget: budget(76, 56) },
];
