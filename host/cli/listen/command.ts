// SPDX-License-Identifier: Apache-2.0
// `ipa listen`: waits for packages that the eIM pushes over CoAP, and handles them (SGP.32 v1.2 §3.1.1.2).

import { isIP } from 'node:net';
import { type Command, InvalidArgumentError } from 'commander';
import { listen } from '../../driver.js';
import type { ListenOptions } from '../../options.js';
import { wholeNumber } from '../arguments.js';
import { addEimOptions, type EimOptions, eimOptions, initialEimOf, schemeOf } from '../connection/eim-options.js';
import { addConnectionOptions } from '../connection/options.js';
import { type Counts, printReport, type Report, reportResult, resultLines } from '../connection/report.js';
import { type DatagramNeeds, type Session, withSession } from '../connection/session.js';
import { UsageError } from '../failure.js';
import { untilInterrupted } from '../interruption.js';

interface ListenCommandOptions extends EimOptions {
  readonly port: number;
  readonly host?: string;
  /** Seconds. */
  readonly for: number;
}

const EXAMPLES = `
Over coaps the eIM proves itself, and has the device proved, by the key of --psk. Nothing protects coap.

Examples:
  ipa listen --modem pty:/dev/ttyUSB2 --port 5684 --host 10.0.0.7 --psk device-1:00112233445566778899aabbccddeeff
  ipa listen --modem tcp:127.0.0.1:4000 --scheme coap --port 5683 --for 600
`;

const MOST_SECONDS = 2_000_000;

/** Adds the command. */
export function addListenCommand(program: Command): void {
  const description = 'waits for packages that the eIM pushes over CoAP, until none has come for a while or Ctrl-C';
  addEimOptions(addConnectionOptions(program.command('listen').description(description)))
    .option('--port <port>', 'UDP port to listen on (0: any)', wholeNumber(0, 65_535), 0)
    .option('--host <address>', 'IP address of this machine to listen on (default: 127.0.0.1)', ipAddress)
    .option('--for <seconds>', 'how long each package is waited for', wholeNumber(1, MOST_SECONDS), 60)
    .addHelpText('after', EXAMPLES)
    .action(async (options: ListenCommandOptions) =>
      printReport(await runListen(options), options, (report) => resultLines(report, 'ESipa')),
    );
}

function ipAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('Write an IP address of this machine, such as 127.0.0.1 or ::1.');
  return text;
}

async function runListen(options: ListenCommandOptions): Promise<Report<Counts>> {
  const initialEim = initialEimOf(options);
  const needs = needsOf(options);
  return withSession(
    options,
    (session) => listenUntilInterrupted(session, options, { ...eimOptions(options, session, initialEim), esipaScheme: needs.scheme }),
    needs,
  );
}

/** An interruption closes the port, which is no error then. */
function listenUntilInterrupted(session: Session, { for: seconds }: ListenCommandOptions, options: ListenOptions): Promise<Report<Counts>> {
  return untilInterrupted(async (signal) => {
    signal.addEventListener('abort', () => void session.closeDatagrams());
    const result = await listen(session.links, { ...options, listenMs: 1000 * seconds });
    const isOurs = signal.aborted && result.error?.layer === 'network';
    return reportResult(isOurs ? { ...result, error: undefined, detail: 0 } : result, session);
  });
}

/** @throws UsageError when the device would have nothing to prove itself with */
function needsOf(options: ListenCommandOptions): DatagramNeeds & { readonly scheme: 'coap' | 'coaps' } {
  const { psk, port: listenPort, host: listenHost = '127.0.0.1', json } = options;
  const scheme = schemeOf(options) ?? 'coaps';
  if (scheme === 'https') throw new UsageError('packages are pushed over coaps or coap; write --scheme coaps or --scheme coap');
  if (scheme === 'coaps' && !psk)
    throw new UsageError('coaps needs --psk <identity>:<key>; or write --scheme coap, which nothing protects');
  const onListening = (address: string) =>
    console.log(json ? JSON.stringify({ listening: address, scheme }) : `listening on ${scheme}://${address}`);
  const server = psk ? { psk: (identity: string) => (identity === psk.identity ? psk.key : undefined) } : {};
  return { scheme, listenPort, listenHost, onListening, server };
}
