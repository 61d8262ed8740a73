// SPDX-License-Identifier: Apache-2.0
// Polls as the command line wants them: one, or one after the other at the times that the module chooses.

import { setTimeout as wait } from 'node:timers/promises';
import { poll } from '../../driver.js';
import type { PollOptions } from '../../options.js';
import { defined } from '../arguments.js';
import { eimOptions, initialEimOf, schemeOf } from '../connection/eim-options.js';
import { type Counts, printReport, type Report, reportResult, resultLines } from '../connection/report.js';
import { type Session, withSession } from '../connection/session.js';
import { UsageError } from '../failure.js';
import { untilInterrupted } from '../interruption.js';
import type { PollCommandOptions } from './command.js';

/** Polls and prints. Rejects with UsageError before anything is opened, and with Failure or IpaError when something cannot be. */
export async function runPolls(options: PollCommandOptions): Promise<void> {
  const { every, jitter, psk } = options;
  if (jitter !== undefined && every === undefined) throw new UsageError('--jitter goes with --every; write both, or none');
  const initialEim = initialEimOf(options);
  const needs = { scheme: schemeOf(options), ...defined({ psk }) };
  const report = await withSession(
    options,
    async (session) => {
      const pollOptions = { ...eimOptions(options, session, initialEim), ...defined({ esipaBinding: options.esipaBinding }) };
      if (every !== undefined) return pollEvery(every, session, pollOptions, options);
      return reportResult(await poll(session.links, pollOptions), session);
    },
    needs,
  );
  if (report) print(report, options);
}

/** A modem that is gone does not come back on this line. */
const ENDS = ['CardLost'];

/** Polls until it is interrupted, which ends a wait but not a poll, or there is no modem any more. */
async function pollEvery(
  every: number,
  session: Session,
  options: PollOptions,
  { jitter = 0, ...printing }: PollCommandOptions,
): Promise<void> {
  const schedule = { intervalSeconds: every, jitterSeconds: jitter };
  await untilInterrupted(async (signal) => {
    for (let restart = options.restart; !signal.aborted; restart = false) {
      const result = await poll(session.links, { ...options, schedule, restart: restart ?? false });
      print(reportResult(result, session), printing);
      if (ENDS.includes(result.error?.code ?? '')) return;
      await wait(1000 * (result.nextPollSeconds ?? every), undefined, { signal }).catch(() => {});
    }
  });
}

function print(report: Report<Counts>, options: Pick<PollCommandOptions, 'json' | 'debug' | 'modem'>): void {
  printReport(report, options, (told) => [...resultLines(told, 'ESipa'), ...nextPoll(told)]);
}

function nextPoll({ nextPollSeconds }: Counts): string[] {
  return nextPollSeconds === undefined ? [] : [`next poll in ${nextPollSeconds} s`];
}
