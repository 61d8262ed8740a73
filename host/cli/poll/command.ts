// SPDX-License-Identifier: Apache-2.0
// `ipa poll`: polls any eIM through any modem.

import { type Command, Option } from 'commander';
import { eimAddress, eimId, imei, networkCode } from '../arguments.js';
import { addConnectionOptions, type ConnectionOptions } from '../connection/options.js';
import { printReport, resultLines } from '../connection/report.js';
import { runPoll } from './run.js';

/** The options as commander gives them. */
export interface PollCommandOptions extends ConnectionOptions {
  /** "host" or "host:port". */
  readonly eimUrl?: string;
  /** Path of a file. */
  readonly initialEim?: string;
  readonly eimId?: string;
  readonly imei?: string;
  readonly esipaBinding?: 'asn1' | 'json';
  readonly rplmn?: string;
}

const EXAMPLES = `
Examples:
  ipa poll --modem pty:/dev/ttyUSB2 --state ipa.state
  ipa poll --modem tcp:127.0.0.1:4000 --eim-url https://127.0.0.1:8443 --ca ca.pem
  ipa poll --modem sim: --json
`;

/** Adds the command. */
export function addPollCommand(program: Command): void {
  addConnectionOptions(program.command('poll').description('polls the eIM until it has no more packages'))
    .option('--eim-url <url>', 'address of the eIM to use instead of the one in the eUICC', eimAddress)
    .option('--initial-eim <file>', 'AddInitialEimRequest (DER, BF57) for an eUICC without an eIM')
    .option('--eim-id <id>', 'which eIM of the eUICC to poll (default: the first)', eimId)
    .option('--imei <digits>', 'IMEI to tell to the SM-DP+', imei)
    .option('--rplmn <MCC/MNC>', 'the network that the modem is registered in, to tell the eIM', networkCode)
    .addOption(new Option('--esipa-binding <binding>', 'how messages to the eIM are written (default: asn1)').choices(['asn1', 'json']))
    .addHelpText('after', EXAMPLES)
    .action(async (options: PollCommandOptions) => printReport(await runPoll(options), options, (report) => resultLines(report, 'ESipa')));
}
