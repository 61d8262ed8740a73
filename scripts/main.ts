// SPDX-License-Identifier: Apache-2.0
// Lets a script be both run and imported.

import { existsSync, realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * Runs `main` when the script itself was started, and not when a test imports it. The number it resolves to becomes the exit
 * status; a rejection is printed without its stack, which says nothing about what to mend, and gives status 1.
 */
export async function runAsScript(moduleUrl: string, main: (args: readonly string[]) => Promise<number>): Promise<void> {
  const [, script, ...args] = process.argv;
  // the name it was started by may lead through a link, the module's URL never does
  if (script === undefined || !existsSync(script) || moduleUrl !== pathToFileURL(realpathSync(script)).href) return;
  process.exitCode = await main(args).catch((error: Error) => {
    console.error(error.message);
    return 1;
  });
}
