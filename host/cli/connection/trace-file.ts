// SPDX-License-Identifier: Apache-2.0
// A trace or transcript in a file, complete up to the last record whatever happens to the program.

import { closeSync, openSync, writeSync } from 'node:fs';
import { UsageError } from '../failure.js';

/** An open file of records. */
export interface TraceFile {
  /** Takes a record without a line end. */
  readonly sink: (record: string) => void;
  close(): void;
}

/** Begins a new file, which an option names; one that was there is overwritten. @throws UsageError when it cannot be written */
export function openTrace(option: string, file: string): TraceFile {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'w', 0o600);
  } catch (cause) {
    throw new UsageError(`${option}: ${file} cannot be written (${(cause as NodeJS.ErrnoException).code}); write the path of a new file`, {
      cause,
    });
  }
  return { sink: (record) => void writeSync(descriptor, `${record}\n`), close: () => closeSync(descriptor) };
}
