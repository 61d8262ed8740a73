// SPDX-License-Identifier: Apache-2.0
// What commands that only ask the eUICC have in common: a session, class Euicc, and a report of what it told.

import type { Command } from 'commander';
import { IpaError } from '../../core/errors.js';
import { Es10Error, Euicc } from '../../es10/index.js';
import { addConnectionOptions, type ConnectionOptions } from '../connection/options.js';
import { explain, printReport, type Report } from '../connection/report.js';
import { withSession } from '../connection/session.js';

/** A command that only asks the eUICC. `Value` is what --json prints beside the facts of the run. */
export interface LocalCommand<Value extends object> {
  readonly name: string;
  readonly description: string;
  /** Of a group: what it does when no command of it is named. */
  readonly isDefault?: boolean;
  /** After the help. */
  readonly examples: string;
  /** Takes arguments and options of its own. */
  readonly configure?: (command: Command) => Command;
  /** Checks the arguments before anything is opened; the words of the command line come first, then its options. */
  readonly check?: (words: readonly string[], options: Readonly<Record<string, unknown>>) => void;
  readonly work: (euicc: Euicc, words: readonly string[], options: Readonly<Record<string, unknown>>) => Promise<Value>;
  /** For people. */
  readonly lines: (value: Value) => string[];
  /** What to do when an eUICC has no such function. */
  readonly withoutFunction?: string;
}

/** Adds the command to a program or a group. */
export function addLocalCommand<Value extends object>(parent: Command, local: LocalCommand<Value>): Command {
  const command = parent.command(local.name, { isDefault: local.isDefault ?? false }).description(local.description);
  return addConnectionOptions(local.configure?.(command) ?? command)
    .addHelpText('after', `\nExamples:\n${local.examples.trimEnd()}\n`)
    .action(async (...given: unknown[]) => {
      const options = given.at(-2) as ConnectionOptions & Readonly<Record<string, unknown>>;
      const words = given.slice(0, -2) as string[];
      local.check?.(words, options);
      const report = await run(local, words, options);
      printReport(report, options, () => (report.ok ? local.lines(report as unknown as Value) : []));
    });
}

async function run<Value extends object>(
  local: LocalCommand<Value>,
  words: readonly string[],
  options: ConnectionOptions & Readonly<Record<string, unknown>>,
): Promise<Report<Value | object>> {
  return withSession(options, async (session) => {
    const euicc = new Euicc(session.links, session.commandOptions);
    try {
      const value = await local.work(euicc, words, options);
      return { ok: true, ...session.facts(), ...value };
    } catch (error) {
      if (!(error instanceof Es10Error || error instanceof IpaError)) throw error;
      const advice = error instanceof IpaError && error.code === 'StatusWord' ? local.withoutFunction : undefined;
      return { ok: false, ...session.facts(), ...explain(error, session, advice) };
    }
  });
}

/** Why an eUICC may not have a function of SGP.22 alone. */
export const LEFT_TO_EIM =
  'an eUICC for IoT leaves this to its eIM: queue a package there, and poll; for a consumer eUICC give --assistant lpad';

/** Why an eUICC may not have a function of SGP.32 alone. */
export const IOT_ONLY = 'only an eUICC for IoT (SGP.32) has this function';
