// SPDX-License-Identifier: Apache-2.0
// What the set-up has unpacked of Debian's packages (scripts/setup-debian.mjs), and the environment in which it runs.

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inBuild } from '../../scripts/paths.js';

/** A path in a kit's packages, such as "usr/bin/coap-client-notls" in "libcoap". */
export const unpacked = (kit: string, file: string): string => inBuild('tools', kit, file);

/** The environment for programs of a kit: they find its libraries. */
export function unpackedEnvironment(kit: string): NodeJS.ProcessEnv {
  const roots = ['lib', 'usr/lib'].map((each) => unpacked(kit, each)).filter((each) => existsSync(each));
  const folders = roots.flatMap((each) => [each, ...readdirSync(each).map((name) => path.join(each, name))]);
  return { ...process.env, LD_LIBRARY_PATH: folders.join(path.delimiter) };
}

/** Whether missing programs are a failure here, and not a reason to skip: with CI set, or this variable. */
export function isRequired(variable: string): boolean {
  return process.env[variable] === '1' || Boolean(process.env.CI);
}
