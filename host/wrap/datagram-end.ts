// SPDX-License-Identifier: Apache-2.0
// One end of a simulated link, as the host knows datagram channels.

import type { DatagramChannel, NetworkError } from '../interfaces.js';

/** A channel that hands what is sent to `carry` and delivers what it is given. */
export class DatagramEnd implements DatagramChannel {
  isOpen = true;
  #listener: ((bytes: Uint8Array) => void) | undefined;
  #early: Uint8Array[] = [];
  #onFailure: ((error: NetworkError) => void) | undefined;
  #failure: NetworkError | undefined;

  constructor(
    readonly name: string,
    private readonly carry: (bytes: Uint8Array) => void,
  ) {}

  /** The bytes are copied: the caller may write over them. */
  send(bytes: Uint8Array): void {
    if (this.isOpen) this.carry(new Uint8Array(bytes));
  }

  onDatagram(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const bytes of early) listener(bytes);
  }

  onFailure(listener: (error: NetworkError) => void): void {
    this.#onFailure = listener;
    if (this.#failure) listener(this.#failure);
  }

  /** A datagram has come. */
  deliver(bytes: Uint8Array): void {
    if (!this.isOpen) return;
    if (this.#listener) this.#listener(bytes);
    else this.#early.push(bytes);
  }

  /** Nothing more can come. */
  fail(error: NetworkError): void {
    if (!this.isOpen || this.#failure) return;
    this.#failure = error;
    this.#onFailure?.(error);
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }
}
