// SPDX-License-Identifier: Apache-2.0
// What the two serial lines of a device lead to: the simulated modem with its eUICC, and a network processor that reaches the simulated eIM
// and SM-DP+ by real sockets.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { UdpDatagramTransport } from '../../host/datagram/index.js';
import { streamLine } from '../../host/modem/stream-line.js';
import { type NetworkProcessor, serveNetworkProcessor } from '../../host/network-processor/index.js';
import { type EimEvent, psmo, type QueuedItem } from '../../host/sim/eim/index.js';
import { Testbed, type TestbedOptions } from '../../host/sim/testbed.js';
import { HttpsTransport } from '../../host/transport/https.js';
import type { EmulatorPorts } from './emulator.js';

/** Changes what is on its way to the device: returns the bytes that it gets. */
export type Tamper = (bytes: Uint8Array) => Uint8Array;

export interface WorldOptions {
  readonly scheme?: 'https' | 'coap' | 'coaps';
  readonly tamperModem?: Tamper;
  readonly tamperNetwork?: Tamper;
  readonly bed?: TestbedOptions;
  /** Sees what happens at the eIM. */
  readonly onEvent?: (event: EimEvent) => void;
  /** The operator asks again, with another profile, when a main job has ended otherwise than wanted. Default: no. */
  readonly asksAgain?: boolean;
}

/** What the operator wants of the device. */
export interface MainJob {
  readonly iccid: string;
  readonly profileBytes: number;
  readonly download: QueuedItem;
  readonly enable: QueuedItem;
}

const PSK = { identity: 'device-1', key: Buffer.from('sixteen letters!') };

/** The peers, running. */
export class World {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #processors: NetworkProcessor[] = [];
  readonly #jobs: MainJob[] = [];
  #monitor: Socket | undefined;

  private constructor(
    readonly bed: Testbed,
    readonly transport: HttpsTransport,
    readonly datagrams: UdpDatagramTransport | undefined,
    private readonly options: WorldOptions,
  ) {}

  static async start(options: WorldOptions = {}): Promise<World> {
    const { scheme = 'https' } = options;
    let world: World | undefined;
    const onEvent = (event: EimEvent) => {
      options.onEvent?.(event);
      // what the event is about is put down first
      if (options.asksAgain) queueMicrotask(() => world?.askAgain());
    };
    const coap = { https: {}, coap: { port: 0 }, coaps: { coapsPort: 0, psk: PSK } }[scheme];
    const eim = { ...options.bed?.eim, onEvent, ...(scheme === 'https' ? {} : { coap }) };
    const bed = await Testbed.start({ associated: true, ...options.bed, eim });
    const transport = new HttpsTransport({ ca: bed.smdp.caPem, resolve: bed.resolve });
    const datagrams = {
      https: () => undefined,
      coap: () => new UdpDatagramTransport({ resolve: bed.resolveCoap }),
      coaps: () => new UdpDatagramTransport({ resolve: bed.resolveCoaps, psk: PSK }),
    }[scheme]();
    world = new World(bed, transport, datagrams, options);
    return world;
  }

