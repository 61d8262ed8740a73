// SPDX-License-Identifier: Apache-2.0
// What the link is meant to reach, and whether it does: ratios and counts within one run, which no machine makes slower.

import type { Job } from './bed.js';
import type { CoapRow, Results } from './measure.js';

export interface Verdict {
  readonly target: string;
  /** What was measured, in words. */
  readonly measured: string;
  readonly limit: string;
  readonly isMet: boolean;
  /** What is told for comparison only: nothing fails by it. */
  readonly isGoal: boolean;
}

const MOST_IDLE_BYTES = 64;
const MOST_DOWN = 1.02;
const MOST_ALL = 1.1;
const MOST_TIME = 1.1;

/** Every target that the extent of the results lets judge. */
export function judge(results: Results): Verdict[] {
  return [...idleTargets(results), ...resumptionTargets(results), ...downloadTargets(results), ...everyRunTargets(results)];
}

/** The rows of one job; those of another link or security differ in time alone. */
const rowsOf = ({ coap }: Results, job: Job): CoapRow[] => coap.filter((row) => row.job === job);

function verdict(target: string, measured: number, limit: number, words: (value: number) => string = String, where = ''): Verdict {
  return { target, measured: `${words(measured)}${where}`, limit: `at most ${words(limit)}`, isMet: measured <= limit, isGoal: true };
}

const must = (judged: Verdict): Verdict => ({ ...judged, isGoal: false });
const ratio = (value: number): string => value.toFixed(3);
const largest = (numbers: readonly number[]): number => Math.max(...numbers);

function idleTargets(results: Results): Verdict[] {
  const runs = rowsOf(results, 'idle').map(({ run }) => run);
  if (runs.length === 0) return [];
  const most = (pick: (run: CoapRow['run']) => number) => largest(runs.map(pick));
  return [
    must(
      verdict(
        'idle poll: CoAP messages up',
        most(({ up }) => up.coapMessages),
        1,
      ),
    ),
    must(
      verdict(
        'idle poll: CoAP messages down',
        most(({ down }) => down.coapMessages),
        1,
      ),
    ),
    must(
      verdict(
        'idle poll: bytes of CoAP up',
        most(({ up }) => up.coapBytes),
        MOST_IDLE_BYTES,
      ),
    ),
  ];
}

function resumptionTargets(results: Results): Verdict[] {
  const resumed = results.coap.filter(({ security }) => security === 'resumed');
  if (resumed.length === 0) return [];
  const most = largest(resumed.map(({ run }) => run.handshakeRoundTrips));
  return [must(verdict('wake-up with a resumed session: round trips for the handshake', most, 1))];
}

function downloadTargets(results: Results): Verdict[] {
  const rows = rowsOf(results, 'download');
  if (rows.length === 0) return [];
  const { payloadUp, payloadDown, coapDown, dtlsBytes } = results.packageTraffic;
  const session = (row: CoapRow) => (row.run.up.dtlsBytes + row.run.down.dtlsBytes) / payloadOf(results, 'download');
  const whole = (row: CoapRow) => row.run.timeMs / Math.max(cardOf(results).cardMs, row.networkMs);
  const alone = (row: CoapRow) => row.packageMs! / Math.max(cardOf(results).packageMs!, row.packageNetworkMs!);
  return [
    must(verdict('profile package: CoAP bytes down / payload down', coapDown / payloadDown, MOST_DOWN, ratio)),
    must(verdict('profile package: DTLS bytes both ways / payload both ways', dtlsBytes / (payloadUp + payloadDown), MOST_ALL, ratio)),
    ...worstOfEach(rows, 'security', session, (row) =>
      verdict(`download session, ${row.security}: DTLS bytes both ways / payload both ways`, session(row), MOST_ALL, ratio),
    ),
    ...worstOfEach(rows, 'preset', alone, (row) =>
      must(verdict(`profile package on ${row.preset}: time / larger of card and network time`, alone(row), MOST_TIME, ratio)),
    ),
    ...worstOfEach(rows, 'preset', whole, (row) =>
      must(
        verdict(
          `download session on ${row.preset}: time / larger of card and network time`,
          whole(row),
          MOST_TIME,
          ratio,
          `, ${row.security}`,
        ),
      ),
    ),
  ];
}

const cardOf = ({ cards }: Results) => cards.find(({ job }) => job === 'download')!;

function payloadOf({ cards }: Results, job: Job): number {
  const { up, down } = cards.find((card) => card.job === job)!.bound;
  return up.payloadBytes + down.payloadBytes;
}

/** The verdict on the worst row for each value of `key`. */
function worstOfEach(
  rows: readonly CoapRow[],
  key: 'security' | 'preset',
  measured: (row: CoapRow) => number,
  judgeRow: (row: CoapRow) => Verdict,
): Verdict[] {
  const worst = new Map<string, CoapRow>();
  for (const row of rows) {
    const before = worst.get(row[key]);
    if (!before || measured(row) > measured(before)) worst.set(row[key], row);
  }
  return [...worst.values()].map(judgeRow);
}

function everyRunTargets(results: Results): Verdict[] {
  const { coap, cards, standardTimers, lossy } = results;
  if (coap.length === 0) return [];
  const beyond = coap.map(
    ({ job, run }) => run.roundTrips - run.handshakeRoundTrips - cards.find((card) => card.job === job)!.bound.roundTrips,
  );
  const memory = [...coap, ...standardTimers, ...lossy].map(({ run }) => run.memoryBytes);
  return [
    must(verdict('every run: round trips beside those of handshake and blocks', largest(beyond), 0)),
    must(verdict('every run: bytes of RAM beyond those of the smallest run', largest(memory) - Math.min(...memory), 0)),
  ];
}
