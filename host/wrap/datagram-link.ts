// SPDX-License-Identifier: Apache-2.0
// A network for datagrams: slow, lossy, with a queue and outages, as parameters say. Between two ends in this process, or around a real channel.

import type { Clock, DatagramChannel } from '../interfaces.js';
import { DatagramEnd } from './datagram-end.js';
import { type LinkCounters, LinkDirection, type LinkDirectionParameters, type Outage } from './link-direction.js';
import { seededRandom } from './seeded-random.js';

/** Both directions of a link. */
export interface LinkParameters {
  /** From the device. */
  readonly up?: LinkDirectionParameters;
  /** To the device. */
  readonly down?: LinkDirectionParameters;
  /** When nothing gets through, in either direction. */
  readonly outages?: readonly Outage[];
}

export interface LinkOptions {
  readonly clock: Clock;
  /** What is lost, doubled and late is the same for the same seed, a 32-bit integer. Default 1. */
  readonly seed?: number;
}

/** Two ends and what passed between them. */
export interface DatagramLink {
  readonly device: DatagramChannel;
  readonly server: DatagramChannel;
  readonly up: Readonly<LinkCounters>;
  readonly down: Readonly<LinkCounters>;
}

/** Connects two ends in this process. An end that closes drops what is on its way to it; the other end is told nothing, as with UDP. */
export function createDatagramLink(parameters: LinkParameters, options: LinkOptions): DatagramLink {
  const { up, down } = directions(parameters, options);
  const device = new DatagramEnd('link:device', (bytes) => up.carry(bytes, (arrived) => server.deliver(arrived)));
  const server: DatagramEnd = new DatagramEnd('link:server', (bytes) => down.carry(bytes, (arrived) => device.deliver(arrived)));
  return { device, server, up: up.counters, down: down.counters };
}

/** Puts such a network between the device and a channel: what the device sends goes up to `channel`, what comes from there goes down. */
export function wrapDatagramChannel(
  channel: DatagramChannel,
  parameters: LinkParameters,
  options: LinkOptions,
): DatagramChannel & { readonly up: Readonly<LinkCounters>; readonly down: Readonly<LinkCounters> } {
  const { up, down } = directions(parameters, options);
  const end = new DatagramEnd(channel.name, (bytes) => up.carry(bytes, (arrived) => end.isOpen && channel.send(arrived)));
  channel.onDatagram((bytes) => down.carry(bytes, (arrived) => end.deliver(arrived)));
  channel.onFailure((error) => end.fail(error));
  return {
    name: channel.name,
    up: up.counters,
    down: down.counters,
    send: (bytes) => end.send(bytes),
    onDatagram: (listener) => end.onDatagram(listener),
    onFailure: (listener) => end.onFailure(listener),
    close: async () => {
      await end.close();
      await channel.close();
    },
  };
}

/** Each direction has a sequence of its own, so that traffic one way does not change what happens the other way. */
function directions(parameters: LinkParameters, { clock, seed = 1 }: LinkOptions): { up: LinkDirection; down: LinkDirection } {
  const { up = {}, down = {}, outages = [] } = parameters;
  const random = seededRandom(seed);
  const nextSeed = () => Math.floor(random() * 0x1_0000_0000);
  return {
    up: new LinkDirection(up, outages, clock, seededRandom(nextSeed())),
    down: new LinkDirection(down, outages, clock, seededRandom(nextSeed())),
  };
}
