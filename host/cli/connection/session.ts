// SPDX-License-Identifier: Apache-2.0
// What a command works with: opens what its options name, and closes everything again.

import { X509Certificate } from 'node:crypto';
import type { DriverLinks } from '../../driver.js';
import type { Action, ByteLine, Transport } from '../../interfaces.js';
import type { CommandOptions } from '../../options.js';
import type { HttpsOptions } from '../../transport/https.js';
import { countLine, type LineCounters } from '../../wrap/count-line.js';
import type { TraceSink } from '../../wrap/trace.js';
import { traceLine } from '../../wrap/trace-line.js';
import { traceTransport } from '../../wrap/trace-transport.js';
import { defined, readOptionFile } from '../arguments.js';
import { UsageError } from '../failure.js';
import { openRuntime } from '../runtime.js';
import { type OpenedModem, openModem } from './modem.js';
import type { ConnectionOptions } from './options.js';
import { CallProgress } from './progress.js';
import { StateFile } from './state-file.js';
import { TellingTransport } from './telling-transport.js';
import { openTrace } from './trace-file.js';

/** What a run took. Bytes are seen from the device: out and up go away from it. */
export interface RunFacts {
  readonly runtime: string;
  /** Name of the modem line. */
  readonly modem: string;
  readonly modemLine: Pick<LineCounters, 'bytesIn' | 'bytesOut'>;
  readonly network: Transport['counters'];
  readonly timeMs: number;
}

/** The open connection of one run. */
export interface Session {
  readonly links: DriverLinks;
  /** The options of the module that every command has. */
  readonly commandOptions: CommandOptions;
  /** Of simulated peers: the AddInitialEimRequest that their maker would give the device. */
  readonly initialEim: Uint8Array | undefined;
  facts(): RunFacts;
  /** The transport's own words for what failed last. */
  networkProblem(): string | undefined;
}

/** Runs `work` with a session. Rejects with UsageError before anything is opened, and with Failure or IpaError when something cannot be. */
export async function withSession<Result>(options: ConnectionOptions, work: (session: Session) => Promise<Result>): Promise<Result> {
  const ca = options.ca === undefined ? undefined : readCa(options.ca);
  const stateFile = options.state === undefined ? undefined : await StateFile.open(options.state);
  const trace = options.trace === undefined ? undefined : openTrace(options.trace);
  try {
    const modem = await openModem(options.modem, options.baudRate);
    try {
      const transport = new TellingTransport(httpsOptions(options, modem, ca));
      return await workThrough(modem, transport, { options, stateFile, sink: trace?.sink }, work);
    } finally {
      await modem.close();
    }
  } finally {
    trace?.close();
  }
}

interface Prepared {
  readonly options: ConnectionOptions;
  readonly stateFile: StateFile | undefined;
  readonly sink: TraceSink | undefined;
}

async function workThrough<Result>(
  modem: OpenedModem,
  transport: TellingTransport,
  { options, stateFile, sink }: Prepared,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { instance, note } = await openRuntime(options.runtime);
  if (note && !options.json) console.error(note);
  try {
    await stateFile?.restoreInto(instance);
    const line = countLine(modem.line);
    const beganMs = performance.now();
    const links = {
      instance,
      card: sink ? traceLine(line, sink) : (line as ByteLine),
      transport: sink ? traceTransport(transport, sink) : (transport as Transport),
      ...(stateFile ? { persist: (state: Uint8Array) => stateFile.save(state) } : {}),
      ...(options.json ? {} : { onAction: tellProgress() }),
    };
    const facts = () => {
      const { bytesIn, bytesOut } = line.counters;
      const timeMs = performance.now() - beganMs;
      return { runtime: instance.runtime, modem: line.name, modemLine: { bytesIn, bytesOut }, network: transport.counters, timeMs };
    };
    const { initialEim } = modem;
    const session = { links, commandOptions: commandOptions(options), initialEim, facts, networkProblem: () => transport.lastProblem };
    const result = await work(session);
    await stateFile?.save(await instance.saveState());
    return result;
  } finally {
    await Promise.all([transport.close(), instance.close()]);
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

function commandOptions({ blockSize: blockBytes, cardTimeoutMs, assistant, state }: ConnectionOptions): CommandOptions {
  return defined({ blockBytes, cardTimeoutMs, assistant, restart: state !== undefined });
}

/** The servers of simulated peers are where no name server finds them, under a CI of their own. */
function httpsOptions({ resolve, assistant }: ConnectionOptions, modem: OpenedModem, ca: Uint8Array | undefined): HttpsOptions {
  const userAgent = assistant === undefined ? undefined : `gsma-rsp-${assistant}`;
  return defined({ ca: ca ?? modem.ca, resolve: resolve ?? modem.resolve, userAgent });
}

function readCa(file: string): Uint8Array {
  const bytes = readOptionFile('--ca', file);
  try {
    new X509Certificate(bytes);
    return bytes;
  } catch (cause) {
    throw new UsageError(`--ca: ${file} holds no certificate; write a file with one in PEM or DER`, { cause });
  }
}
