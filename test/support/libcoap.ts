// SPDX-License-Identifier: Apache-2.0
// libcoap's programs, another CoAP stack to talk to: those on PATH, else those that the set-up has fetched.

import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { type Program, startProgram } from '../host/datagram/program.js';
import { isRequired, unpacked, unpackedEnvironment } from './debian.js';

/** One of the programs. */
export interface LibcoapProgram {
  /** Runs it to its end; gives what it wrote to standard output and standard error. Rejects when it ends with another status than 0. */
  run(...args: readonly string[]): Promise<string>;
  /** Starts it; for servers. */
  start(...args: readonly string[]): Program;
}

const KIT = 'libcoap';

/**
 * Finds a program: "coap-client-notls", "coap-server-openssl" and so on. Undefined when the machine lacks it. With CI or
 * IPA_REQUIRE_LIBCOAP set that is a failure and not a reason to skip: throws Error.
 */
export function findLibcoap(name = 'coap-client-notls'): LibcoapProgram | undefined {
  const found = [
    { file: name, env: process.env },
    { file: unpacked(KIT, `usr/bin/${name}`), env: unpackedEnvironment(KIT) },
  ].find(isUsable);
  if (found !== undefined) return { run: (...args) => run(found, args), start: (...args) => startProgram(found.file, args, found.env) };
  if (isRequired('IPA_REQUIRE_LIBCOAP'))
    throw new Error(`no ${name} that runs, though CI or IPA_REQUIRE_LIBCOAP demands it; npm run setup fetches it`);
  return undefined;
}

interface Found {
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Every version greets with its name when it is asked for something that it does not know. */
function isUsable({ file, env }: Found): boolean {
  const { stdout, stderr } = spawnSync(file, ['-V'], { env, encoding: 'utf8' });
  return /CoAP Implementation/i.test(`${stdout}${stderr}`);
}

async function run({ file, env }: Found, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(file, args, { env, timeout: 30_000 });
  return stdout + stderr;
}
