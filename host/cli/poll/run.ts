// SPDX-License-Identifier: Apache-2.0
// One poll as the command line wants it.

import { poll } from '../../driver.js';
import type { PollOptions } from '../../options.js';
import { defined, readOptionFile } from '../arguments.js';
import { type Counts, type Report, reportResult } from '../connection/report.js';
import { type Session, withSession } from '../connection/session.js';
import { UsageError } from '../failure.js';
import type { PollCommandOptions } from './command.js';

/** Runs the poll. Rejects with UsageError before anything is opened, and with Failure or IpaError when something cannot be. */
export async function runPoll(options: PollCommandOptions): Promise<Report<Counts>> {
  const initialEim = options.initialEim === undefined ? undefined : readInitialEim('--initial-eim', options.initialEim);
  return withSession(options, async (session) =>
    reportResult(await poll(session.links, pollOptions(options, session, initialEim)), session),
  );
}

function pollOptions(options: PollCommandOptions, session: Session, initialEim = session.initialEim): PollOptions {
  const { eimUrl: eimAddress, eimId, imei, esipaBinding, rplmn } = options;
  return { ...session.commandOptions, ...defined({ eimAddress, eimId, imei, esipaBinding, rplmn, initialEim }) };
}

/** The AddInitialEimRequest in a file. @throws UsageError when it is none */
export function readInitialEim(option: string, file: string): Uint8Array {
  const bytes = readOptionFile(option, file);
  if (bytes[0] === 0xbf && bytes[1] === 0x57) return bytes;
  throw new UsageError(`${option}: ${file} does not begin with BF57; write a file with a DER AddInitialEimRequest (SGP.32 §5.9.4)`);
}
