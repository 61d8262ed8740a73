// SPDX-License-Identifier: Apache-2.0
// A clock that stands still until a test turns it. No test waits for real time.
import type { Clock } from '../../../../../host/interfaces.js';

interface Task {
  readonly atMs: number;
  readonly run: () => void;
}

export class VirtualClock implements Clock {
  private now = 0;
  private tasks: Task[] = [];

  nowMs(): number {
    return this.now;
  }

  after(delayMs: number, run: () => void): () => void {
    const task = { atMs: this.now + delayMs, run };
    this.tasks.push(task);
    return () => {
      this.tasks = this.tasks.filter((each) => each !== task);
    };
  }

  /** How many calls are waited for. */
  get waiting(): number {
    return this.tasks.length;
  }

  /** Lets time pass: every task that is due runs at its moment, and what it starts runs before time goes on. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.now + byMs;
    await settled();
    for (let task = this.due(endMs); task !== undefined; task = this.due(endMs)) {
      this.tasks = this.tasks.filter((each) => each !== task);
      this.now = task.atMs;
      task.run();
      await settled();
    }
    this.now = endMs;
  }

  private due(endMs: number): Task | undefined {
    const [first] = this.tasks.toSorted((a, b) => a.atMs - b.atMs);
    return first !== undefined && first.atMs <= endMs ? first : undefined;
  }
}

/** Resolves when everything has run that waits for nothing outside. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
