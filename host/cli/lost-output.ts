// SPDX-License-Identifier: Apache-2.0
// Nobody reads any more (`ipa … | head`), or the disk that output goes to is full: an end without a stack trace.

/** The part of a stream that is used. */
interface Output {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Ends the program with status 1 when standard output is lost; lost words on standard error do not cut a poll off. */
export function endWhenOutputIsLost(stdout: Output, stderr: Output, exit: (status: number) => void): void {
  stderr.on('error', () => {});
  stdout.on('error', (error) => {
    // a reader that has gone knows that it has
    if (error.code !== 'EPIPE') console.error(`error: standard output is lost: ${error.message}`);
    exit(1);
  });
}
