// SPDX-License-Identifier: Apache-2.0
// The eUICC of `ipa sim` in a virtual card reader, whenever there is one: the daemon behind it may start late, and end when nobody needs it.

import { setTimeout as wait } from 'node:timers/promises';
import type { SyncCardSlot } from '../../interfaces.js';
import { connectVpcd, type VpcdConnection } from '../../sim/card/index.js';
import type { Say } from './printer.js';

const AGAIN_MS = 500;

/** Where vpcd waits for a card. */
export interface VpcdAddress {
  readonly host: string;
  readonly port: number;
}

/** Begins at once; puts the card in again when the reader was away. */
export class VirtualReader {
  private readonly ending = new AbortController();
  private readonly done: Promise<void>;
  private connection: VpcdConnection | undefined;
  private problem: string | undefined;

  constructor(
    private readonly card: SyncCardSlot,
    private readonly address: VpcdAddress,
    private readonly say: Say,
  ) {
    this.done = this.run();
  }

  /** Takes the card out for good. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.connection?.close();
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      await this.visit();
      await wait(AGAIN_MS, undefined, { signal: this.ending.signal }).catch(() => {});
    }
  }

  /** Puts the card in, and waits until it is out. */
  private async visit(): Promise<void> {
    try {
      this.connection = await connectVpcd(this.card, this.address);
      if (this.ending.signal.aborted) return await this.connection.close();
      this.problem = undefined;
      const { host, port } = this.address;
      this.say('reader', `the eUICC is in the reader of vpcd at ${host}:${port}`, { kind: 'cardInserted', host, port });
      const end = await this.connection.closed;
      if (end) this.say('reader', `the eUICC is out of it: ${end.message}`, { kind: 'cardRemoved', problem: end.message });
    } catch (error) {
      this.tellOnce((error as Error).message);
    }
  }

  private tellOnce(problem: string): void {
    if (problem === this.problem) return;
    this.problem = problem;
    this.say('reader', `no reader yet — PROBLEM: ${problem}`, { kind: 'readerMissing', problem });
  }
}
