// SPDX-License-Identifier: Apache-2.0
// Asks the modem what it is, and finds out what is known about it: in the table of --modem-quirks, else in that of the project.

import type { ByteLine, CardSlot } from '../../interfaces.js';
import { identifyModem, type ModemIdentity } from '../../modem/identify.js';
import { type ModemQuirkRow, optionWords, quirksFor, readModemQuirks, rowName } from '../../modem/modem-quirks.js';
import { MODEM_QUIRKS } from '../../modem/modem-quirks-table.js';
import type { CommandOptions } from '../../options.js';
import { defined, readOptionFile } from '../arguments.js';
import { UsageError } from '../failure.js';
import type { ConnectionOptions } from './options.js';

/** What is known about the modem of a run; nothing about a card in a reader. */
export interface KnownModem {
  /** Undefined when it was not asked, or does not tell. */
  readonly identity: ModemIdentity | undefined;
  /** The row whose options are used. */
  readonly row: ModemQuirkRow | undefined;
}

const NONE = 'none';

/** The tables to look in, those of the user first; undefined: in none. @throws UsageError when the file cannot be read or is no table */
export function readTables({ modemQuirks }: ConnectionOptions): readonly ModemQuirkRow[] | undefined {
  if (modemQuirks === NONE) return undefined;
  if (modemQuirks === undefined) return MODEM_QUIRKS;
  const json = Buffer.from(readOptionFile('--modem-quirks', modemQuirks)).toString('utf8');
  try {
    return [...readModemQuirks(json), ...MODEM_QUIRKS];
  } catch (cause) {
    throw new UsageError(`--modem-quirks: ${modemQuirks}: ${(cause as Error).message}`, { cause });
  }
}

/** Asks the modem, if there is one and tables to look in. `tell` gets a line when something is known about it. */
export async function knowModem(
  card: ByteLine | CardSlot,
  tables: readonly ModemQuirkRow[] | undefined,
  tell: (line: string) => void,
): Promise<KnownModem> {
  if (!tables || !('write' in card)) return { identity: undefined, row: undefined };
  const identity = await identifyModem(card);
  const row = identity && quirksFor(identity, tables);
  if (row && optionWords(row.options)) tell(`modem  ${rowName(row)}: ${optionWords(row.options)}`);
  return { identity, row };
}

/** The options of the module that every command has: those of the command line, else those of the modem's row. */
export function commandOptionsOf(options: ConnectionOptions, row: ModemQuirkRow | undefined): CommandOptions {
  const { blockSize: blockBytes, responseBytes, cardAccess, modemReset, simLock, awaitRegistration, cardTimeoutMs, assistant } = options;
  const registration = awaitRegistration === false ? { awaitRegistration } : {};
  return {
    ...row?.options,
    ...defined({ blockBytes, responseBytes, cardAccess, modemReset, simLock, cardTimeoutMs, assistant }),
    ...registration,
    restart: options.state !== undefined,
  };
}
