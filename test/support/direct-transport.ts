// SPDX-License-Identifier: Apache-2.0
// A transport straight into an eIM in this process, which can lose the network at any of its operations.

import { NetworkError, type RequestHead, type ResponseChunk, type Transport } from '../../host/interfaces.js';
import type { EsipaResponse } from '../../host/sim/eim/index.js';

/** Calls an eIM without a network between. */
export class DirectTransport implements Transport {
  readonly counters = { requests: 0, bodyBytesUp: 0, bodyBytesDown: 0, wireBytesUp: 0, wireBytesDown: 0 };
  /** The longest window that was sent or asked for. */
  largestWindowBytes = 0;
  /** Operations so far: each open, request, part sent and part received is one. */
  operations = 0;
  /** From this operation on, counted from 1, nothing works until it is set back. */
  lostFrom = Number.POSITIVE_INFINITY;
  private request = Buffer.alloc(0);
  private response: Promise<EsipaResponse> | undefined;
  private received = 0;

  constructor(private readonly handle: (body: Uint8Array) => Promise<EsipaResponse>) {}

  async open(): Promise<void> {
    this.operate('unreachable');
  }

  async beginRequest(_head: RequestHead): Promise<void> {
    this.operate('connectionLost');
    this.counters.requests += 1;
    this.request = Buffer.alloc(0);
    this.received = 0;
  }

  async sendChunk(bytes: Uint8Array, last: boolean): Promise<void> {
    this.operate('connectionLost');
    this.note(bytes.length);
    this.request = Buffer.concat([this.request, bytes]);
    if (last) this.response = this.handle(new Uint8Array(this.request));
  }

  async receive(maxBytes: number): Promise<ResponseChunk> {
    // The eIM has done its work although its answer is lost.
    const { status, body } = await this.response!;
    this.operate('connectionLost');
    if (status > 299) throw new NetworkError('httpStatus', `HTTP ${status}`, status);
    const bytes = body.subarray(this.received, this.received + maxBytes);
    this.note(bytes.length);
    this.received += bytes.length;
    return { bytes, more: this.received < body.length };
  }

  async abort(): Promise<void> {}

  async close(): Promise<void> {}

  private operate(reason: 'unreachable' | 'connectionLost'): void {
    this.operations += 1;
    if (this.operations >= this.lostFrom) throw new NetworkError(reason, 'the network is lost, as the test wants it');
  }

  private note(bytes: number): void {
    this.largestWindowBytes = Math.max(this.largestWindowBytes, bytes);
  }
}
