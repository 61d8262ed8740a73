// SPDX-License-Identifier: Apache-2.0
// A channel whose other end is the test: it gives datagrams in, byte by byte, and sees each that comes out.
import type { DatagramChannel, NetworkError } from '../../../../../host/interfaces.js';
import { fromHex, hex } from '../../../../../host/sim/codec/bytes.js';
import { settled } from '../../../../support/turned-clock.js';

export class Wire implements DatagramChannel {
  readonly name = 'test:wire';
  /** What the eIM has sent, upper-case hexadecimal, and nobody has taken yet. */
  sent: string[] = [];
  /** Called with each datagram of the eIM, for devices that answer by themselves. */
  onSent: ((datagram: Uint8Array) => void) | undefined;
  private listener: ((bytes: Uint8Array) => void) | undefined;
  private failed: ((error: NetworkError) => void) | undefined;

  send(bytes: Uint8Array): void {
    this.sent.push(hex(bytes));
    this.onSent?.(bytes);
  }

  onDatagram(listener: (bytes: Uint8Array) => void): void {
    this.listener = listener;
  }

  onFailure(listener: (error: NetworkError) => void): void {
    this.failed = listener;
  }

  async close(): Promise<void> {}

  /** A datagram of the device; resolves to what the eIM sends at once. */
  async receive(datagram: Uint8Array | string): Promise<string[]> {
    this.deliver(datagram);
    await settled();
    return this.take();
  }

  /** A datagram of the device, and no look at what comes of it. */
  deliver(datagram: Uint8Array | string): void {
    this.listener?.(typeof datagram === 'string' ? fromHex(datagram) : datagram);
  }

  fail(error: NetworkError): void {
    this.failed?.(error);
  }

  take(): string[] {
    return this.sent.splice(0);
  }
}
