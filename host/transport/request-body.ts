// SPDX-License-Identifier: Apache-2.0
// A request body that is handed over part by part: nothing is kept beyond the part at hand, and a part is taken only
// when the connection wants it.

interface Part {
  readonly bytes: Uint8Array;
  readonly last: boolean;
  readonly settle: (error?: Error) => void;
}

/** The body of one request, between whoever gives the parts and the HTTP client that reads them. */
export class RequestBody implements AsyncIterable<Uint8Array> {
  private part: Part | undefined;
  private wakeReader: (() => void) | undefined;
  private stopped = false;
  private failure: Error | undefined;
  private offeredBytes = 0;
  private complete = false;

  constructor(private readonly totalBytes: number) {}

  /**
   * Gives the next part. Resolves when it was written and the connection wants more, or when nobody wants the body any more.
   * Rejects with the failure of the exchange, and with RangeError when the parts do not add up to the length announced.
   */
  async offer(bytes: Uint8Array, last: boolean): Promise<void> {
    this.count(bytes.length, last);
    if (this.failure !== undefined) throw this.failure;
    if (this.stopped) return;
    if (this.part !== undefined) throw new Error('the part before this one has not been taken yet');
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error) => (error === undefined ? resolve() : reject(error));
      this.part = { bytes: new Uint8Array(bytes), last, settle };
      this.wakeReader?.();
    });
  }

  /** Ends the body early. With an error, whoever gives parts is told; without one, further parts are dropped. */
  stop(error?: Error): void {
    if (this.stopped) return;
    this.stopped = true;
    this.failure = error;
    this.part?.settle(error);
    this.wakeReader?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (let ended = false; !ended; ) {
      const part = await this.nextPart();
      if (part === undefined) return;
      if (part.bytes.length > 0) yield part.bytes;
      // Only here, when the reader came back for more, has the part left.
      this.part = undefined;
      part.settle();
      ended = part.last;
    }
  }

  private async nextPart(): Promise<Part | undefined> {
    while (this.part === undefined && !this.stopped) {
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve;
      });
    }
    return this.stopped ? undefined : this.part;
  }

  private count(bytes: number, last: boolean): void {
    this.offeredBytes += bytes;
    if (this.complete) throw new RangeError('the last part of the request body was already given');
    if (this.offeredBytes > this.totalBytes || (last && this.offeredBytes !== this.totalBytes)) {
      throw new RangeError(`the request body has ${this.offeredBytes} bytes instead of the ${this.totalBytes} announced`);
    }
    this.complete = last;
  }
}
