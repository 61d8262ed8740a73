// SPDX-License-Identifier: Apache-2.0
// From arguments to exit status: 0 done, 1 something failed, 2 the command line is wrong.

import { CommanderError } from 'commander';
import { printFailure } from './failure.js';
import { createProgram } from './program.js';

/** Runs the program with arguments as in process.argv, and sets process.exitCode. Never rejects. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    // commander has printed its own message, and help and version are no failures
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else process.exitCode = printFailure(error, argv.includes('--debug'));
  }
}
