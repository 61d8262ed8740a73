// SPDX-License-Identifier: Apache-2.0
// A clock that stands still until it is turned on.

import type { Clock } from '../../../host/interfaces.js';

interface Task {
  readonly atMs: number;
  readonly run: () => void;
}

export class VirtualClock implements Clock {
  private timeMs = 0;
  private tasks: Task[] = [];

  nowMs(): number {
    return this.timeMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const task = { atMs: this.timeMs + delayMs, run };
    this.tasks.push(task);
    return () => {
      this.tasks = this.tasks.filter((other) => other !== task);
    };
  }

  /** How many tasks wait. */
  get pending(): number {
    return this.tasks.length;
  }

  /** Goes on by `ms`, running what falls due in its order; what datagrams set off comes in between. */
  async advance(ms: number): Promise<void> {
    const endMs = this.timeMs + ms;
    await settled();
    for (let next = this.nextUntil(endMs); next !== undefined; next = this.nextUntil(endMs)) {
      const due = next;
      this.tasks = this.tasks.filter((task) => task !== due);
      this.timeMs = due.atMs;
      due.run();
      await settled();
    }
    this.timeMs = endMs;
  }

  private nextUntil(endMs: number): Task | undefined {
    return this.tasks.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
  }
}

/** Resolves when microtasks and what was put off to the end of the turn have run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
