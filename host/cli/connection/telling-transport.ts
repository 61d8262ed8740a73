// SPDX-License-Identifier: Apache-2.0
// The HTTPS transport, with a memory for why it failed last: the module's error has a number, people want the words.

import { NetworkError, type Peer, type RequestHead, type ResponseChunk } from '../../interfaces.js';
import { HttpsTransport } from '../../transport/https.js';

/** As HttpsTransport. */
export class TellingTransport extends HttpsTransport {
  /** What the last NetworkError said. */
  lastProblem: string | undefined;

  override open(peer: Peer): Promise<void> {
    return this.remember(super.open(peer));
  }

  override beginRequest(head: RequestHead): Promise<void> {
    return this.remember(super.beginRequest(head));
  }

  override sendChunk(bytes: Uint8Array, last: boolean): Promise<void> {
    return this.remember(super.sendChunk(bytes, last));
  }

  override receive(maxBytes: number): Promise<ResponseChunk> {
    return this.remember(super.receive(maxBytes));
  }

  private async remember<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof NetworkError) this.lastProblem = error.message;
      throw error;
    }
  }
}
