// SPDX-License-Identifier: Apache-2.0
// `ipa poll`: polls any eIM through any modem, once or again and again.

import { type Command, Option } from 'commander';
import { wholeNumber } from '../arguments.js';
import { addEimOptions, type EimOptions } from '../connection/eim-options.js';
import { addConnectionOptions } from '../connection/options.js';
import { runPolls } from './run.js';

/** The options as commander gives them. */
export interface PollCommandOptions extends EimOptions {
  readonly esipaBinding?: 'asn1' | 'json';
  /** Seconds from one poll to the next. */
  readonly every?: number;
  /** Seconds that are added to that at most. */
  readonly jitter?: number;
}

const EXAMPLES = `
Examples:
  ipa poll --modem pty:/dev/ttyUSB2 --state ipa.state
  ipa poll --modem tcp:127.0.0.1:4000 --eim-url https://127.0.0.1:8443 --ca ca.pem
  ipa poll --modem pty:/dev/ttyUSB2 --scheme coaps --psk device-1:00112233445566778899aabbccddeeff --state ipa.state
  ipa poll --modem pty:/dev/ttyUSB2 --every 3600 --jitter 600 --state ipa.state
  ipa poll --modem sim: --json
`;

const MOST_SECONDS = 31_536_000;

/** Adds the command. */
export function addPollCommand(program: Command): void {
  const command = addConnectionOptions(program.command('poll').description('polls the eIM until it has no more packages'));
  addEimOptions(command)
    .addOption(new Option('--esipa-binding <binding>', 'how messages to the eIM are written (default: asn1)').choices(['asn1', 'json']))
    .option('--every <seconds>', 'poll again and again until Ctrl-C', wholeNumber(1, MOST_SECONDS))
    .option('--jitter <seconds>', 'with --every: a random time of at most this is added to each wait', wholeNumber(0, MOST_SECONDS))
    .addHelpText('after', EXAMPLES)
    .action((options: PollCommandOptions) => runPolls(options));
}
