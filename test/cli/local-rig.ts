// SPDX-License-Identifier: Apache-2.0
// `ipa` within this process, with an instance of the test's own in place of the module, behind a modem that says nothing.

import { createServer } from 'node:net';
import { afterAll } from 'vitest';
import type { IpaInstance } from '../../host/interfaces.js';
import { setInstance } from './present-instance.js';
import { ipaHere } from './support.js';

/** The arguments that name the modem, which is not asked what it is; to be called at the top level of a test file. */
export async function silentModem(): Promise<string[]> {
  const server = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => void server.close());
  return ['--modem', `tcp:127.0.0.1:${(server.address() as { port: number }).port}`, '--modem-quirks', 'none'];
}

/** Runs `ipa` with this instance. */
export async function ipaWith(instance: IpaInstance, ...args: string[]): ReturnType<typeof ipaHere> {
  setInstance(instance);
  try {
    return await ipaHere(...args);
  } finally {
    setInstance(undefined);
  }
}
