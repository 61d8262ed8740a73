// SPDX-License-Identifier: Apache-2.0
// The commands of `ipa`. What a command does is in the folder of its name.

import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { builtPath } from '../core/module-file.js';
import { addDemoCommand } from './demo/command.js';
import { addPollCommand } from './poll/command.js';
import { addSimCommand } from './sim/command.js';

const EXAMPLES = `
Examples:
  ipa demo --profile-size 500000          the whole story with simulated peers
  ipa sim --download --enable last        simulated modem, eUICC, eIM and SM-DP+ as servers
  ipa poll --modem pty:/dev/ttyUSB2       poll the eIM that the eUICC in a real modem knows
  ipa poll --modem tcp:127.0.0.1:4000 --initial-eim eim.der --trace poll.jsonl
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
  addPollCommand(program);
  for (const command of program.commands) command.option('--debug', 'show stack traces of errors');
  return program;
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(builtPath('..', 'package.json'), 'utf8')) as { version: string }).version;
}
