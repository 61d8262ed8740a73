// SPDX-License-Identifier: Apache-2.0
// A consumer eUICC, the module in front of it and any number of eIMs in one process, without HTTPS: light enough to be made anew for every
// point of interruption. Every command that the card gets is kept.

import { createPublicKey, type KeyObject } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { type DriverLinks, poll } from '../../host/driver.js';
import type { IpaInstance, SyncCardSlot } from '../../host/interfaces.js';
import type { PollOptions } from '../../host/options.js';
import type { CommandResult } from '../../host/result.js';
import { hex } from '../../host/sim/codec/bytes.js';
import {
  addInitialEimRequest,
  type EimConfiguration,
  EimIdType,
  EimService,
  encodeEimConfigurationData,
} from '../../host/sim/eim/index.js';
import { SimulatedEuicc } from '../../host/sim/euicc/index.js';
import { DEFAULT_EID, type KeyAndCertificate, type TestPki } from '../../host/sim/pki/index.js';
import { sharedPki } from './bench.js';
import { deviceCertificate as issueDeviceCertificate } from './consumer-bench.js';
import { DirectTransport } from './direct-transport.js';

export const ENABLED = '89000123456789012341';
export const DISABLED = '89000123456789012358';

let device: Promise<KeyAndCertificate> | undefined;

/** A device with two profiles on its consumer eUICC. */
export class ConsumerLightBed {
  readonly eims: readonly EimService[];
  readonly euicc: SimulatedEuicc;
  /** The state region saved at the last action Persist. */
  persisted: Uint8Array | undefined;
  /** APDUs that the card got, in hexadecimal. */
  readonly apdus: string[] = [];

  private constructor(
    readonly pki: TestPki,
    readonly deviceKey: KeyObject,
    readonly deviceCertificate: Uint8Array,
    eimIds: readonly string[],
  ) {
    this.eims = eimIds.map((eimId) => new EimService({ pki, eimId }));
    for (const eim of this.eims) eim.register({ eid: DEFAULT_EID, euiccCertificate: deviceCertificate });
    this.euicc = new SimulatedEuicc({ pki, kind: 'consumer', profiles: [{ iccid: ENABLED, state: 'enabled' }, { iccid: DISABLED }] });
  }

  /** A new eUICC and new eIMs; closed when the test is over. */
  static async create(eimIds: readonly string[] = ['eim.example.com']): Promise<ConsumerLightBed> {
    device ??= issueDeviceCertificate(DEFAULT_EID);
    const { privateKey, certificate } = await device;
    const bed = new ConsumerLightBed(await sharedPki(), privateKey, certificate, eimIds);
    onTestFinished(() => Promise.all(bed.eims.map((eim) => eim.close())).then(() => undefined));
    return bed;
  }

  get eim(): EimService {
    return this.eims[0]!;
  }

  get states(): Record<string, string> {
    return Object.fromEntries(this.euicc.profiles.map(({ iccid, state }) => [iccid, state]));
  }

  /** What is told of an eIM of this bed. */
  configuration(eim: EimService, changes: Partial<EimConfiguration> = {}): EimConfiguration {
    const spki = new Uint8Array(createPublicKey(this.pki.eimSign.privateKey).export({ type: 'spki', format: 'der' }));
    const { eimId } = eim;
    return { eimId, eimFqdn: eimId, eimIdType: EimIdType.Fqdn, counterValue: 0, eimPublicKeyData: { spki }, ...changes };
  }

  /** How often the card was told to do this; the beginning of the command in hexadecimal. */
  count(command: string): number {
    return this.apdus.filter((apdu) => apdu.slice(2, 4) === 'E2' && apdu.slice(10).startsWith(command)).length;
  }

  /** One poll of an eIM over a card in a reader, which has just been switched on. */
  async poll(instance: IpaInstance, options: PollOptions = {}, links: Partial<DriverLinks> = {}): Promise<CommandResult> {
    const eim = this.eims.find(({ eimId }) => eimId === (options.eimId ?? this.eim.eimId))!;
    const transport = new DirectTransport((body) => eim.handle(body));
    const persist = async (state: Uint8Array) => {
      this.persisted = state;
    };
    const initialEim = addInitialEimRequest(...this.eims.slice(0, 1).map((each) => encodeEimConfigurationData(this.configuration(each))));
    this.euicc.reset();
    return poll({ instance, card: this.card, transport, persist, deviceKey: this.deviceKey, ...links }, { initialEim, ...options });
  }

  private get card(): SyncCardSlot {
    const { euicc, apdus } = this;
    return {
      reset: () => euicc.reset(),
      powerOff: () => euicc.powerOff(),
      transmit(command) {
        apdus.push(hex(command));
        return euicc.transmit(command);
      },
    };
  }
}
