// SPDX-License-Identifier: Apache-2.0
// A transport that tells what passes through it.

import { NetworkError, type Peer, type RequestHead, type ResponseChunk, type Transport } from '../interfaces.js';
import { createTracer, type TraceDetails, type TraceOptions, type TraceSink } from './trace.js';

/** Wraps `transport`; each call and each failure becomes one record of lane "network" on `sink`. Failures are passed on unchanged. */
export function traceTransport(transport: Transport, sink: TraceSink, options: TraceOptions = {}): Transport {
  return new TracedTransport(transport, createTracer('network', sink, options));
}

class TracedTransport implements Transport {
  constructor(
    private readonly inner: Transport,
    private readonly trace: (details: TraceDetails) => void,
  ) {}

  open(peer: Peer): Promise<void> {
    const { kind, binding, address, trust } = peer;
    this.trace({ direction: 'out', event: 'open', kind, binding, address, trust: trust.kind });
    return this.watch('open', this.inner.open(peer));
  }

  beginRequest(head: RequestHead): Promise<void> {
    this.trace({ direction: 'out', event: 'request', function: head.function, totalBytes: head.totalBytes });
    return this.watch('request', this.inner.beginRequest(head));
  }

  sendChunk(bytes: Uint8Array, last: boolean): Promise<void> {
    this.trace({ direction: 'out', event: 'chunk', bytes, last });
    return this.watch('chunk', this.inner.sendChunk(bytes, last));
  }

  async receive(maxBytes: number): Promise<ResponseChunk> {
    const chunk = await this.watch('receive', this.inner.receive(maxBytes));
    this.trace({ direction: 'in', event: 'chunk', bytes: chunk.bytes, more: chunk.more });
    return chunk;
  }

  abort(): Promise<void> {
    this.trace({ direction: 'out', event: 'abort' });
    return this.watch('abort', this.inner.abort());
  }

  close(): Promise<void> {
    this.trace({ direction: 'out', event: 'close' });
    return this.watch('close', this.inner.close());
  }

  get counters(): Transport['counters'] {
    return this.inner.counters;
  }

  private async watch<T>(during: string, promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      this.trace({ direction: 'in', event: 'failure', during, ...describe(error) });
      throw error;
    }
  }
}

function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof NetworkError)) return { message: String(error) };
  return { reason: error.reason, message: error.message, ...(error.status === 0 ? {} : { status: error.status }) };
}
