// SPDX-License-Identifier: Apache-2.0
// Everything a device meets, in one process: a modem with an eUICC in it, an eIM and an SM-DP+ that share one test PKI.

import type { SyncCardSlot } from '../interfaces.js';
import { addInitialEimRequest, type EimConfigurationOptions, SimulatedEim, type SimulatedEimOptions } from './eim/index.js';
import { SimulatedEuicc, type SimulatedEuiccOptions } from './euicc/index.js';
import { SimulatedModem, type SimulatedModemOptions } from './modem/index.js';
import { createTestPki, DEFAULT_EID, DEFAULT_SMDP_ADDRESS, type TestPki } from './pki/index.js';
import { makeMetadata, makeProfilePackage, notifyAll } from './profile/index.js';
import { type DownloadOrder, SimulatedSmdp, type SmdpServerOptions } from './smdp/index.js';

export interface TestbedOptions {
  /** Default: a new one. */
  readonly pki?: TestPki;
  readonly euicc?: Partial<Omit<SimulatedEuiccOptions, 'pki'>>;
  readonly eim?: Partial<Omit<SimulatedEimOptions, 'pki' | 'resolveSmdp'>>;
  readonly smdp?: Omit<SmdpServerOptions, 'pki'>;
  readonly modem?: Omit<SimulatedModemOptions, 'slot'>;
  /** Puts something between modem and card, such as faultyCard of host/wrap. */
  readonly wrapCard?: (card: SyncCardSlot) => SyncCardSlot;
  /** The eUICC knows the eIM from the start; default: the IPA has to bring it. */
  readonly associated?: boolean;
  /** What the eUICC is told of the eIM; default: its public keys, and that downloads go through it. */
  readonly eimConfiguration?: EimConfigurationOptions;
}

/** A profile that can be downloaded. */
export interface PreparedProfile {
  /** 18 to 20 digits; default: a test ICCID. */
  readonly iccid?: string;
  /** Bytes of the unprotected profile package; default 5,000. */
  readonly sizeBytes?: number;
  readonly matchingId?: string;
  readonly order?: Partial<Omit<DownloadOrder, 'matchingId' | 'profile' | 'metadata'>>;
  readonly metadata?: Partial<Parameters<typeof makeMetadata>[0]>;
}

/** What downloading a prepared profile takes. */
export interface PreparedDownload {
  readonly iccid: string;
  readonly activationCode: string;
}

const DEFAULT_ICCID = '89000123456789012341';
const DEFAULT_PROFILE_BYTES = 5_000;

/** The running peers. */
export class Testbed {
  readonly smdp: SimulatedSmdp;
  readonly eim: SimulatedEim;
  readonly euicc: SimulatedEuicc;
  readonly modem: SimulatedModem;
  readonly eid: string;

  private constructor(
    readonly pki: TestPki,
    parts: { smdp: SimulatedSmdp; eim: SimulatedEim },
    private readonly options: TestbedOptions,
  ) {
    this.smdp = parts.smdp;
    this.eim = parts.eim;
    this.eid = options.euicc?.eid ?? DEFAULT_EID;
    const eimConfigurations = options.associated ? [this.eimConfigurationData()] : [];
    this.euicc = new SimulatedEuicc({ pki, eimConfigurations, ...options.euicc });
    this.modem = new SimulatedModem({ slot: options.wrapCard?.(this.euicc) ?? this.euicc, ...options.modem });
  }

  /** Starts eIM and SM-DP+ on loopback ports and registers the eUICC with the eIM. */
  static async start(options: TestbedOptions = {}): Promise<Testbed> {
    const eid = options.euicc?.eid ?? DEFAULT_EID;
    const pki = options.pki ?? (await createTestPki({ eid }));
    const smdp = new SimulatedSmdp({ pki, ...options.smdp });
    await smdp.start();
    const resolveSmdp = (address: string) => (address === DEFAULT_SMDP_ADDRESS ? { host: '127.0.0.1', port: smdp.port } : undefined);
    const eim = new SimulatedEim({ pki, resolveSmdp, ...options.eim });
    await eim.start().catch(async (error: unknown) => {
      await smdp.close();
      throw error;
    });
    eim.register({ eid, euiccCertificate: pki.euicc.certificate, eumCertificate: pki.eum.certificate });
    return new Testbed(pki, { smdp, eim }, options);
  }

  /** The AddInitialEimRequest that a device of this maker carries (SGP.32 v1.2 §5.9.4). */
  initialEim(): Uint8Array {
    return addInitialEimRequest(this.eimConfigurationData());
  }

  /** Puts a profile into the SM-DP+. */
  prepareProfile(prepared: PreparedProfile = {}): PreparedDownload {
    const { iccid = DEFAULT_ICCID, sizeBytes = DEFAULT_PROFILE_BYTES, matchingId = 'MATCH-0001' } = prepared;
    const profile = makeProfilePackage({ iccid, sizeBytes });
    const metadata = makeMetadata({ iccid, notifications: notifyAll(DEFAULT_SMDP_ADDRESS), ...prepared.metadata });
    this.smdp.addOrder({ matchingId, profile, metadata, ...prepared.order });
    return { iccid, activationCode: `LPA:1$${DEFAULT_SMDP_ADDRESS}$${matchingId}` };
  }

  private eimConfigurationData(): Uint8Array {
    return this.eim.eimConfigurationData({ indirectProfileDownload: true, ...this.options.eimConfiguration });
  }

  async close(): Promise<void> {
    await Promise.all([this.eim.close(), this.smdp.close()]);
  }
}
