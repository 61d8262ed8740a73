// SPDX-License-Identifier: Apache-2.0
// A bench with a consumer eUICC, in front of which the module ipad-consumer stands; the eIM knows the device's key as that of the eUICC.

import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { onTestFinished } from 'vitest';
import { readModule } from '../../host/core/module-file.js';
import { createNodeInstance } from '../../host/core/node.js';
import { type DriverLinks, es10 } from '../../host/driver.js';
import type { IpaInstance } from '../../host/interfaces.js';
import type { PollOptions } from '../../host/options.js';
import type { CommandResult } from '../../host/result.js';
import type { eco, psmo } from '../../host/sim/eim/index.js';
import type { SimulatedEuiccOptions } from '../../host/sim/euicc/index.js';
import { certificatePem, issueCertificate, type KeyAndCertificate } from '../../host/sim/pki/index.js';
import { SERIAL_NUMBER_ATTRIBUTE } from '../../host/sim/pki/oids.js';
import { HttpsTransport } from '../../host/transport/https.js';
import { Bench, type BenchOptions } from './bench.js';
import { withVirtualTime } from './virtual-time.js';

type Psmo = ReturnType<typeof psmo.enable>;
type Eco = ReturnType<typeof eco.deleteEim>;

/** A certificate for the device's key, with the EID, that no eUICC manufacturer has issued. */
export function deviceCertificate(eid: string): Promise<KeyAndCertificate> {
  return issueCertificate({
    subject: [{ O: ['Device maker'] }, { [SERIAL_NUMBER_ATTRIBUTE]: [{ printableString: eid }] }, { CN: ['Device'] }],
    serialNumber: '01',
    keyUsage: x509.KeyUsageFlags.digitalSignature,
  });
}

/** A new instance of the module. */
export async function consumerInstance(): Promise<IpaInstance> {
  return createNodeInstance(await readModule('ipad-consumer'));
}

/** A device with a consumer eUICC among its peers. */
export class ConsumerBench {
  private constructor(
    readonly bench: Bench,
    readonly device: KeyAndCertificate,
    readonly transport: HttpsTransport,
  ) {}

  /** Starts everything; the device brings the eIM with its first poll. */
  static async start(euicc: Partial<SimulatedEuiccOptions> = {}, options: BenchOptions = {}): Promise<ConsumerBench> {
    const bench = await Bench.start({
      associated: false,
      eimConfiguration: { indirectProfileDownload: false, requestAssociationToken: false },
      createInstance: async () => withVirtualTime(await consumerInstance()),
      euicc: { kind: 'consumer', ...euicc },
      ...options,
    });
    const device = await deviceCertificate(bench.bed.eid);
    bench.eim.register({ eid: bench.bed.eid, euiccCertificate: device.certificate });
    const transport = new HttpsTransport({ resolve: bench.bed.resolve, ca: certificatePem(bench.bed.pki.ci.certificate) });
    onTestFinished(() => transport.close());
    return new ConsumerBench(bench, device, transport);
  }

  /** One poll that brings the eIM, should there be none. */
  poll(options: PollOptions = {}, links: Partial<DriverLinks> = {}): Promise<CommandResult> {
    const features = { directRspServerCommunication: true, eimCtxParams1Generation: true };
    const ours = { initialEim: this.bench.bed.initialEim(), ipaFeatures: features, ...options };
    return this.bench.poll(ours, { transport: this.transport, deviceKey: this.device.privateKey, ...links });
  }

  /** Runs one ES10 function, as the device itself does. */
  async es10(request: Uint8Array): Promise<Uint8Array> {
    const card = this.bench.bed.modem.connect();
    try {
      return await es10({ instance: this.bench.instance, card, transport: this.transport, deviceKey: this.device.privateKey }, request);
    } finally {
      await card.close();
    }
  }

  /** The device loses power: a new module goes on from the state that was last saved. */
  async restart(): Promise<void> {
    const fresh = await consumerInstance();
    await fresh.restoreState(this.bench.persisted!);
    await this.bench.instance.restoreState(await fresh.saveState());
    await fresh.close();
  }

  /** Queues a package of operations on profiles. */
  queue(...psmos: Psmo[]) {
    return this.bench.eim.queue(this.bench.bed.eid, { kind: 'euiccPackage', psmos });
  }

  /** Queues a package of operations on eIMs. */
  queueEcos(...ecos: Eco[]) {
    return this.bench.eim.queue(this.bench.bed.eid, { kind: 'euiccPackage', ecos });
  }

  /** Results of packages as the eIM got them, with whether the signature was right. */
  get results() {
    return this.bench
      .events('euiccPackageResult')
      .map(({ result, verified, duplicate, rollback }) => ({ result, verified, duplicate, rollback }));
  }

  /** The states of the profiles on the card, by ICCID. */
  get states(): Record<string, string> {
    return Object.fromEntries(this.bench.euicc.profiles.map(({ iccid, state }) => [iccid, state]));
  }
}
