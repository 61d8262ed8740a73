// SPDX-License-Identifier: Apache-2.0
// Failures as people see them: what went wrong, and what to do next; no stack traces unless asked for.

import { IpaError } from '../core/errors.js';
import { adviceFor } from './advice.js';

/** Something in the command line is wrong although its form is right, such as a file that cannot be read. Exit status 2. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}

/** Something failed outside the module, with what to do next. Exit status 1. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'Failure';
  }
}

/** Prints an error on standard error; returns the exit status. */
export function printFailure(error: unknown, debug: boolean): number {
  console.error(`error: ${oneLine(error instanceof Error ? error.message : String(error))}`);
  const advice = adviceOf(error);
  if (advice) console.error(`next: ${advice}`);
  if (debug && error instanceof Error) console.error(stackOf(error));
  return error instanceof UsageError ? 2 : 1;
}

function adviceOf(error: unknown): string | undefined {
  if (error instanceof IpaError) return adviceFor(error);
  return error instanceof Failure ? error.advice : undefined;
}

/** What other programs and OpenSSL say, without line ends, numbers of source lines and the command that was run. */
export function oneLine(text: string): string {
  return text
    .replace(/[0-9A-F]{8,}:error:[0-9A-F]+:[^:]*:[^:]*:([^:]*):\S*/g, '$1')
    .replace(/Command failed: [^\n]*\n/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
