// SPDX-License-Identifier: Apache-2.0
// One poll as the command line wants it: opens what the options name, polls, closes everything again.

import { X509Certificate } from 'node:crypto';
import { poll } from '../../driver.js';
import type { Action, ByteLine, Transport } from '../../interfaces.js';
import type { PollOptions } from '../../options.js';
import { countLine } from '../../wrap/count-line.js';
import type { TraceSink } from '../../wrap/trace.js';
import { traceLine } from '../../wrap/trace-line.js';
import { traceTransport } from '../../wrap/trace-transport.js';
import { readOptionFile } from '../arguments.js';
import { type OpenedModem, openModem } from '../connection/modem.js';
import { PollProgress } from '../connection/progress.js';
import { StateFile } from '../connection/state-file.js';
import { TellingTransport } from '../connection/telling-transport.js';
import { openTrace } from '../connection/trace-file.js';
import { UsageError } from '../failure.js';
import { openRuntime } from '../runtime.js';
import type { PollCommandOptions } from './command.js';
import { makeReport, type PollReport } from './report.js';

/** Runs the poll. Rejects with UsageError before anything is opened, and with Failure or IpaError when something cannot be. */
export async function runPoll(options: PollCommandOptions): Promise<PollReport> {
  const ca = options.ca === undefined ? undefined : readCa(options.ca);
  const initialEim = options.initialEim === undefined ? undefined : readInitialEim(options.initialEim);
  const stateFile = options.state === undefined ? undefined : await StateFile.open(options.state);
  const trace = options.trace === undefined ? undefined : openTrace(options.trace);
  try {
    const modem = await openModem(options.modem, options.baudRate);
    try {
      const transport = new TellingTransport(ca === undefined ? {} : { ca });
      return await pollThrough(modem, transport, { options, initialEim, stateFile, sink: trace?.sink });
    } finally {
      await modem.close();
    }
  } finally {
    trace?.close();
  }
}

interface Prepared {
  readonly options: PollCommandOptions;
  readonly initialEim: Uint8Array | undefined;
  readonly stateFile: StateFile | undefined;
  readonly sink: TraceSink | undefined;
}

async function pollThrough(modem: OpenedModem, transport: TellingTransport, prepared: Prepared): Promise<PollReport> {
  const { options, stateFile, sink } = prepared;
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
    const result = await poll(links, pollOptions(options, prepared.initialEim ?? modem.initialEim));
    await stateFile?.save(await instance.saveState());
    const { bytesIn, bytesOut } = line.counters;
    return makeReport({
      result,
      networkProblem: transport.lastProblem,
      runtime: instance.runtime,
      modem: modem.line.name,
      modemLine: { bytesIn, bytesOut },
      network: transport.counters,
      timeMs: performance.now() - beganMs,
    });
  } finally {
    await Promise.all([transport.close(), instance.close()]);
  }
}

/** On standard error, so that standard output holds the result alone. */
function tellProgress(): (action: Action) => void {
  const progress = new PollProgress(
    (line) => console.error(line),
    () => performance.now(),
  );
  return (action) => progress.see(action);
}

function pollOptions(options: PollCommandOptions, initialEim: Uint8Array | undefined): PollOptions {
  const { eimUrl: eimAddress, blockSize: blockBytes, eimId, imei, cardTimeoutMs } = options;
  const restart = options.state !== undefined;
  const given = Object.entries({ eimAddress, blockBytes, eimId, imei, cardTimeoutMs, initialEim, restart });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as PollOptions;
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

function readInitialEim(file: string): Uint8Array {
  const bytes = readOptionFile('--initial-eim', file);
  if (bytes[0] === 0xbf && bytes[1] === 0x57) return bytes;
  throw new UsageError(`--initial-eim: ${file} does not begin with BF57; write a file with a DER AddInitialEimRequest (SGP.32 §5.9.4)`);
}
