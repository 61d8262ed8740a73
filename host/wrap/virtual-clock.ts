// SPDX-License-Identifier: Apache-2.0
// Time that passes only when it is told to: tests of minutes of network time end in milliseconds, and always the same way.

import type { Clock } from '../interfaces.js';
import { watchThreadPool } from './thread-pool-work.js';

interface Task {
  readonly atMs: number;
  readonly run: () => void;
}

/** Turns of the event loop that runUntil gives to what is ready before it jumps. */
const TURNS = 4;
/** A run with more tasks than this goes in a circle. */
const MOST_TASKS = 10_000_000;

/** A clock that stands still until it is run. Tasks due at the same moment run in the order in which they were given. */
export class VirtualClock implements Clock {
  #nowMs: number;
  /** In the order in which they will run. */
  readonly #tasks: Task[] = [];
  #held = 0;

  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Tasks that were given and have neither run nor been cancelled. */
  get waiting(): number {
    return this.#tasks.length;
  }

  /** @throws RangeError for a delay that is negative or no number. */
  after(delayMs: number, run: () => void): () => void {
    if (!(delayMs >= 0)) throw new RangeError(`a task can run 0 ms or more from now, not ${delayMs} ms`);
    const task = { atMs: this.#nowMs + delayMs, run };
    this.#tasks.splice(this.#placeOf(task.atMs), 0, task);
    return () => {
      const index = this.#tasks.indexOf(task);
      if (index >= 0) this.#tasks.splice(index, 1);
    };
  }

  /** Lets `ms` milliseconds pass, with every task that is due in them, and in the tasks of these. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`time goes forward: ${ms} ms cannot pass`);
    const endMs = this.#nowMs + ms;
    for (let count = 0; this.#tasks[0] !== undefined && this.#tasks[0].atMs <= endMs; count++) this.#runNext(count);
    this.#nowMs = endMs;
  }

  /** Runs tasks, for code without promises, until `isDone` says so or none is left. Returns whether it is done. */
  run(isDone: () => boolean = () => false): boolean {
    for (let count = 0; !isDone(); count++) {
      if (this.#tasks.length === 0) return false;
      this.#runNext(count);
    }
    return true;
  }

  /** Time stands still while this work is under way: real work that the event loop does not show, such as a request to a server in this process. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await work;
    } finally {
      this.#held--;
    }
  }

  /**
   * Runs tasks, for code with promises, until the promise is settled; resolves or rejects as it does. Before each task everything that is
   * ready happens; cryptography and files that this process is busy with are waited for when `work` is a function that starts them.
   * @throws Error when the promise is pending and nothing is left that could settle it; `what` names it there.
   */
  async runUntil<T>(work: Promise<T> | (() => Promise<T>), what = 'the promise'): Promise<T> {
    const pool = watchThreadPool();
    try {
      let isSettled = false;
      const promise = typeof work === 'function' ? work() : work;
      const settle = () => {
        isSettled = true;
      };
      promise.then(settle, settle);
      const isBusy = () => this.#held > 0 || pool.pending() > 0;
      for (let count = 0; ; count++) {
        await quiet(isBusy, () => isSettled);
        if (isSettled) return await promise;
        if (this.#tasks.length === 0) throw new Error(this.#deadlock(what));
        this.#runNext(count);
      }
    } finally {
      pool.stop();
    }
  }

  #deadlock(what: string): string {
    return (
      `at ${this.#nowMs} ms of virtual time ${what} is still pending, and nothing is left to do: no task waits and no work is held. ` +
      'Hold real work (clock.hold), or find what should have settled it'
    );
  }

  #runNext(count: number): void {
    if (count >= MOST_TASKS) throw new Error(`${count} tasks in one run, the last at ${this.#nowMs} ms: they go in a circle`);
    const task = this.#tasks.shift()!;
    this.#nowMs = Math.max(this.#nowMs, task.atMs);
    task.run();
  }

  /** Behind all tasks that are due then or earlier. */
  #placeOf(atMs: number): number {
    let low = 0;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tasks[middle]!.atMs <= atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Waits until some turns of the event loop in a row found no work under way, or until there is no more need. */
async function quiet(isBusy: () => boolean, isOver: () => boolean): Promise<void> {
  for (let turns = 0; turns < TURNS && !isOver(); turns = isBusy() ? 0 : turns + 1) await new Promise((resolve) => setImmediate(resolve));
}
