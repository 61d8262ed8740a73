// SPDX-License-Identifier: Apache-2.0
// Other people's programs, as they are installed; their output is waited for, never a time.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';

/** Whether a program is installed. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
}

export interface Program {
  /** Resolves with the match when the output so far, of both kinds, has it. Rejects with the output when the program ends without. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  /** To its standard input. */
  type(text: string): void;
  /** Ends it; a daemon that has to tidy up wants SIGTERM. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export function run(name: string, ...parameters: string[]): Program {
  return startProgram(name, parameters, process.env);
}

/** The same with another environment. */
export function startProgram(name: string, parameters: readonly string[], env: NodeJS.ProcessEnv): Program {
  const child: ChildProcessWithoutNullStreams = spawn(name, parameters, { stdio: 'pipe', env });
  let output = '';
  let ended = false;
  const watchers = new Set<() => void>();
  const notify = () => {
    for (const watch of [...watchers]) watch();
  };
  const take = (bytes: Buffer) => {
    output += bytes.toString('latin1');
    notify();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  // It may be gone before it has read everything.
  child.stdin.on('error', () => {});
  const end = new Promise<void>((resolve) => {
    child.once('close', () => {
      ended = true;
      notify();
      resolve();
    });
  });
  return {
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const found = pattern.exec(output);
          if (found === null && !ended) return;
          watchers.delete(watch);
          if (found !== null) resolve(found);
          else reject(new Error(`${name} ended without ${pattern}:\n${output}`));
        };
        watchers.add(watch);
        watch();
      }),
    type: (text) => {
      child.stdin.write(text);
    },
    stop: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await end;
    },
  };
}

/** A UDP port of 127.0.0.1 that is free, and the next one too. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const port = await bindOnce(0);
    if (port < 65_535 && (await bindOnce(port + 1)) > 0) return port;
  }
}

/** The port that was free; 0 when the wanted one is not. */
function bindOnce(port: number): Promise<number> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => resolve(0));
    socket.bind(port, '127.0.0.1', () => {
      const bound = socket.address().port;
      socket.close(() => resolve(bound));
    });
  });
}
