// SPDX-License-Identifier: Apache-2.0
// UDP and DTLS, with a memory for why they failed last: the module's error has a number, people want the words.

import { UdpDatagramTransport } from '../../datagram/index.js';
import { type DatagramChannel, NetworkError, type Peer } from '../../interfaces.js';

/** As UdpDatagramTransport. */
export class TellingDatagrams extends UdpDatagramTransport {
  /** What the last failure said. */
  lastProblem: string | undefined;

  /** Rejects with NetworkError alone: a machine without DTLS is the end of a command and not of the program. */
  override async open(peer: Peer): Promise<DatagramChannel> {
    try {
      return this.told(await super.open(peer));
    } catch (error) {
      this.lastProblem = (error as Error).message;
      throw error instanceof NetworkError ? error : new NetworkError('unreachable', this.lastProblem, 0, { cause: error });
    }
  }

  private told(channel: DatagramChannel): DatagramChannel {
    return {
      name: channel.name,
      send: (bytes) => channel.send(bytes),
      onDatagram: (listener) => channel.onDatagram(listener),
      onFailure: (listener) =>
        channel.onFailure((error) => {
          this.lastProblem = error.message;
          listener(error);
        }),
      close: () => channel.close(),
    };
  }
}