  /** Listens for the two lines of one device, and for the monitor of its emulator. */
  async listen(): Promise<EmulatorPorts> {
    const modem = await this.#accept((socket) => this.#attachModem(socket));
    const network = await this.#accept((socket) => this.#attachNetwork(socket));
    const monitor = await this.#accept((socket) => {
      this.#monitor = socket.resume();
    });
    return { modem, network, monitor };
  }

  /** Resets the device, as its watchdog would: its lines stay, and who is at their other ends knows nothing of it. */
  resetDevice(): void {
    if (!this.#monitor) throw new Error('no emulator has called its monitor');
    this.#monitor.write('system_reset\n');
  }

  /** Puts a profile into the SM-DP+, and its download and enabling into the queue of the eIM. */
  queueMainJob(profileBytes: number): MainJob {
    const number = this.#jobs.length + 1;
    const iccid = String(89_000_123_456_789_012_340n + BigInt(number));
    const { activationCode } = this.bed.prepareProfile({ iccid, sizeBytes: profileBytes, matchingId: `MATCH-${number}` });
    const download = this.bed.eim.queue(this.bed.eid, { kind: 'download', activationCode });
    const enable = this.bed.eim.queue(this.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(iccid)] });
    const job = { iccid, download, enable, profileBytes };
    this.#jobs.push(job);
    return job;
  }

  /** All that were queued. */
  get jobs(): readonly MainJob[] {
    return this.#jobs;
  }

  private askAgain(): void {
    const job = this.#jobs.at(-1);
    if (!job || job.download.isOpen || job.enable.isOpen || this.shortcomings(job).length === 0) return;
    this.queueMainJob(job.profileBytes);
  }

  /** What is missing from a job (default: the last) that is done and told to the eIM with signatures that are right; empty when it is. */
  shortcomings(job = this.#jobs.at(-1)): string[] {
    if (!job) return ['no main job was queued'];
    const { iccid, download, enable } = job;
    const enabled = this.bed.euicc.profiles.some((profile) => profile.iccid === iccid && profile.state === 'enabled');
    const faults: string[] = [];
    if (!enabled) faults.push(`profile ${iccid} is not enabled`);
    if (!isInstalled(download.result)) faults.push(`the eIM has no signed result of the download, but ${resultWords(download.result)}`);
    const { result } = enable;
    const isSigned = result?.kind === 'euiccPackageResult' && result.verified && result.result.form === 'signed';
    if (!isSigned || !result.result.results.every(({ code }) => code === 0))
      faults.push(`the eIM has no signed result of the enabling, but ${resultWords(result)}`);
    return faults;
  }

  async close(): Promise<void> {
    await Promise.all(this.#processors.map((processor) => processor.close()));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
    await Promise.all([this.transport.close(), this.datagrams?.close()]);
    await this.bed.close();
  }

  /** The port that is listened on; 0 was asked for. */
  async #accept(attach: (socket: Socket) => void): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      // an emulator that is ended drops its lines in the middle
      socket.on('error', () => {});
      attach(socket);
    });
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  #attachModem(socket: Socket): void {
    const { tamperModem: tamper = unchanged } = this.options;
    const output = { send: (bytes: Uint8Array) => void socket.write(tamper(bytes)), hangUp: () => socket.destroySoon() };
    const { port, detach } = this.bed.modem.attach(output);
    socket.on('data', (bytes) => port.receive(bytes));
    socket.on('close', detach);
  }

  #attachNetwork(socket: Socket): void {
    const { tamperNetwork: tamper = unchanged } = this.options;
    const line = streamLine('network', socket);
    const tampered = {
      name: line.name,
      write: (bytes: Uint8Array) => line.write(tamper(bytes)),
      onData: (listener: (bytes: Uint8Array) => void) => line.onData(listener),
      onClose: (listener: (reason: Error) => void) => line.onClose(listener),
      close: () => line.close(),
    };
    const { transport, datagrams } = this;
    this.#processors.push(serveNetworkProcessor(tampered, { transport, ...(datagrams ? { datagrams } : {}) }));
  }
}

/** A ProfileInstallationResult is signed by the eUICC; it comes as the result itself, or as a notification. */
function isInstalled(event: EimEvent | undefined): boolean {
  if (!event?.verified) return false;
  if (event.kind === 'downloadResult') return event.installation?.outcome.success === true;
  return event.kind === 'notification' && event.notification.type === 'profileInstallationResult' && event.notification.outcome.success;
}

const unchanged: Tamper = (bytes) => bytes;

function resultWords(event: EimEvent | undefined): string {
  return event === undefined ? 'nothing' : `${event.kind}${event.problem === undefined ? '' : `: ${event.problem}`}`;
}
