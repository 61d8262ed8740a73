// SPDX-License-Identifier: Apache-2.0
// The packages waiting for a device. One is outstanding at a time: it is offered again, byte for byte, until its result has come,
// because an eIM cannot know whether a package or only its result was lost; an eUICC answers the second copy with replayError.
import { hex } from '../codec/bytes.js';
import type { EimEvent } from './log.js';
import type { EimItem } from './packages/items.js';

/** queued: not yet fetched; delivered: fetched, no result yet; finished: result came; abandoned: fetched too often without a result. */
export type ItemStatus = 'queued' | 'delivered' | 'finished' | 'abandoned';

/** An item on its way. Tests and tools read it; only the eIM changes it. */
export class QueuedItem {
  status: ItemStatus = 'queued';
  deliveries = 0;
  /** As delivered, with its own tag; every further delivery repeats these bytes. */
  encoded: Uint8Array | undefined;
  /** Of an eUICC package, once it was signed. */
  counterValue: number | undefined;
  /** Resolves when the result has come. */
  readonly finished: Promise<void>;
  private settle = (): void => {};
  /** What the device reported, when it did. */
  result: EimEvent | undefined;

  constructor(
    /** Where the item comes from; a download that began at an SM-DS goes on with the item that the SM-DS named. */
    public item: EimItem,
    readonly eimTransactionId: Uint8Array | undefined,
  ) {
    this.finished = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** Upper-case hexadecimal; undefined when the item was queued without one. */
  get transactionId(): string | undefined {
    return this.eimTransactionId === undefined ? undefined : hex(this.eimTransactionId);
  }

  get isOpen(): boolean {
    return this.status === 'queued' || this.status === 'delivered';
  }

  finish(result: EimEvent): void {
    this.status = 'finished';
    this.result = result;
    this.settle();
  }

  /** It was sent, but the device did not take it. */
  takeBack(): void {
    this.status = 'queued';
  }

  /** The same, but only for now: that does not count. */
  postpone(): void {
    this.takeBack();
    this.deliveries--;
  }
}

/** The items of one device, in the order in which they were queued; finished ones stay for look-up. */
export class ItemQueue {
  readonly items: QueuedItem[] = [];

  constructor(private readonly maxDeliveries: number) {}

  /** The item to offer now, other than these; gives up on one that was fetched too often. */
  next(except: readonly QueuedItem[] = []): QueuedItem | undefined {
    for (const queued of this.items) {
      if (except.includes(queued)) continue;
      if (queued.deliveries >= this.maxDeliveries && queued.isOpen) queued.status = 'abandoned';
      if (queued.isOpen) return queued;
    }
    return undefined;
  }

  /** The item that was fetched and has no result yet, if it is of this kind (any kind when left out). */
  outstanding(kind?: EimItem['kind']): QueuedItem | undefined {
    return this.items.find((queued) => queued.status === 'delivered' && (kind === undefined || queued.item.kind === kind));
  }

  /** By eIM transaction identifier, upper-case hexadecimal. */
  find(transactionId: string): QueuedItem | undefined {
    return this.items.find((queued) => queued.transactionId === transactionId);
  }
}
