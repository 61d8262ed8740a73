// SPDX-License-Identifier: Apache-2.0
// A device and its peers in one process, without HTTPS to the eIM: light enough to be made anew for every point of interruption.

import { createPublicKey } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { type DriverLinks, poll } from '../../host/driver.js';
import type { Binding, IpaInstance, SyncCardSlot } from '../../host/interfaces.js';
import type { PollOptions } from '../../host/options.js';
import type { CommandResult } from '../../host/result.js';
import { EimIdType, EimService, encodeEimConfigurationData, psmo } from '../../host/sim/eim/index.js';
import { SimulatedEuicc } from '../../host/sim/euicc/index.js';
import { SimulatedModem } from '../../host/sim/modem/index.js';
import { DEFAULT_EID, DEFAULT_SMDP_ADDRESS, type TestPki } from '../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage, notifyAll } from '../../host/sim/profile/index.js';
import { SimulatedSmdp, SmdpService } from '../../host/sim/smdp/index.js';
import { sharedPki } from './bench.js';
import { DirectTransport } from './direct-transport.js';

export const ICCID = '89000123456789012341';
const SMALL_PROFILE_BYTES = 1_500;

/** An SM-DP+ for many beds: it is the only peer that listens on a port. */
export async function startSmdp(): Promise<SimulatedSmdp> {
  const smdp = new SimulatedSmdp({ pki: await sharedPki() });
  await smdp.start();
  return smdp;
}

let orders = 0;

/** One device with its eIM, and the job of installing and enabling one small profile. */
export class LightBed {
  readonly eim: EimService;
  readonly euicc: SimulatedEuicc;
  readonly transport: DirectTransport;
  /** The state region saved at the last action Persist. */
  persisted: Uint8Array | undefined;
  /** Whether the test changes what the card says, so that the eIM may meet wrong signatures. */
  isForged = false;
  /** Makes the modem of the next poll around the card. */
  plug = (card: SyncCardSlot): SimulatedModem => new SimulatedModem({ slot: card });

  /** `direct`: how downloads are straight; undefined: they go through the eIM, to the SM-DP+ on its port. */
  private constructor(
    private readonly smdp: SmdpService,
    pki: TestPki,
    port: number,
    private readonly direct?: PollOptions,
  ) {
    this.eim = new EimService({ pki, resolveSmdp: () => ({ host: '127.0.0.1', port }) });
    this.eim.register({ eid: DEFAULT_EID, euiccCertificate: pki.euicc.certificate, eumCertificate: pki.eum.certificate });
    this.euicc = new SimulatedEuicc({ pki, eimConfigurations: [eimConfigurationData(pki, this.eim.eimId, !direct)] });
    this.transport = new DirectTransport((body) => this.eim.handle(body), smdp);
  }

  /** A new eUICC and a new eIM; closed when the test is over. */
  static async create(smdp: SimulatedSmdp): Promise<LightBed> {
    return LightBed.prepare(new LightBed(smdp, await sharedPki(), smdp.port));
  }

  /** The same with downloads and notifications straight to an SM-DP+ of its own, in this process. */
  static async createDirect(rspBinding: Binding): Promise<LightBed> {
    const pki = await sharedPki();
    return LightBed.prepare(new LightBed(new SmdpService({ pki }), pki, 0, { rspBinding }));
  }

  private static prepare(bed: LightBed): LightBed {
    onTestFinished(() => bed.eim.close());
    bed.queueJob();
    return bed;
  }

  /** What the operator wants of the device: one profile, installed and enabled. Each download has an order of its own. */
  queueJob(): void {
    const installed = this.euicc.profiles.length > 0;
    if (!installed) this.eim.queue(DEFAULT_EID, { kind: 'download', activationCode: this.order() });
    this.eim.queue(DEFAULT_EID, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)] });
  }

  get hasWork(): boolean {
    return this.eim.device(DEFAULT_EID)!.queue.next() !== undefined;
  }

  get isDone(): boolean {
    return this.euicc.profiles[0]?.state === 'enabled' && !this.hasWork;
  }

  /** One poll over a modem that has just been switched on, so that the card was reset. */
  async poll(instance: IpaInstance, options: PollOptions = {}, links: Partial<DriverLinks> = {}): Promise<CommandResult> {
    const line = this.plug(this.euicc).connect();
    const persist = async (state: Uint8Array) => {
      this.persisted = state;
    };
    try {
      return await poll({ instance, card: line, transport: this.transport, persist, ...links }, { ...this.direct, ...options });
    } finally {
      await line.close();
    }
  }

  /** What the SM-DP+ got from this device, each notification once. */
  get notifications() {
    return this.smdp.notifications.filter(({ duplicate, raw }) => !duplicate && this.isMine(raw));
  }

  private isMine(raw: Uint8Array): boolean {
    if (this.direct) return true;
    return this.eim.log.some((event) => event.kind === 'notification' && Buffer.compare(event.raw, raw) === 0);
  }

  private order(): string {
    const matchingId = `ORDER-${orders++}`;
    const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: SMALL_PROFILE_BYTES });
    const metadata = makeMetadata({ iccid: ICCID, notifications: notifyAll(DEFAULT_SMDP_ADDRESS) });
    this.smdp.addOrder({ matchingId, profile, metadata });
    return `LPA:1$${DEFAULT_SMDP_ADDRESS}$${matchingId}`;
  }
}

function eimConfigurationData(pki: TestPki, eimId: string, indirectProfileDownload: boolean): Uint8Array {
  const spki = new Uint8Array(createPublicKey(pki.eimSign.privateKey).export({ type: 'spki', format: 'der' }));
  return encodeEimConfigurationData({
    eimId,
    eimFqdn: eimId,
    eimIdType: EimIdType.Fqdn,
    counterValue: 0,
    eimPublicKeyData: { spki },
    indirectProfileDownload,
  });
}
