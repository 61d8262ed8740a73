// SPDX-License-Identifier: Apache-2.0
// A device under test among its peers: the module on Node, a simulated modem with an eUICC, an eIM and an SM-DP+ on loopback ports.

import { onTestFinished } from 'vitest';
import { createNodeInstance } from '../../host/core/node.js';
import { type DriverLinks, deliverNotifications, download, poll } from '../../host/driver.js';
import type { Action, IpaInstance } from '../../host/interfaces.js';
import type { DownloadOptions, PollOptions, RspOptions } from '../../host/options.js';
import type { CommandResult } from '../../host/result.js';
import { type EimEvent, psmo, type QueuedItem } from '../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../host/sim/pki/index.js';
import { type PreparedProfile, Testbed, type TestbedOptions } from '../../host/sim/testbed.js';
import { type HttpsOptions, HttpsTransport } from '../../host/transport/https.js';
import { withVirtualTime } from './virtual-time.js';

export interface BenchOptions extends TestbedOptions {
  readonly https?: HttpsOptions;
  /** Where the module runs; default in this process. */
  readonly createInstance?: () => Promise<IpaInstance>;
}

let pki: Promise<TestPki> | undefined;

/** One PKI for all tests of a file: making it is the slowest part of a test bed. */
export function sharedPki(): Promise<TestPki> {
  pki ??= createTestPki();
  return pki;
}

/** The peers, and the device with everything it keeps between two polls. */
export class Bench {
  /** What the module asked for in the last poll. */
  actions: Action[] = [];
  /** The state region saved at the last action Persist. */
  persisted: Uint8Array | undefined;

  private constructor(
    readonly bed: Testbed,
    readonly instance: IpaInstance,
    readonly transport: HttpsTransport,
  ) {}

  /** Starts everything; it is closed when the test is over. By default the eUICC knows the eIM already. */
  static async start(options: BenchOptions = {}): Promise<Bench> {
    const { https, createInstance, ...rest } = options;
    const bed = await Testbed.start({ pki: await sharedPki(), associated: true, ...rest });
    const instance = createInstance ? await createInstance() : withVirtualTime(await createNodeInstance());
    const transport = new HttpsTransport({ ca: bed.smdp.caPem, resolve: bed.resolve, ...https });
    onTestFinished(async () => {
      await Promise.all([transport.close(), instance.close()]);
      await bed.close();
    });
    return new Bench(bed, instance, transport);
  }

  get eim() {
    return this.bed.eim;
  }

  get euicc() {
    return this.bed.euicc;
  }

  get smdp() {
    return this.bed.smdp;
  }

  /** One poll over a modem line of its own. */
  poll(options: PollOptions = {}, links: Partial<DriverLinks> = {}): Promise<CommandResult> {
    return this.run((all) => poll(all, options), links);
  }

  /** One download of the local user. */
  download(options: DownloadOptions, links: Partial<DriverLinks> = {}): Promise<CommandResult> {
    return this.run((all) => download(all, options), links);
  }

  /** The local user's delivery of notifications. */
  deliverNotifications(options: RspOptions = {}, links: Partial<DriverLinks> = {}): Promise<CommandResult> {
    return this.run((all) => deliverNotifications(all, options), links);
  }

  /** Any command, over a modem line of its own. */
  async run<Result>(command: (links: DriverLinks) => Promise<Result>, links: Partial<DriverLinks> = {}): Promise<Result> {
    const line = this.bed.modem.connect();
    this.actions = [];
    const record = (action: Action) => void this.actions.push(action);
    const persist = async (state: Uint8Array) => {
      this.persisted = state;
    };
    try {
      return await command({ instance: this.instance, card: line, transport: this.transport, persist, onAction: record, ...links });
    } finally {
      await line.close();
    }
  }

  /** Puts a profile into the SM-DP+ and its download into the eIM's queue. */
  queueDownload(prepared: PreparedProfile = {}): { iccid: string; item: QueuedItem } {
    const { iccid, activationCode } = this.bed.prepareProfile(prepared);
    return { iccid, item: this.eim.queue(this.bed.eid, { kind: 'download', activationCode }) };
  }

  /** Queues a package that enables a profile. */
  queueEnable(iccid: string): QueuedItem {
    return this.eim.queue(this.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(iccid)] });
  }

  /** Queues a package that changes nothing. */
  queueList(): QueuedItem {
    return this.eim.queue(this.bed.eid, { kind: 'euiccPackage', psmos: [psmo.listProfileInfo()] });
  }

  /** The eIM's log entries of one kind, in order. */
  events<Kind extends EimEvent['kind']>(kind: Kind): EventOf<Kind>[] {
    return eventsOf(this.eim.log, kind);
  }
}

type EventOf<Kind, Event = EimEvent> = Event extends { kind: infer Kinds } ? (Kind extends Kinds ? Event : never) : never;

/** The entries of one kind, in order. */
export function eventsOf<Kind extends EimEvent['kind']>(log: readonly EimEvent[], kind: Kind): EventOf<Kind>[] {
  return log.filter((event) => event.kind === kind) as EventOf<Kind>[];
}
