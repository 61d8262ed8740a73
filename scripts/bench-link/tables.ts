// SPDX-License-Identifier: Apache-2.0
// The tables of docs/performance.md.

import type { StreamRun } from '../../host/wrap/stream-timing.js';
import { number, table } from '../markdown.js';
import type { Job } from './bed.js';
import { IP_UDP_BYTES, RECORD_BYTES } from './bound.js';
import type { Security, Traffic } from './dtls-link.js';
import type { HttpsRuns } from './https-run.js';
import { type CoapRow, type ExtraRow, type HttpsRow, JOBS, PRESETS, type Preset, type Results, timersOf } from './measure.js';
import { judge } from './targets.js';

/** What was recorded over HTTPS, and with which library. */
export interface HttpsRecord {
  /** Major and minor version of OpenSSL. */
  readonly openssl: string;
  readonly runs: Readonly<Record<Job, HttpsRuns>>;
}

const JOB_WORDS: Readonly<Record<Job, string>> = { idle: 'idle poll', enable: 'enable', download: 'download' };
const SECURITY_WORDS: Readonly<Record<Security, string>> = {
  certificate: 'CoAP, certificate',
  psk: 'CoAP, PSK',
  resumed: 'CoAP, resumed',
};
const HTTPS_WORDS = { full: 'HTTPS', resumed: 'HTTPS, resumed' } as const;
const BOUND_WORDS = 'lower bound';
const DAYS = 365;

const both = (up: number, down: number): string => `${number(up)} / ${number(down)}`;

