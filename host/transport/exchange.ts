// SPDX-License-Identifier: Apache-2.0
// One request and its response. The response is read at the pace of whoever asks for it: at most the bytes of one read of the
// socket wait here beside those asked for.

import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { NetworkError, type ResponseChunk } from '../interfaces.js';
import { failureDuringExchange } from './network-failure.js';
import { RequestBody } from './request-body.js';

/** Takes what the HTTP client reports, gives what the transport asks for. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly body: RequestBody;
  /** The most bytes of the response that ever waited here. */
  largestQueuedBytes = 0;
  private controller: Dispatcher.DispatchController | undefined;
  private readonly queue: Uint8Array[] = [];
  private queuedBytes = 0;
  /** Bytes of the response not yet handed over, when the server announced its length. */
  private remainingBytes: number | undefined;
  private contentFault: string | undefined;
  private ended = false;
  private finished = false;
  private failure: NetworkError | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly peerName: string,
    /** What an answer must be. */
    private readonly mediaType: string,
    totalBytes: number,
  ) {
    this.body = new RequestBody(totalBytes);
  }

  /** True once all was handed over or it failed: another exchange may begin. */
  get isOver(): boolean {
    return this.finished || this.failure !== undefined;
  }

  /** True while the connection is still busy with this exchange. */
  get holdsConnection(): boolean {
    return !this.ended && this.failure === undefined;
  }

  /** Ends the exchange; waiting calls are told. The first failure counts. */
  fail(error: NetworkError): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.body.stop(error);
    if (!this.controller?.aborted) this.controller?.abort(error);
    this.wake?.();
  }

  /** The next at most `maxBytes` bytes of the response. What came before a failure is handed over first. */
  async receive(maxBytes: number): Promise<ResponseChunk> {
    while (!this.canAnswer(maxBytes)) await this.progress();
    if (this.failure !== undefined && this.queuedBytes === 0) throw this.failure;
    const bytes = this.take(maxBytes);
    if (this.remainingBytes !== undefined) this.remainingBytes -= bytes.length;
    const more = this.queuedBytes > 0 || !(this.ended || this.remainingBytes === 0);
    this.finished = !more;
    // The client has yet to see the end of the message before the connection can serve another.
    if (!more) this.controller?.resume();
    return { bytes, more };
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.failure !== undefined) controller.abort(this.failure);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    if (status > 299) this.fail(new NetworkError('httpStatus', `${this.peerName} answered with HTTP status ${status}`, status));
    const length = String(headers['content-length']);
    if (/^\d+$/.test(length) && status !== 204) this.remainingBytes = Number(length);
    this.contentFault = contentFault(headers, this.mediaType);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // Resuming the client makes it report nothing, too; pausing on that would go round in circles.
    if (this.failure !== undefined || chunk.length === 0) return;
    // An empty answer may carry any type, so the type is judged only now.
    if (this.contentFault !== undefined) {
      this.fail(new NetworkError('malformed', `${this.peerName} answered with ${this.contentFault}`));
      return;
    }
    controller.pause();
    this.queue.push(chunk);
    this.queuedBytes += chunk.length;
    this.largestQueuedBytes = Math.max(this.largestQueuedBytes, this.queuedBytes);
    this.wake?.();
  }

  onResponseEnd(): void {
    this.ended = true;
    this.body.stop();
    this.wake?.();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (!this.ended) this.fail(failureDuringExchange(error, this.peerName));
  }

  /** Without a length announced, only a byte too many or the end tells whether more follows. */
  private canAnswer(maxBytes: number): boolean {
    if (this.failure !== undefined || this.ended || this.queuedBytes > maxBytes) return true;
    return this.remainingBytes !== undefined && this.queuedBytes > 0;
  }

  private progress(): Promise<void> {
    const changed = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.controller?.resume();
    return changed;
  }

  private take(maxBytes: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(maxBytes, this.queuedBytes));
    for (let at = 0; at < bytes.length; ) {
      const chunk = this.queue.shift()!;
      const used = chunk.subarray(0, bytes.length - at);
      bytes.set(used, at);
      at += used.length;
      if (used.length < chunk.length) this.queue.unshift(chunk.subarray(used.length));
    }
    this.queuedBytes -= bytes.length;
    return bytes;
  }
}

function contentFault(headers: IncomingHttpHeaders, mediaType: string): string | undefined {
  const type = String(headers['content-type'] ?? '')
    .split(';')[0]!
    .trim()
    .toLowerCase();
  if (type !== mediaType) return type === '' ? 'a body of no content type' : `content type ${type}`;
  const coding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  return coding === 'identity' ? undefined : `content encoding ${coding}`;
}
