// SPDX-License-Identifier: Apache-2.0
// The compiler for Cortex-M and the emulator that runs what it makes: the machine's, else what the set-up has unpacked (setup-debian.mjs, kit
// ARM).

import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { inBuild } from '../paths.js';

/** Programs that work together. */
export interface ArmTools {
  readonly compiler: string;
  /** What the compiler is told so that it finds its libraries where they are unpacked. */
  readonly compilerOptions: readonly string[];
  readonly nm: string;
  readonly size: string;
  readonly emulator: string;
  readonly env: NodeJS.ProcessEnv;
}

const KIT = inBuild('tools', 'arm');
const PREFIX = 'arm-none-eabi-';
const EMULATOR = 'qemu-system-arm';

/** Undefined when the machine has neither. */
export function findArmTools(): ArmTools | undefined {
  return [ofMachine(), ofKit()].find(areUsable);
}

function ofMachine(): ArmTools {
  const named = (name: string) => `${PREFIX}${name}`;
  return { compiler: named('gcc'), compilerOptions: [], nm: named('nm'), size: named('size'), emulator: EMULATOR, env: process.env };
}

/** Debian's compiler knows only by absolute paths where newlib is. */
function ofKit(): ArmTools {
  const inKit = (...parts: string[]) => path.join(KIT, 'usr', ...parts);
  const named = (name: string) => inKit('bin', `${PREFIX}${name}`);
  // its headers come after the compiler's own, where both have the same
  const headers = ['-isystem', inKit('include', 'newlib', 'nano'), '-idirafter', inKit('include', 'newlib')];
  return {
    compiler: named('gcc'),
    compilerOptions: [`-B${inKit('lib', 'arm-none-eabi', 'newlib')}/`, ...headers],
    nm: named('nm'),
    size: named('size'),
    emulator: inKit('bin', EMULATOR),
    env: { ...process.env, LD_LIBRARY_PATH: libraryPath(KIT) },
  };
}

/** Every folder that Debian may put libraries into. */
function libraryPath(folder: string): string {
  const roots = [path.join(folder, 'lib'), path.join(folder, 'usr', 'lib')].filter((each) => existsSync(each));
  return roots.flatMap((each) => [each, ...readdirSync(each).map((name) => path.join(each, name))]).join(path.delimiter);
}

/** The compiler without its C library is of no use. */
function areUsable({ compiler, compilerOptions, emulator, env }: ArmTools): boolean {
  const compiled = spawnSync(compiler, [...compilerOptions, '--specs=nano.specs', '-mthumb', '-mcpu=cortex-m4', '-E', '-x', 'c', '-'], {
    env,
    input: '#include <string.h>\n',
  });
  return compiled.status === 0 && spawnSync(emulator, ['--version'], { env }).status === 0;
}

/** Runs one of the programs; gives its output. Rejects with what it complains about. */
export async function runTool({ env }: ArmTools, program: string, parameters: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, parameters, { env, maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new Error(stderr === '' ? message : `${path.basename(program)}: ${stderr.trim().slice(0, 4000)}`, { cause: error });
  }
}
