// SPDX-License-Identifier: Apache-2.0
// Ctrl-C for commands that go on until then: the first asks them to end well, the second ends the program.

/** Runs `work`; its signal is aborted by SIGINT and SIGTERM. */
export async function untilInterrupted<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort();
    stopWatching();
  };
  const stopWatching = (): void => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    stopWatching();
  }
}
