// SPDX-License-Identifier: Apache-2.0
// The boards that boards/cortex-m/ has, and what compiler and emulator are told of each.

/** One board. */
export interface Board {
  /** QEMU's name of the machine, and the folder below boards/cortex-m/. */
  readonly name: string;
  readonly processor: string;
  /** C files of this board alone, in its folder. */
  readonly sources: readonly string[];
}

const BOARDS: readonly Board[] = [
  { name: 'mps2-an386', processor: 'cortex-m4', sources: [] },
  { name: 'lm3s6965evb', processor: 'cortex-m3', sources: ['board.c'] },
  { name: 'mps2-an505', processor: 'cortex-m33', sources: [] },
];

/** @throws Error for a board that is not there */
export function findBoard(name: string): Board {
  const found = BOARDS.find((board) => board.name === name);
  if (!found) throw new Error(`no board ${name}; there are ${BOARDS.map((board) => board.name).join(', ')}`);
  return found;
}
