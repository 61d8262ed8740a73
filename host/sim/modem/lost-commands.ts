// SPDX-License-Identifier: Apache-2.0
// A modem that loses one command line in so many, without a word.

import type { CommandQuirks } from './quirks.js';

/** Counts the command lines that may be lost. */
export class LostCommands {
  private seen = 0;

  constructor(private readonly quirks: CommandQuirks) {}

  /** Whether this line is lost; it begins with AT. Call once per line: it counts. */
  isLost(line: string): boolean {
    const { lostCommands } = this.quirks;
    if (lostCommands === undefined || !line.toUpperCase().startsWith(lostCommands.prefix.toUpperCase())) return false;
    this.seen += 1;
    return this.seen % lostCommands.every === 0;
  }
}
