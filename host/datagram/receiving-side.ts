// SPDX-License-Identifier: Apache-2.0
// What every channel owes its listeners: datagrams that came before there was one, and one failure.

import type { NetworkError } from '../interfaces.js';

/** Datagrams that wait for a listener; more are dropped, as a network would. */
const MAX_EARLY = 64;

/** The receiving half of a channel. */
export class ReceivingSide {
  private listener: ((bytes: Uint8Array) => void) | undefined;
  private failureListener: ((error: NetworkError) => void) | undefined;
  private readonly early: Uint8Array[] = [];
  private failure: NetworkError | undefined;
  private closed = false;

  onDatagram(listener: (bytes: Uint8Array) => void): void {
    this.listener = listener;
    for (const bytes of this.early.splice(0)) if (!this.closed) listener(bytes);
    this.tellFailure();
  }

  onFailure(listener: (error: NetworkError) => void): void {
    this.failureListener = listener;
    this.tellFailure();
  }

  arrive(bytes: Uint8Array): void {
    if (this.closed || this.failure !== undefined) return;
    if (this.listener !== undefined) this.listener(bytes);
    else if (this.early.length < MAX_EARLY) this.early.push(bytes);
  }

  /** Only the first failure counts. */
  fail(error: NetworkError): void {
    if (this.closed || this.failure !== undefined) return;
    this.failure = error;
    this.tellFailure();
  }

  /** From here on nobody is told anything. */
  close(): void {
    this.closed = true;
  }

  /** Once. Whoever is just setting both listeners gets the datagrams that came before the failure first. */
  private tellFailure(): void {
    if (this.early.length > 0) queueMicrotask(() => this.tellFailureNow());
    else this.tellFailureNow();
  }

  private tellFailureNow(): void {
    if (this.failure === undefined || this.failureListener === undefined || this.closed) return;
    const tell = this.failureListener;
    this.failureListener = undefined;
    tell(this.failure);
  }
}
