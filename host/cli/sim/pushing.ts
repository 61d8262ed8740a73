// SPDX-License-Identifier: Apache-2.0
// The eIM of `ipa sim` as the one that calls: it pushes what is queued to a device that listens, or that will.

import { setTimeout as wait } from 'node:timers/promises';
import { type PreSharedKey, UdpDatagramTransport } from '../../datagram/index.js';
import type { DatagramChannel } from '../../interfaces.js';
import type { Testbed } from '../../sim/testbed.js';
import type { QueuedOrder } from './orders.js';
import type { Say } from './printer.js';

const AGAIN_MS = 500;
const PING_MS = 2000;
/** An empty confirmable message. */
const PING = Uint8Array.of(0x40, 0, 0x50, 0x49);

/** Begins at once; a device that is not there yet is called again and again. */
export class Pushing {
  private readonly ending = new AbortController();
  private readonly transport: UdpDatagramTransport;
  private readonly done: Promise<void>;
  private problem: string | undefined;
  /** Whether the device that was reached has gone. */
  private isGone = false;

  constructor(
    private readonly bed: Testbed,
    private readonly queued: readonly QueuedOrder[],
    private readonly device: { readonly address: string; readonly psk: PreSharedKey | undefined },
    private readonly say: Say,
  ) {
    const { psk } = device;
    this.transport = new UdpDatagramTransport({ ...(psk ? { psk } : {}), handshakeTimeoutMs: 10_000 });
    this.done = this.run();
  }

  /** Gives up what is not done, and hangs up. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.transport.close();
    await this.done;
  }

  private async run(): Promise<void> {
    while (this.isWanted()) {
      await this.call();
      await this.pause();
    }
  }

  /** Reaches the device and pushes until nothing is left. The device talks through the same channel: it stays open to the end. */
  private async call(): Promise<void> {
    try {
      const channel = await this.reach();
      while (this.isWanted() && !this.isGone) {
        await this.push(channel);
        await this.pause();
      }
    } catch (error) {
      this.tellOnce((error as Error).message);
    }
  }

  private async reach(): Promise<DatagramChannel> {
    const { address, psk } = this.device;
    const scheme = psk ? 'coaps' : 'coap';
    const channel = await this.transport.open({ kind: 'eim', binding: 'asn1', scheme, address, trust: { kind: 'platform' } });
    if (scheme === 'coap') await ping(channel);
    this.isGone = false;
    const onFailure: DatagramChannel['onFailure'] = (listener) =>
      channel.onFailure((error) => {
        this.isGone = true;
        listener(error);
      });
    return {
      name: channel.name,
      send: (bytes) => channel.send(bytes),
      onDatagram: (hear) => channel.onDatagram(hear),
      onFailure,
      close: () => channel.close(),
    };
  }

  /** One that is at a download takes nothing else meanwhile. */
  private async push(channel: DatagramChannel): Promise<void> {
    if (this.queued.some(({ queued: { item, status } }) => item.kind === 'download' && status === 'delivered')) return;
    await this.bed.eim.push(this.bed.eid, channel);
  }

  private isWanted(): boolean {
    return !this.ending.signal.aborted && this.queued.some(({ queued: { isOpen } }) => isOpen);
  }

  private tellOnce(problem: string): void {
    if (problem === this.problem || this.ending.signal.aborted) return;
    this.problem = problem;
    this.say('eIM', `cannot push yet — PROBLEM: ${problem}`, { kind: 'pushFailed', problem });
  }

  private async pause(): Promise<void> {
    await wait(AGAIN_MS, undefined, { signal: this.ending.signal }).catch(() => {});
  }
}

/** Asks whether CoAP is spoken there (RFC 7252 §4.3), so that no package is sent to nobody. Rejects with Error. */
function ping(channel: DatagramChannel): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${channel.name} does not answer`)), PING_MS);
    channel.onDatagram(() => {
      clearTimeout(timer);
      resolve();
    });
    channel.onFailure((error) => {
      clearTimeout(timer);
      reject(error);
    });
    channel.send(PING);
  });
}
