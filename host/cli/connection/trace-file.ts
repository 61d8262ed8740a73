// SPDX-License-Identifier: Apache-2.0
// A trace in a file, complete up to the last record whatever happens to the program.

import { closeSync, openSync, writeSync } from 'node:fs';
import type { TraceSink } from '../../wrap/trace.js';
import { UsageError } from '../failure.js';

/** An open trace. */
export interface TraceFile {
  readonly sink: TraceSink;
  close(): void;
}

/** Begins a new trace; a file that was there is overwritten. @throws UsageError when it cannot be written */
export function openTrace(file: string): TraceFile {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'w', 0o600);
  } catch (cause) {
    throw new UsageError(`--trace: ${file} cannot be written (${(cause as NodeJS.ErrnoException).code}); write the path of a new file`, {
      cause,
    });
  }
  return { sink: (json) => void writeSync(descriptor, `${json}\n`), close: () => closeSync(descriptor) };
}
