// SPDX-License-Identifier: Apache-2.0
// The eIM of `ipa sim` as the one that calls: it pushes what is queued to a device that listens, or that will.

import { setTimeout as wait } from 'node:timers/promises';
import { type PreSharedKey, UdpDatagramTransport } from '../../datagram/index.js';
import type { DatagramChannel, Peer } from '../../interfaces.js';
import type { Testbed } from '../../sim/testbed.js';
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

  constructor(
    private readonly bed: Testbed,
    private readonly address: string,
    private readonly psk: PreSharedKey | undefined,
    private readonly say: Say,
  ) {
    // A datagram to a port that nobody listens on yet is answered at once; one that is lost is sent again soon.
    this.transport = new UdpDatagramTransport({ ...(psk ? { psk } : {}), handshakeTimeoutMs: 10_000 });
    this.done = this.run();
  }

  /** Gives up what is not done. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.transport.close();
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted && !(await this.pushAll())) await this.pause();
  }

  /** Gives false when the device was not reached. */
  private async pushAll(): Promise<boolean> {
    const scheme = this.psk ? 'coaps' : 'coap';
    const peer: Peer = { kind: 'eim', binding: 'asn1', scheme, address: this.address, trust: { kind: 'platform' } };
    let channel: DatagramChannel | undefined;
    try {
      channel = await this.transport.open(peer);
      if (scheme === 'coap') await ping(channel);
      const pushed = await this.bed.eim.push(this.bed.eid, channel);
      return pushed.every(({ answer }) => answer !== 'none');
    } catch (error) {
      this.tellOnce((error as Error).message);
      return false;
    } finally {
      await channel?.close();
    }
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