/** Three digits or so. */
function seconds(ms: number): string {
  const value = ms / 1_000;
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** The content of each block by its name. @throws Error when bytes that should be the same on every link are not. */
export function blocks(results: Results, https: HttpsRecord): Readonly<Record<string, string>> {
  requireSameBytes(results);
  return {
    bytes: bytesTable(results, https),
    network: networkTable(results),
    device: deviceTable(results),
    year: yearTable(results),
    timers: extraTable(results.standardTimers, results, true),
    losses: extraTable(results.lossy, results, false),
    targets: targetTable(results),
    package: packageSentence(results),
    https: httpsTable(https),
  };
}

/**
 * Nothing is lost and nothing is sent twice, so that the link makes no difference but one: the end of a short handshake goes in one datagram with
 * the first request where the card has been read by then.
 */
function requireSameBytes({ coap }: Results): void {
  const counts = new Map<string, string>();
  for (const { job, security, preset, run } of coap) {
    const key = `${job}, ${security}`;
    const { datagrams, ipBytes, ...up } = run.up;
    const ofJob = coap.filter((row) => row.job === job);
    const isTogether = security === 'resumed' && datagrams < mostDatagrams(ofJob, security).run.up.datagrams;
    const apart = { datagrams: datagrams + Number(isTogether), ipBytes: ipBytes + Number(isTogether) * IP_UDP_BYTES };
    const count = JSON.stringify([up, apart, run.down, run.roundTrips]);
    if (count !== (counts.get(key) ?? count)) throw new Error(`${key}: ${preset} carries ${count}, links before it ${counts.get(key)}`);
    counts.set(key, count);
  }
}

/** The row of this security on the link where most datagrams go up. */
function mostDatagrams(rows: readonly CoapRow[], security: Security): CoapRow {
  const ofSecurity = rows.filter((row) => row.security === security);
  return ofSecurity.reduce((most, row) => (row.run.up.datagrams > most.run.up.datagrams ? row : most));
}

/** The last row of each key. */
function oneEach<Row>(rows: readonly Row[], key: (row: Row) => string): Row[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}

function bytesTable({ coap, https, cards }: Results, { runs }: HttpsRecord): string {
  const head = ['Job', 'By', 'messages', 'CoAP', 'with DTLS or TLS', 'with IP', 'datagrams or segments', 'round trips'];
  const rows = JOBS.flatMap((job) => {
    const { bound } = cards.find((card) => card.job === job)!;
    const { up, down } = bound;
    const payload = both(up.payloadBytes, down.payloadBytes);
    const ofJob = coap.filter((row) => row.job === job);
    const coapRows = oneEach(ofJob, ({ security }) => security).map(({ security }) => mostDatagrams(ofJob, security));
    const httpsRows = oneEach(
      https.filter((row) => row.job === job),
      ({ resumed }) => String(resumed),
    );
    return [
      ...coapRows.map(({ security, run }) => [
        JOB_WORDS[job],
        SECURITY_WORDS[security],
        payload,
        ...coapCells(run.up, run.down),
        String(run.roundTrips),
      ]),
      ...httpsRows.map(({ resumed, timing }) => [
        JOB_WORDS[job],
        HTTPS_WORDS[resumed ? 'resumed' : 'full'],
        payload,
        '–',
        both(...runBytes(runs[job][resumed ? 'resumed' : 'full'])),
        both(timing.up.bytes, timing.down.bytes),
        both(timing.up.segments, timing.down.segments),
        String(timing.roundTrips),
      ]),
      [JOB_WORDS[job], BOUND_WORDS, payload, ...coapCells(up, down), String(bound.roundTrips)],
    ];
  });
  return table(head, rows);
}

type CountedTraffic = Pick<Traffic, 'coapBytes' | 'dtlsBytes' | 'ipBytes' | 'datagrams'>;

function coapCells(up: CountedTraffic, down: CountedTraffic): string[] {
  return (['coapBytes', 'dtlsBytes', 'ipBytes', 'datagrams'] as const).map((what) => both(up[what], down[what]));
}

function runBytes(runs: readonly StreamRun[]): [number, number] {
  const sum = (direction: StreamRun['direction']) =>
    runs.filter((run) => run.direction === direction).reduce((total, { bytes }) => total + bytes, 0);
  return [sum('up'), sum('down')];
}

function networkTable({ coap, https }: Results): string {
  return timeTable((job, cells) => [
    ...coapTimes(coap, job, cells, ({ networkMs }) => networkMs),
    ...([false, true] as const).map((resumed) => [
      JOB_WORDS[job],
      HTTPS_WORDS[resumed ? 'resumed' : 'full'],
      ...cells((preset) => httpsOf(https, job, resumed, preset).timing.timeMs),
    ]),
    [JOB_WORDS[job], BOUND_WORDS, ...cells((preset) => coap.find((row) => row.job === job && row.preset === preset)!.boundMs)],
  ]);
}

function deviceTable({ coap, cards }: Results): string {
  return timeTable((job, cells) => [
    ...coapTimes(coap, job, cells, ({ run }) => run.timeMs),
    [JOB_WORDS[job], 'card alone', ...cells(() => cards.find((card) => card.job === job)!.cardMs)],
  ]);
}

type Cells = (timeMs: (preset: Preset) => number) => string[];

function timeTable(rowsOf: (job: Job, cells: Cells) => string[][]): string {
  const cells: Cells = (timeMs) => PRESETS.map((preset) => seconds(timeMs(preset)));
  return table(
    ['Job', 'By', ...PRESETS],
    JOBS.flatMap((job) => rowsOf(job, cells)),
  );
}

function coapTimes(coap: readonly CoapRow[], job: Job, cells: Cells, timeMs: (row: CoapRow) => number): string[][] {
  return (Object.keys(SECURITY_WORDS) as Security[]).map((security) => [
    JOB_WORDS[job],
    SECURITY_WORDS[security],
    ...cells((preset) => timeMs(coap.find((row) => row.job === job && row.security === security && row.preset === preset)!)),
  ]);
}

function httpsOf(rows: readonly HttpsRow[], job: Job, resumed: boolean, preset: Preset): HttpsRow {
  return rows.find((row) => row.job === job && row.resumed === resumed && row.preset === preset)!;
}

/** Links of which the year is told. */
const YEAR_PRESETS: readonly Preset[] = ['nb-iot-ce0', 'nb-iot-ce2'];

function yearTable({ coap, https }: Results): string {
  const idle = coap.filter(({ job, preset }) => job === 'idle' && YEAR_PRESETS.includes(preset));
  const year = (what: string, { up, down }: { up: number; down: number }, datagrams: number, timeMs: (preset: Preset) => number) => [
    what,
    number(up * DAYS),
    number(down * DAYS),
    number(datagrams * DAYS),
    ...YEAR_PRESETS.map((preset) => number(Math.round((timeMs(preset) * DAYS) / 60_000))),
  ];
  const coapRows = oneEach(idle, ({ security }) => security).map(({ security, run: { up, down } }) => {
    const timeMs = (preset: Preset) => idle.find((row) => row.preset === preset && row.security === security)!.networkMs;
    return year(SECURITY_WORDS[security], { up: up.ipBytes, down: down.ipBytes }, up.datagrams + down.datagrams, timeMs);
  });
  const httpsRows = [false, true].map((resumed) => {
    const timing = (preset: Preset) => httpsOf(https, 'idle', resumed, preset).timing;
    const { up, down } = timing(YEAR_PRESETS[0]!);
    const bytes = { up: up.bytes, down: down.bytes };
    return year(HTTPS_WORDS[resumed ? 'resumed' : 'full'], bytes, up.segments + down.segments, (preset) => timing(preset).timeMs);
  });
  const head = ['By', 'bytes up', 'bytes down', 'datagrams or segments', ...YEAR_PRESETS.map((preset) => `minutes, ${preset}`)];
  return table(head, [...coapRows, ...httpsRows], 1);
}

/** Runs beside the tables, each next to the one that they differ from. */
function extraTable(rows: readonly ExtraRow[], { coap }: Results, showsTimers: boolean): string {
  const head = ['Job', 'Link', ...(showsTimers ? ['timers that fit'] : []), 'datagrams', 'of', 'IP bytes', 'of', 'seconds', 'of'];
  return table(
    head,
    rows.map(({ job, preset, run }) => {
      const usual = coap.find((row) => row.job === job && row.preset === preset && row.security === 'resumed')!.run;
      const { ackTimeoutMs, retransmitMs } = timersOf(preset);
      return [
        JOB_WORDS[job],
        preset,
        ...(showsTimers ? [`${ackTimeoutMs / 1_000} s, ${retransmitMs / 1_000} s`] : []),
        ...[run, usual].map(({ up, down }) => number(up.datagrams + down.datagrams)),
        ...[run, usual].map(({ up, down }) => number(up.ipBytes + down.ipBytes)),
        ...[run, usual].map(({ timeMs }) => seconds(timeMs)),
      ];
    }),
  );
}

function targetTable(results: Results): string {
  return table(
    ['What', 'Met', 'measured', 'at most'],
    judge(results).map(({ target, measured, limit, isMet }) => [target, isMet ? 'yes' : '**no**', measured, limit.replace('at most ', '')]),
  );
}

function packageSentence({ packageTraffic: traffic }: Results): string {
  const { payloadUp, payloadDown, coapUp, coapDown, datagramsUp, datagramsDown, dtlsBytes } = traffic;
  return (
    `The request has ${number(payloadUp)} bytes and the answer ${number(payloadDown)}; they go as ${number(coapUp)} and ${number(coapDown)} bytes of ` +
    `CoAP in ${datagramsUp} and ${datagramsDown} datagrams, with records of DTLS (${RECORD_BYTES} bytes each) ${number(dtlsBytes)} bytes both ways.`
  );
}

const HTTPS_LINE = /^\| (.+?) \| (full|resumed) \| ([\d, ]+) \|$/gm;

function httpsTable({ openssl, runs }: HttpsRecord): string {
  const list = (of: readonly StreamRun[]) => of.map(({ bytes }) => bytes).join(', ');
  const rows = JOBS.flatMap((job) => (['full', 'resumed'] as const).map((kind) => [JOB_WORDS[job], kind, list(runs[job][kind])]));
  return `Recorded with OpenSSL ${openssl}.\n\n${table(['Job', 'Handshake', 'bytes up, down, up, down …'], rows)}`;
}

/** What httpsTable wrote. Undefined when it is not there. */
export function readHttps(text: string): HttpsRecord | undefined {
  const openssl = /^Recorded with OpenSSL (\d+\.\d+)\.$/m.exec(text)?.[1];
  if (openssl === undefined) return undefined;
  const lines = [...text.matchAll(HTTPS_LINE)];
  const runsOf = (job: Job, kind: keyof HttpsRuns): StreamRun[] => {
    const list = lines.find(([, words, each]) => words === JOB_WORDS[job] && each === kind)?.[3] ?? '';
    return list.split(', ').map((bytes, index) => ({ direction: index % 2 === 0 ? 'up' : 'down', bytes: Number(bytes) }));
  };
  const pair = (job: Job): HttpsRuns => ({ full: runsOf(job, 'full'), resumed: runsOf(job, 'resumed') });
  return { openssl, runs: { idle: pair('idle'), enable: pair('enable'), download: pair('download') } };
}
