// SPDX-License-Identifier: Apache-2.0
// `ipa poll`: polls any eIM through any modem.

import type { Command } from 'commander';
import type { ModemAddress } from '../../modem/address.js';
import { eimAddress, eimId, imei, modemAddress, wholeNumber } from '../arguments.js';
import { printFailure } from '../failure.js';
import { type RuntimeName, runtimeOption } from '../runtime.js';
import { printReport } from './report.js';
import { runPoll } from './run.js';

/** The options as commander gives them. */
export interface PollCommandOptions {
  readonly modem: ModemAddress;
  /** "host" or "host:port". */
  readonly eimUrl?: string;
  /** Path of a file. */
  readonly ca?: string;
  readonly runtime?: RuntimeName;
  readonly json?: boolean;
  /** Path of a file. */
  readonly trace?: string;
  /** Path of a file. */
  readonly initialEim?: string;
  readonly eimId?: string;
  readonly blockSize?: number;
  readonly imei?: string;
  readonly cardTimeoutMs?: number;
  /** Path of a file. */
  readonly state?: string;
  readonly baudRate?: number;
  readonly debug?: boolean;
}

const EXAMPLES = `
Examples:
  ipa poll --modem pty:/dev/ttyUSB2 --state ipa.state
  ipa poll --modem tcp:127.0.0.1:4000 --eim-url https://127.0.0.1:8443 --ca ca.pem
  ipa poll --modem sim: --json
`;

/** Adds the command. */
export function addPollCommand(program: Command): void {
  program
    .command('poll')
    .description('polls the eIM until it has no more packages')
    .requiredOption('--modem <address>', 'tcp:<host>:<port>, pty:<device>, or sim: for simulated peers in this process', modemAddress)
    .option('--eim-url <url>', 'address of the eIM to use instead of the one in the eUICC', eimAddress)
    .option('--ca <file>', 'certificate authority (PEM or DER) for an eIM whose key the eUICC does not name')
    .addOption(runtimeOption())
    .option('--json', 'print one object on one line')
    .option('--trace <file>', 'write each exchange with modem and network as a line of JSON')
    .option('--initial-eim <file>', 'AddInitialEimRequest (DER, BF57) for an eUICC without an eIM')
    .option('--eim-id <id>', 'which eIM of the eUICC to poll (default: the first)', eimId)
    .option('--block-size <bytes>', 'data bytes per STORE DATA block', wholeNumber(16, 255))
    .option('--imei <digits>', 'IMEI to tell to the SM-DP+', imei)
    .option('--card-timeout-ms <ms>', 'how long a card command may take', wholeNumber(100, 600_000))
    .option('--state <file>', 'keep over runs what is still owed to the eIM')
    .option('--baud-rate <bits per second>', 'speed of a serial port', wholeNumber(300, 4_000_000))
    .addHelpText('after', EXAMPLES)
    .action(pollAndReport);
}

async function pollAndReport(options: PollCommandOptions): Promise<void> {
  const report = await runPoll(options);
  printReport(report, options.json ?? false);
  if (report.error && !options.json) printFailure(report.failure, options.debug ?? false);
  process.exitCode = report.error ? 1 : 0;
}
