// SPDX-License-Identifier: Apache-2.0
// `ipa enable`, `ipa disable`, `ipa delete`: change a profile of a consumer eUICC.

import type { Command } from 'commander';
import type { Euicc } from '../../es10/index.js';
import { iccid } from '../arguments.js';
import { addLocalCommand, LEFT_TO_EIM } from './local.js';

const COMMANDS = [
  { name: 'enable', description: 'enables a profile of a consumer eUICC; the one that was enabled is disabled', done: 'enabled' },
  { name: 'disable', description: 'disables a profile of a consumer eUICC', done: 'disabled' },
  { name: 'delete', description: 'deletes a disabled profile of a consumer eUICC for good', done: 'deleted' },
] as const;

/** Adds the commands. */
export function addSwitchCommands(program: Command): void {
  for (const { name, description, done } of COMMANDS) {
    addLocalCommand<{ readonly iccid: string }>(program, {
      name,
      description,
      examples: `  ipa ${name} --modem pty:/dev/ttyUSB2 --assistant lpad 89000123456789012341`,
      configure: (command) => command.argument('<iccid>', '18 to 20 digits', iccid),
      work: async (euicc: Euicc, [profile = '']) => {
        await euicc[name](profile);
        return { iccid: profile };
      },
      lines: ({ iccid: profile }) => [`done: profile ${profile} is ${done}`],
      withoutFunction: LEFT_TO_EIM,
    });
  }
}
