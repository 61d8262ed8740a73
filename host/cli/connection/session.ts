// SPDX-License-Identifier: Apache-2.0
// What a command works with: opens what its options name, and closes everything again.

import { X509Certificate } from 'node:crypto';
import { createMemorySessionStore, type UdpCounters, type UdpTransportOptions } from '../../datagram/index.js';
import type { DriverLinks } from '../../driver.js';
import type { Action, ByteLine, CardSlot, DatagramTransport, Scheme, Transport } from '../../interfaces.js';
import type { ModemQuirkRow } from '../../modem/modem-quirks.js';
import type { CommandOptions } from '../../options.js';
import type { HttpsOptions } from '../../transport/https.js';
import { countCard } from '../../wrap/count-card.js';
import { countLine, type LineCounters } from '../../wrap/count-line.js';
import { recordLine } from '../../wrap/record-line.js';
import type { TraceSink } from '../../wrap/trace.js';
import { traceCard } from '../../wrap/trace-card.js';
import { traceDatagrams } from '../../wrap/trace-datagrams.js';
import { traceLine } from '../../wrap/trace-line.js';
import { traceTransport } from '../../wrap/trace-transport.js';
import { defined, readOptionFile } from '../arguments.js';
import { UsageError } from '../failure.js';
import { openRuntime } from '../runtime.js';
import { openDtlsSessionFile } from './dtls-session-file.js';
import { commandOptionsOf, type KnownModem, knowModem, readTables } from './known-modem.js';
import { type OpenedModem, openModem } from './modem.js';
import type { ConnectionOptions } from './options.js';
import { CallProgress } from './progress.js';
import { StateFile } from './state-file.js';
import { TellingDatagrams } from './telling-datagrams.js';
import { TellingTransport } from './telling-transport.js';
import { openTrace } from './trace-file.js';

/** What a run took. Bytes are seen from the device: out and up go away from it. */
export interface RunFacts {
  readonly runtime: string;
  /** Name of the modem line or card reader. */
  readonly modem: string;
  readonly modemLine: Pick<LineCounters, 'bytesIn' | 'bytesOut'>;
  readonly network: Transport['counters'];
  /** What UDP has carried, DTLS and all. */
  readonly datagrams: UdpCounters;
  readonly timeMs: number;
}

/** The open connection of one run. */
export interface Session {
  readonly links: DriverLinks;
  /** The options of the module that every command has. */
  readonly commandOptions: CommandOptions;
  /** What the modem is, and what is known about such modems. */
  readonly known: KnownModem;
  /** Of simulated peers: the AddInitialEimRequest that their maker would give the device. */
  readonly initialEim: Uint8Array | undefined;
  /** Since the session began, or since they were asked for last. */
  facts(): RunFacts;
  /** Ends the waiting for a peer that sends first, and whatever datagrams are good for. */
  closeDatagrams(): Promise<void>;
  /** The transport's own words for what failed last. */
  networkProblem(): string | undefined;
}

/** What a command wants of UDP and DTLS, and of the eIM of simulated peers. */
export interface DatagramNeeds extends UdpTransportOptions {
  readonly scheme?: Scheme | undefined;
}

/** Runs `work` with a session. Rejects with UsageError before anything is opened, and with Failure or IpaError when something cannot be. */
export async function withSession<Result>(
  options: ConnectionOptions,
  work: (session: Session) => Promise<Result>,
  { scheme, ...udp }: DatagramNeeds = {},
): Promise<Result> {
  const ca = options.ca === undefined ? undefined : readCa(options.ca);
  const tables = readTables(options);
  const stateFile = options.state === undefined ? undefined : await StateFile.open(options.state);
  if (options.record !== undefined && options.modem.kind === 'pcsc')
    throw new UsageError('--record is for lines to modems; write --trace for a card in a reader');
  const trace = options.trace === undefined ? undefined : openTrace('--trace', options.trace);
  const record = options.record === undefined ? undefined : openTrace('--record', options.record);
  try {
    const psk = typeof udp.psk === 'function' ? undefined : udp.psk;
    const opened = await openModem(options.modem, defined({ baudRate: options.baudRate }), { scheme, psk });
    const modem = record ? recorded(opened, record.sink) : opened;
    try {
      const transport = new TellingTransport(httpsOptions(options, modem, ca));
      const datagrams = new TellingDatagrams(udpOptions(options, modem, ca, udp));
      return await workThrough({ modem, transport, datagrams }, { options, tables, stateFile, sink: trace?.sink }, work);
    } finally {
      await modem.close();
    }
  } finally {
    trace?.close();
    record?.close();
  }
}

/** The same modem, with everything in a transcript; the line is closed before whatever is behind it. */
function recorded(modem: OpenedModem, sink: (line: string) => void): OpenedModem {
  if (!('write' in modem.card)) return modem;
  const line = recordLine(modem.card, sink);
  const close = async () => {
    await line.close();
    await modem.close();
  };
  return { ...modem, card: line, close };
}

