// SPDX-License-Identifier: Apache-2.0
// `ipa fallback`: goes to the profile with the fallback attribute, and returns from it.

import type { Command } from 'commander';
import { addLocalCommand, IOT_ONLY } from './local.js';

const COMMANDS = [
  {
    name: 'execute',
    method: 'executeFallback',
    description: 'enables the profile with the fallback attribute',
    done: 'the fallback profile is enabled',
  },
  {
    name: 'return',
    method: 'returnFromFallback',
    description: 'enables the profile of before the fallback again',
    done: 'the profile of before is enabled',
  },
] as const;

/** Adds the group of commands. */
export function addFallbackCommands(program: Command): void {
  const group = program.command('fallback').description('goes to the fallback profile of an eUICC for IoT, or returns from it');
  for (const { name, method, description, done } of COMMANDS) {
    addLocalCommand<object>(group, {
      name,
      description,
      examples: `  ipa fallback ${name} --modem pty:/dev/ttyUSB2 --state ipa.state`,
      work: async (euicc) => {
        await euicc[method]();
        return {};
      },
      lines: () => [`done: ${done}; the next ipa poll tells the eIM`],
      withoutFunction: IOT_ONLY,
    });
  }
}
