// SPDX-License-Identifier: Apache-2.0
// What a poll has done, as one object for programs or as lines for people.

import type { IpaError } from '../../core/errors.js';
import type { Transport } from '../../interfaces.js';
import type { CommandResult } from '../../result.js';
import type { LineCounters } from '../../wrap/count-line.js';
import { adviceFor, detailText } from '../advice.js';
import { Failure, oneLine } from '../failure.js';

/** The object of --json, and the failure behind its error. Bytes are seen from the device: out and up go away from it. */
export interface PollReport {
  readonly ok: boolean;
  readonly runtime: string;
  /** Name of the modem line. */
  readonly modem: string;
  readonly packages: number;
  readonly profilesInstalled: number;
  readonly notifications: number;
  readonly modemLine: Pick<LineCounters, 'bytesIn' | 'bytesOut'>;
  readonly network: Transport['counters'];
  readonly timeMs: number;
  readonly error?: {
    readonly code: string;
    /** The module's negative number. */
    readonly number: number;
    readonly layer: string;
    readonly message: string;
    /** The peer's own code; 0 when there is none. */
    readonly detail: number;
    readonly advice: string;
  };
  readonly failure?: Failure;
}

/** What a report is made of. */
export interface PollFacts extends Omit<PollReport, 'ok' | 'packages' | 'profilesInstalled' | 'notifications' | 'error' | 'failure'> {
  readonly result: CommandResult;
  /** The transport's own words for what failed last. */
  readonly networkProblem: string | undefined;
}

/** Makes the report. */
export function makeReport({ result, networkProblem, ...facts }: PollFacts): PollReport {
  const { error, detail, packages, profilesInstalled, notifications } = result;
  const counted = { ...facts, packages, profilesInstalled, notifications };
  if (!error) return { ok: true, ...counted };
  const message = messageOf(error, detail, networkProblem);
  const advice = adviceFor(error);
  const { code, number, layer } = error;
  return {
    ok: false,
    ...counted,
    error: { code, number, layer, message, detail, advice },
    failure: new Failure(message, advice, { cause: error }),
  };
}

function messageOf(error: IpaError, detail: number, networkProblem: string | undefined): string {
  const details = [detailText(error, detail), error.layer === 'network' ? networkProblem : undefined].filter(Boolean);
  return details.length === 0 ? error.message : oneLine(`${error.message} — ${details.join(', ')}`);
}

/** Prints the report on standard output. */
export function printReport({ failure: _, ...report }: PollReport, json: boolean): void {
  if (json) console.log(JSON.stringify(report));
  else printLines(report);
}

function printLines(report: Omit<PollReport, 'failure'>): void {
  const { runtime, modem, packages, profilesInstalled, notifications, modemLine, network, timeMs } = report;
  console.log(`${runtime}, modem ${modem}, ${Math.round(timeMs)} ms`);
  console.log(`modem line: ${modemLine.bytesOut} bytes out, ${modemLine.bytesIn} in; ESipa: ${count(network.requests, 'request')}`);
  const done = [
    count(packages, 'package'),
    `${count(profilesInstalled, 'profile')} installed`,
    `${count(notifications, 'notification')} delivered`,
  ];
  console.log(`${report.ok ? 'done' : 'failed'}: ${done.join(', ')}`);
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
