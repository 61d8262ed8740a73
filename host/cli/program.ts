// SPDX-License-Identifier: Apache-2.0
// The commands of `ipa`. What a command does is in the folder of its name.

import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { builtPath } from '../core/module-file.js';
import { addDemoCommand } from './demo/command.js';
import { addDownloadCommand } from './download/command.js';
import { addEimCommands } from './euicc/eim.js';
import { addFallbackCommands } from './euicc/fallback.js';
import { addInfoCommand } from './euicc/info.js';
import { addNicknameCommand } from './euicc/nickname.js';
import { addNotificationsCommands } from './euicc/notifications.js';
import { addProfilesCommand } from './euicc/profiles.js';
import { addResetCommand } from './euicc/reset.js';
import { addSwitchCommands } from './euicc/switch.js';
import { addListenCommand } from './listen/command.js';
import { addModemCommands } from './modem/probe.js';
import { addNetworkCommand } from './network/command.js';
import { addPollCommand } from './poll/command.js';
import { addSimCommand } from './sim/command.js';

const EXAMPLES = `
Examples:
  ipa demo --profile-size 500000          the whole story with simulated peers
  ipa sim --download --enable last        simulated modem, eUICC, eIM and SM-DP+ as servers
  ipa poll --modem pty:/dev/ttyUSB2       poll the eIM that the eUICC in a real modem knows
  ipa poll --modem tcp:127.0.0.1:4000 --initial-eim eim.der --trace poll.jsonl
  ipa listen --modem pty:/dev/ttyUSB2 --port 5684 --psk <identity>:<key>   wait for what the eIM pushes
  ipa download --modem pty:/dev/ttyUSB2 'LPA:1$smdp.example.com$MATCHING-ID'
  ipa profiles --modem pty:/dev/ttyUSB2   what is on the eUICC
  ipa modem probe --modem serial:/dev/ttyUSB2   what the modem can do, and how the eUICC is reached
  ipa network serial:/dev/ttyUSB3         the network of a board without IP
`;

/** The program, ready for parseAsync. A wrong command line rejects with CommanderError after its message was printed. */
export function createProgram(): Command {
  const program = new Command('ipa')
    .description('eSIM IoT Profile Assistant (GSMA SGP.32 IPAd) with simulators for everything it talks to')
    .version(packageVersion())
    .showHelpAfterError('(ipa <command> --help tells the options)')
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  addDemoCommand(program);
  addSimCommand(program);
  for (const add of REAL_WORK) add(program);
  for (const command of leaves(program)) command.option('--debug', 'show stack traces of errors');
  return program;
}

/** Commands that work on real and simulated modems alike. */
const REAL_WORK = [
  addPollCommand,
  addListenCommand,
  addDownloadCommand,
  addInfoCommand,
  addProfilesCommand,
  addSwitchCommands,
  addNicknameCommand,
  addNotificationsCommands,
  addEimCommands,
  addResetCommand,
  addFallbackCommands,
  addModemCommands,
  addNetworkCommand,
];

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(builtPath('..', 'package.json'), 'utf8')) as { version: string }).version;
}
