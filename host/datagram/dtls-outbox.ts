// SPDX-License-Identifier: Apache-2.0
// What a DTLS association is about to send: the records of one step go together, and the last flight of a short handshake waits a moment
// for the first datagram of the application.

import type { DatagramChannel } from '../interfaces.js';
import { packRecords } from './dtls-records.js';

export class DtlsOutbox {
  private readonly records: Uint8Array[] = [];
  private held: NodeJS.Immediate | undefined;

  constructor(
    private readonly lower: DatagramChannel,
    private readonly mtu: number,
  ) {}

  push(record: Uint8Array): void {
    this.records.push(record);
  }

  /** Keeps what is there until `release`, or at the latest until the end of this turn of the event loop. */
  hold(): void {
    this.held = setImmediate(() => this.release());
  }

  release(): void {
    clearImmediate(this.held);
    this.held = undefined;
    this.flush();
  }

  /** Sends what is not held. */
  flush(): void {
    if (this.held !== undefined) return;
    for (const datagram of packRecords(this.records.splice(0), this.mtu)) this.lower.send(datagram);
  }
}
