// SPDX-License-Identifier: Apache-2.0
// Serves one board over its line, and tells what the board does.

import { Action, Event, NetworkFailure } from '../../abi.js';
import type { ByteLine, DatagramTransport, Action as Request, Transport } from '../../interfaces.js';
import { openCard } from '../../modem/open.js';
import { type NetworkProcessor, serveNetworkProcessor } from '../../network-processor/index.js';
import { decodePeer } from '../../peer.js';
import { traceDatagrams } from '../../wrap/trace-datagrams.js';
import { traceTransport } from '../../wrap/trace-transport.js';
import { defined } from '../arguments.js';
import { CallObserver } from '../calls.js';
import { count } from '../connection/report.js';
import { readCa } from '../connection/session.js';
import { TellingDatagrams } from '../connection/telling-datagrams.js';
import { TellingTransport } from '../connection/telling-transport.js';
import { openTrace } from '../connection/trace-file.js';
import { Failure, oneLine } from '../failure.js';
import { untilInterrupted } from '../interruption.js';
import type { LineAddress, NetworkCommandOptions } from './command.js';

const ADVICE = 'check the address and your right to use it, and that nothing else uses the line; it is the second serial port of the board';

/** Serves until Ctrl-C or until the line closes. Rejects with UsageError and Failure before that, when something cannot be opened. */
export async function runNetwork(address: LineAddress, options: NetworkCommandOptions): Promise<void> {
  const { resolve, psk, baudRate } = options;
  const ca = options.ca === undefined ? undefined : readCa(options.ca);
  const trace = options.trace === undefined ? undefined : openTrace('--trace', options.trace);
  const transport = new TellingTransport(defined({ ca, resolve }));
  const datagrams = new TellingDatagrams(defined({ ca, resolve, psk }));
  try {
    const line = await openLine(address, baudRate);
    const links = trace
      ? { transport: traceTransport(transport, trace.sink), datagrams: traceDatagrams(datagrams, trace.sink) }
      : { transport: transport as Transport, datagrams: datagrams as DatagramTransport };
    try {
      await serve(new Board(line, transport, datagrams, options.json ?? false), links);
    } finally {
      await line.close();
    }
  } finally {
    await Promise.all([transport.close(), datagrams.close()]);
    trace?.close();
  }
}

async function openLine(address: LineAddress, baudRate: number | undefined): Promise<ByteLine> {
  const opened = await openCard(address, defined({ baudRate })).catch((cause: Error) => {
    throw new Failure(cause.message, ADVICE, { cause });
  });
  return opened.card as ByteLine;
}

async function serve(board: Board, links: { readonly transport: Transport; readonly datagrams: DatagramTransport }): Promise<void> {
  await untilInterrupted(async (signal) => {
    const interrupted = new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('interrupted')));
    const processor = serveNetworkProcessor(board.line, links, {
      onAction: (action) => board.seeAction(action),
      onEvent: ({ kind, argument }) => board.seeEvent(kind, argument),
    });
    board.begin();
    const end = await Promise.race([interrupted, processor.lineClosed.then(endWords)]);
    await processor.close();
    board.end(oneLine(end), processor);
  });
}

/** The line's own words are those of a line to a modem. */
const endWords = ({ cause }: Error): string =>
  cause instanceof Error ? `the line to the board broke: ${cause.message}` : 'the line was closed by the board';

const FAILURES: ReadonlyMap<number, string> = new Map(Object.entries(NetworkFailure).map(([name, code]) => [code, name]));

/** What there is to tell of a board: words, or objects for programs. Calls and failures in words are for standard error, as in all commands. */
class Board {
  private readonly observer = new CallObserver();
  private readonly beganMs = performance.now();

  constructor(
    readonly line: ByteLine,
    private readonly transport: TellingTransport,
    private readonly datagrams: TellingDatagrams,
    private readonly json: boolean,
  ) {}

  begin(): void {
    console.log(this.json ? JSON.stringify({ serving: this.line.name }) : `serving the board at ${this.line.name}`);
  }

  seeAction(action: Request): void {
    const call = this.observer.observe(action);
    if (call) this.say({ call }, `${call.peer.padEnd(6)} ${call.name}`);
    if (action.kind === Action.NetworkOpen) this.seePeer(action.bytes);
  }

  private seePeer(bytes: Uint8Array): void {
    this.forgetProblems();
    try {
      const { kind, scheme = 'https', address } = decodePeer(bytes);
      this.say({ open: { kind, scheme, address } }, `open   ${scheme}://${address}`);
    } catch {
      // the board is told, and so is whoever reads here
    }
  }

  /** `argument` is that of event NetworkFailed: a code, and 256 times the HTTP status. */
  seeEvent(kind: number, argument: number): void {
    if (kind !== Event.NetworkFailed) return;
    const reason = FAILURES.get(argument & 0xff) ?? String(argument & 0xff);
    const problem = this.datagrams.lastProblem ?? this.transport.lastProblem;
    const message = problem === undefined ? reason : oneLine(problem);
    this.forgetProblems();
    this.say({ failed: { reason, status: argument >>> 8, message } }, `failed ${message}`);
  }

  end(reason: string, { counters }: NetworkProcessor): void {
    const timeMs = performance.now() - this.beganMs;
    const network = this.transport.counters;
    const datagrams = this.datagrams.counters;
    const { framesIn, framesOut, framesDropped, framesIgnored } = counters;
    const lines = [
      `${this.line.name}, ${Math.round(timeMs)} ms: ${reason}`,
      `frames: ${framesIn} in, ${framesOut} out, ${framesDropped} damaged, ${framesIgnored} ignored`,
      `done: ${count(network.requests, 'request')}, ${count(datagrams.datagramsUp, 'datagram')} out, ${datagrams.datagramsDown} in`,
    ];
    const report = { ok: true, end: reason, line: this.line.name, ...counters, network, datagrams, timeMs };
    for (const line of this.json ? [JSON.stringify(report)] : lines) console.log(line);
  }

  private say(object: object, words: string): void {
    if (this.json) console.log(JSON.stringify(object));
    else console.error(words);
  }

  /** What has gone wrong before is not why something goes wrong now. */
  private forgetProblems(): void {
    this.datagrams.lastProblem = undefined;
    this.transport.lastProblem = undefined;
  }
}
