// SPDX-License-Identifier: Apache-2.0
// When `ipa sim` ends: by a signal, with standard input, or when there is nothing left to do.

import type { Testbed } from '../../sim/testbed.js';
import type { SimCommandOptions } from './command.js';
import type { QueuedOrder } from './orders.js';

const LOOK_EVERY_MS = 100;
/** An IPA that is done still closes its channel; longer silence means that it has gone. */
const QUIET_LOOKS = 5;

/** Resolves when it is time to end. */
export async function waitForEnd(bed: Testbed, queued: readonly QueuedOrder[], options: SimCommandOptions): Promise<void> {
  const reasons = [signal()];
  if (options.untilEof) reasons.push(endOfInput());
  if (options.untilIdle) reasons.push(idle(bed, queued));
  const stops = reasons.map(({ stop }) => stop);
  await Promise.race(reasons.map(({ happened }) => happened));
  for (const stop of stops) stop();
}

/** A reason to end that can be taken back. */
interface Reason {
  readonly happened: Promise<void>;
  readonly stop: () => void;
}

function signal(): Reason {
  let onSignal = () => {};
  const happened = new Promise<void>((resolve) => {
    onSignal = resolve;
    process.on('SIGINT', resolve).on('SIGTERM', resolve);
  });
  return { happened, stop: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal) };
}

function endOfInput(): Reason {
  const happened = new Promise<void>((resolve) => {
    process.stdin.on('end', resolve).on('close', resolve).resume();
  });
  return { happened, stop: () => void process.stdin.destroy() };
}

function idle(bed: Testbed, queued: readonly QueuedOrder[]): Reason {
  let timer: NodeJS.Timeout | undefined;
  const happened = new Promise<void>((resolve) => {
    let quietLooks = 0;
    let lastCommands = 0;
    timer = setInterval(() => {
      const { commands } = bed.modem.counters;
      quietLooks = commands === lastCommands ? quietLooks + 1 : 0;
      lastCommands = commands;
      const nothingToDo = commands > 0 && queued.every(({ queued: { isOpen } }) => !isOpen);
      if (nothingToDo && quietLooks >= QUIET_LOOKS) resolve();
    }, LOOK_EVERY_MS);
  });
  return { happened, stop: () => clearInterval(timer) };
}
