// SPDX-License-Identifier: Apache-2.0
// A firmware under QEMU: its two serial lines are connections to TCP ports of this process, its report comes by standard output.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { ArmTools } from './arm-tools.js';
import type { Firmware } from './firmware.js';

/** Ports of 127.0.0.1 that somebody listens on. */
export interface EmulatorPorts {
  /** UART0. */
  readonly modem: number;
  /** UART1. */
  readonly network: number;
  /** QEMU's monitor, where commands such as system_reset are taken. */
  readonly monitor?: number;
}

export interface EmulatorOptions {
  readonly ports: EmulatorPorts;
  /** What the firmware draws its random numbers from. */
  readonly seed: number;
  /** Time goes by instructions, one a nanosecond; without it by the clock of this machine. */
  readonly counted: boolean;
}

/** A firmware that runs. */
export interface Emulator {
  /** What it has said so far, in lines. */
  readonly lines: readonly string[];
  /** Resolves to the exit status when it has ended; null when it was stopped. Rejects when it cannot be started. */
  readonly ended: Promise<number | null>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts QEMU. */
export function startEmulator(tools: ArmTools, firmware: Firmware, options: EmulatorOptions): Emulator {
  const child = spawn(tools.emulator, parameters(firmware, options), { env: tools.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const outputs = [child.stdout, child.stderr].map((output) => createInterface(output));
  for (const output of outputs) output.on('line', (line) => void lines.push(line));
  const ended = endOf(child, outputs);
  // whoever waits for the end learns of it; nobody may have begun to yet
  ended.catch(() => {});
  return {
    lines,
    ended,
    stop: async () => {
      child.kill('SIGKILL');
      await ended.catch(() => null);
    },
  };
}

/** Resolves when the last line has been read, too. */
async function endOf(child: ChildProcess, outputs: readonly Interface[]): Promise<number | null> {
  const read = outputs.map((output) => once(output, 'close'));
  const [status] = (await once(child, 'close')) as [number | null];
  await Promise.all(read);
  return status;
}

function parameters({ board, file, symbols }: Firmware, { ports, seed, counted }: EmulatorOptions): string[] {
  const seedAddress = symbols.get('ipa_seed');
  const { modem, network, monitor } = ports;
  return [
    ...['-machine', board.name, '-display', 'none', '-kernel', file],
    ...['-chardev', 'stdio,id=report,signal=off', '-semihosting-config', 'enable=on,target=native,chardev=report'],
    ...socket('modem', modem),
    ...['-serial', 'chardev:modem'],
    ...socket('network', network),
    ...['-serial', 'chardev:network'],
    ...(monitor === undefined ? ['-monitor', 'none'] : [...socket('monitor', monitor), '-mon', 'monitor']),
    ...(seedAddress === undefined ? [] : ['-device', `loader,addr=${seedAddress},data=${seed},data-len=4`]),
    ...(counted ? ['-icount', 'shift=0'] : []),
  ];
}

function socket(id: string, port: number): string[] {
  return ['-chardev', `socket,id=${id},host=127.0.0.1,port=${port},nodelay=on`];
}
