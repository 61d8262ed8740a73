// SPDX-License-Identifier: Apache-2.0
// Datagrams and bytes on the wire: what UDP carries, DTLS and all, without the headers of IP and UDP.

export interface UdpCounters {
  readonly datagramsUp: number;
  readonly datagramsDown: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** Counts over any number of sockets. */
export class UdpMeter implements UdpCounters {
  datagramsUp = 0;
  datagramsDown = 0;
  bytesUp = 0;
  bytesDown = 0;

  up(bytes: number): void {
    this.datagramsUp += 1;
    this.bytesUp += bytes;
  }

  down(bytes: number): void {
    this.datagramsDown += 1;
    this.bytesDown += bytes;
  }

  /** As they are now. */
  get counters(): UdpCounters {
    const { datagramsUp, datagramsDown, bytesUp, bytesDown } = this;
    return { datagramsUp, datagramsDown, bytesUp, bytesDown };
  }
}
