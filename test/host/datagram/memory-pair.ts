// SPDX-License-Identifier: Apache-2.0
// Two datagram channels that lead to each other without a network, with a log of what passed and a hand in what becomes of it.

import type { DatagramChannel, NetworkError } from '../../../host/interfaces.js';

/** One datagram, by who sent it. */
export interface Passed {
  readonly from: 'client' | 'server';
  readonly bytes: Uint8Array;
}

/** What becomes of a datagram: those that arrive instead of it. */
export type Fate = (passed: Passed, index: number) => readonly Uint8Array[];

export interface MemoryPair {
  readonly client: MemoryChannel;
  readonly server: MemoryChannel;
  /** All that was sent, in order. */
  readonly log: Passed[];
  /** Bytes and datagrams that one end sent. */
  sent(from: Passed['from']): { datagrams: number; bytes: number };
}

const unharmed: Fate = ({ bytes }) => [bytes];

/** Datagrams arrive in the next microtask. */
export function memoryPair(fate: Fate = unharmed): MemoryPair {
  const log: Passed[] = [];
  const client = new MemoryChannel('client', (bytes) => pass('client', bytes));
  const server = new MemoryChannel('server', (bytes) => pass('server', bytes));
  const pass = (from: Passed['from'], bytes: Uint8Array) => {
    const passed = { from, bytes };
    log.push(passed);
    const to = from === 'client' ? server : client;
    for (const arriving of fate(passed, log.length - 1)) queueMicrotask(() => to.arrive(arriving));
  };
  const sent = (from: Passed['from']) => {
    const all = log.filter((passed) => passed.from === from);
    return { datagrams: all.length, bytes: all.reduce((sum, { bytes }) => sum + bytes.length, 0) };
  };
  return { client, server, log, sent };
}

export class MemoryChannel implements DatagramChannel {
  closed = false;
  private listener: ((bytes: Uint8Array) => void) | undefined;
  private failureListener: ((error: NetworkError) => void) | undefined;
  private readonly early: Uint8Array[] = [];

  constructor(
    readonly name: string,
    private readonly pass: (bytes: Uint8Array) => void,
  ) {}

  send(bytes: Uint8Array): void {
    if (!this.closed) this.pass(new Uint8Array(bytes));
  }

  onDatagram(listener: (bytes: Uint8Array) => void): void {
    this.listener = listener;
    for (const bytes of this.early.splice(0)) listener(bytes);
  }

  onFailure(listener: (error: NetworkError) => void): void {
    this.failureListener = listener;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** What the network below would do. */
  arrive(bytes: Uint8Array): void {
    if (this.closed) return;
    if (this.listener === undefined) this.early.push(bytes);
    else this.listener(bytes);
  }

  fail(error: NetworkError): void {
    this.failureListener?.(error);
  }
}