interface Ways {
  readonly modem: OpenedModem;
  readonly transport: TellingTransport;
  readonly datagrams: TellingDatagrams;
}

interface Prepared {
  readonly options: ConnectionOptions;
  readonly tables: readonly ModemQuirkRow[] | undefined;
  readonly stateFile: StateFile | undefined;
  readonly sink: TraceSink | undefined;
}

async function workThrough<Result>(
  { modem, transport, datagrams }: Ways,
  { options, tables, stateFile, sink }: Prepared,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { instance, note } = await openRuntime(options.runtime);
  const tell = (line: string): void => (options.json ? undefined : console.error(line));
  if (note) tell(note);
  try {
    await stateFile?.restoreInto(instance);
    const { card, counters } = watched(modem.card, sink);
    const known = await knowModem(card, tables, tell);
    const links = {
      instance,
      card,
      transport: sink ? traceTransport(transport, sink) : (transport as Transport),
      datagrams: sink ? traceDatagrams(datagrams, sink) : (datagrams as DatagramTransport),
      ...(stateFile ? { persist: (state: Uint8Array) => stateFile.save(state) } : {}),
      ...(options.json ? {} : { onAction: tellProgress() }),
    };
    const counted = countedSince({ line: counters, transport, datagrams });
    const result = await work({
      links,
      commandOptions: commandOptionsOf(options, known.row),
      known,
      initialEim: modem.initialEim,
      facts: () => ({ runtime: instance.runtime, modem: modem.name, ...counted() }),
      networkProblem: () => datagrams.lastProblem ?? transport.lastProblem,
      closeDatagrams: () => datagrams.close(),
    });
    await stateFile?.save(await instance.saveState());
    return result;
  } finally {
    await Promise.all([transport.close(), datagrams.close(), instance.close()]);
  }
}

/** On standard error, so that standard output holds the result alone. */
function tellProgress(): (action: Action) => void {
  const progress = new CallProgress(
    (line) => console.error(line),
    () => performance.now(),
  );
  return (action) => progress.see(action);
}

/** Counts what passes, and traces it where that is wanted. */
function watched(card: ByteLine | CardSlot, sink: TraceSink | undefined): { card: ByteLine | CardSlot; counters: LineCounters } {
  if ('write' in card) {
    const line = countLine(card);
    return { card: sink ? traceLine(line, sink) : line, counters: line.counters };
  }
  const slot = countCard(card);
  return { card: sink ? traceCard(slot, sink) : slot, counters: slot.counters };
}

/** The servers of simulated peers are where no name server finds them, under a CI of their own. */
function httpsOptions({ resolve, assistant }: ConnectionOptions, modem: OpenedModem, ca: Uint8Array | undefined): HttpsOptions {
  const userAgent = assistant === undefined ? undefined : `gsma-rsp-${assistant}`;
  return defined({ ca: ca ?? modem.ca, resolve: resolve ?? modem.resolve, userAgent });
}

/** As httpsOptions. Sessions last longer than a run where its state does. */
function udpOptions(
  { resolve, state }: ConnectionOptions,
  modem: OpenedModem,
  ca: Uint8Array | undefined,
  udp: UdpTransportOptions,
): UdpTransportOptions {
  const sessionStore = state === undefined ? createMemorySessionStore() : openDtlsSessionFile(`${state}.dtls`);
  return { ...udp, ...defined({ ca: ca ?? modem.ca, resolve: resolve ?? modem.resolveDatagrams }), sessionStore };
}

interface Counted {
  readonly line: LineCounters;
  readonly transport: TellingTransport;
  readonly datagrams: TellingDatagrams;
}

/** Gives what was counted since the last call. */
function countedSince({ line, transport, datagrams }: Counted): () => Pick<RunFacts, 'modemLine' | 'network' | 'datagrams' | 'timeMs'> {
  const read = () => ({
    modemLine: { bytesOut: line.bytesOut, bytesIn: line.bytesIn },
    network: { ...transport.counters },
    datagrams: datagrams.counters,
    timeMs: performance.now(),
  });
  let before = read();
  return () => {
    const now = read();
    const { modemLine, network, datagrams: udp } = before;
    const since = {
      modemLine: difference(now.modemLine, modemLine),
      network: difference(now.network, network),
      datagrams: difference(now.datagrams, udp),
      timeMs: now.timeMs - before.timeMs,
    };
    before = now;
    return since;
  };
}

function difference<Name extends string>(
  now: Readonly<Record<Name, number>>,
  before: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const names = Object.keys(now) as Name[];
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]])) as Record<Name, number>;
}

/** The certificate in the file of --ca. @throws UsageError when it holds none */
export function readCa(file: string): Uint8Array {
  const bytes = readOptionFile('--ca', file);
  try {
    new X509Certificate(bytes);
    return bytes;
  } catch (cause) {
    throw new UsageError(`--ca: ${file} holds no certificate; write a file with one in PEM or DER`, { cause });
  }
}
