// SPDX-License-Identifier: Apache-2.0
// What a command has done, as one object for programs or as lines for people.

import type { IpaError } from '../../core/errors.js';
import { Es10Error } from '../../es10/index.js';
import type { CommandResult } from '../../result.js';
import { adviceFor, detailText, withModemAdvice } from '../advice.js';
import { Failure, oneLine, printFailure } from '../failure.js';
import type { ConnectionOptions } from './options.js';
import type { RunFacts, Session } from './session.js';

/** An error for programs. */
export interface ErrorReport {
  /** Stable name: of the module's errors, or of the result of an ES10 function. */
  readonly code: string;
  /** The module's negative number, or that of the result. */
  readonly number: number;
  readonly layer: string;
  readonly message: string;
  /** The peer's own code; 0 when there is none. */
  readonly detail: number;
  readonly advice: string;
}

/** The object of --json, and the failure behind its error. */
export type Report<Extra = unknown> = RunFacts & Extra & { readonly ok: boolean; readonly error?: ErrorReport; readonly failure?: Failure };

/** What commands that talk to servers count. */
export type Counts = Omit<CommandResult, 'error' | 'detail'>;

/** The report on the result of a command that talks to servers. `advice` takes the place of the usual one. */
export function reportResult(result: CommandResult, session: Session, advice?: string): Report<Counts> {
  const { error, detail: _, ...counts } = result;
  const facts = { ...session.facts(), ...counts };
  return error ? { ok: false, ...facts, ...explain(error, session, advice) } : { ok: true, ...facts };
}

/** The error of a report, and the failure behind it. `otherAdvice` takes the place of the usual one. */
export function explain(
  error: IpaError | Es10Error,
  session: Pick<Session, 'networkProblem' | 'known'>,
  otherAdvice?: string,
): Required<Pick<Report, 'error' | 'failure'>> {
  const facts = error instanceof Es10Error ? es10Facts(error) : ipaFacts(error, session);
  const report = { ...facts, advice: otherAdvice ?? facts.advice };
  return { error: report, failure: new Failure(report.message, report.advice, { cause: error }) };
}

function es10Facts({ code, number, message, advice }: Es10Error): ErrorReport {
  return { code, number, layer: 'eUICC', message, detail: 0, advice };
}

function ipaFacts(error: IpaError, { networkProblem, known }: Pick<Session, 'networkProblem' | 'known'>): ErrorReport {
  const { code, number, layer, detail } = error;
  const details = [detailText(error, detail), layer === 'network' ? networkProblem() : undefined].filter(Boolean);
  const message = details.length === 0 ? error.message : oneLine(`${error.message} — ${details.join(', ')}`);
  return { code, number, layer, message, detail, advice: withModemAdvice(error, adviceFor(error), known.row) };
}

/** Prints a report: as one object, or by `lines` on standard output with the error on standard error. Sets the exit status. */
export function printReport<Extra>(report: Report<Extra>, options: ConnectionOptions, lines: (report: Report<Extra>) => string[]): void {
  const { failure, ...told } = report;
  if (options.json) console.log(JSON.stringify(told));
  else {
    for (const line of lines(report)) console.log(line);
    if (failure) printFailure(failure, options.debug ?? false);
  }
  process.exitCode = report.ok ? 0 : 1;
}

/** The lines of commands that talk to servers; `servers` is what the requests went by, such as "ESipa". */
export function resultLines(report: Report<Counts>, servers: string, withPackages = true): string[] {
  const { runtime, modem, packages, profilesInstalled, notifications, stateChange, modemLine, network, datagrams, timeMs } = report;
  const { datagramsUp, datagramsDown } = datagrams;
  const udp = datagramsUp + datagramsDown === 0 ? '' : `, ${count(datagramsUp, 'datagram')} out, ${datagramsDown} in`;
  const done = [
    ...(withPackages ? [count(packages, 'package')] : []),
    `${count(profilesInstalled, 'profile')} installed`,
    `${count(notifications, 'notification')} delivered`,
  ];
  return [
    `${runtime}, modem ${modem}, ${Math.round(timeMs)} ms`,
    `${modem.startsWith('pcsc:') ? 'card' : 'modem line'}: ${modemLine.bytesOut} bytes out, ${modemLine.bytesIn} in; ${servers}: ${udp && network.requests === 0 ? udp.slice(2) : count(network.requests, 'request') + udp}`,
    ...(stateChange === undefined ? [] : [`the eIM has yet to be told of a change of profiles (${stateChange}): poll it`]),
    `${report.ok ? 'done' : 'failed'}: ${done.join(', ')}`,
  ];
}

/** "1 profile", "2 profiles". */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
