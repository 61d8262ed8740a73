// SPDX-License-Identifier: Apache-2.0
// Everything a device meets, in one process: a modem with an eUICC in it, an eIM, an SM-DP+ and an SM-DS that share one test PKI.

import type { SyncCardSlot } from '../interfaces.js';
import { addInitialEimRequest, type EimConfigurationOptions, SimulatedEim, type SimulatedEimOptions } from './eim/index.js';
import { SimulatedEuicc, type SimulatedEuiccOptions } from './euicc/index.js';
import { SimulatedModem, type SimulatedModemOptions } from './modem/index.js';
import { createTestPki, DEFAULT_EID, DEFAULT_EIM_FQDN, DEFAULT_SMDP_ADDRESS, DEFAULT_SMDS_ADDRESS, type TestPki } from './pki/index.js';
import { makeMetadata, makeProfilePackage, notifyAll } from './profile/index.js';
import { type DownloadOrder, SimulatedSmdp, type SmdpServerOptions } from './smdp/index.js';
import { SimulatedSmds, type SmdsServerOptions } from './smds/index.js';

export interface TestbedOptions {
  /** Default: a new one. */
  readonly pki?: TestPki;
  /** Its root SM-DS is that of the bed unless another is given; it has no default SM-DP+ unless one is given. */
  readonly euicc?: Partial<Omit<SimulatedEuiccOptions, 'pki'>>;
  readonly eim?: Partial<Omit<SimulatedEimOptions, 'pki' | 'resolveSmdp'>>;
  readonly smdp?: Omit<SmdpServerOptions, 'pki' | 'smds'>;
  readonly smds?: Omit<SmdsServerOptions, 'pki'>;
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
  /** Put into the activation code, right or wrong; dotted. */
  readonly smdpOid?: string;
  /** Whether the activation code says that a confirmation code is needed; default no. */
  readonly confirmationCodeRequired?: boolean;
  readonly order?: Partial<Omit<DownloadOrder, 'matchingId' | 'profile' | 'metadata'>>;
  readonly metadata?: Partial<Parameters<typeof makeMetadata>[0]>;
}

/** What downloading a prepared profile takes. */
export interface PreparedDownload {
  readonly iccid: string;
  readonly activationCode: string;
}

/** A profile that is announced at the SM-DS for the EID of the bed. */
export interface PreparedEvent {
  readonly iccid: string;
  /** Also the matchingId of the order. */
  readonly eventId: string;
  readonly smdsAddress: string;
}

const DEFAULT_ICCID = '89000123456789012341';
const DEFAULT_PROFILE_BYTES = 5_000;

/** The servers of a bed. */
interface Servers {
  readonly smdp: SimulatedSmdp;
  readonly smds: SimulatedSmds;
  readonly eim: SimulatedEim;
}

/** The running peers. */
export class Testbed {
  readonly smdp: SimulatedSmdp;
  readonly smds: SimulatedSmds;
  readonly eim: SimulatedEim;
  readonly euicc: SimulatedEuicc;
  readonly modem: SimulatedModem;
  readonly eid: string;
  readonly smdpAddress: string;
  readonly smdsAddress: string;

  private constructor(
    readonly pki: TestPki,
    { smdp, smds, eim }: Servers,
    private readonly options: TestbedOptions,
  ) {
    this.smdp = smdp;
    this.smds = smds;
    this.eim = eim;
    ({ smdpAddress: this.smdpAddress, smdsAddress: this.smdsAddress } = addresses(options));
    this.eid = options.euicc?.eid ?? DEFAULT_EID;
    const eimConfigurations = options.associated ? [this.eimConfigurationData()] : [];
    this.euicc = new SimulatedEuicc({ pki, eimConfigurations, rootSmdsAddress: this.smdsAddress, ...options.euicc });
    const hasEnabledProfile = () => this.euicc.profiles.some(({ state }) => state === 'enabled');
    this.modem = new SimulatedModem({ slot: options.wrapCard?.(this.euicc) ?? this.euicc, hasEnabledProfile, ...options.modem });
  }

  /** Starts eIM, SM-DP+ and SM-DS on loopback ports and registers the eUICC with the eIM. */
  static async start(options: TestbedOptions = {}): Promise<Testbed> {
    const eid = options.euicc?.eid ?? DEFAULT_EID;
    const pki = options.pki ?? (await createTestPki({ eid, ...addresses(options) }));
    const servers = await startServers(pki, options);
    servers.eim.register({ eid, euiccCertificate: pki.euicc.certificate, eumCertificate: pki.eum.certificate });
    return new Testbed(pki, servers, options);
  }

  /** Where a device finds "host" or "host:port": eIM, SM-DP+ and SM-DS as "127.0.0.1:port" by their addresses, in lower case. */
  get resolve(): Readonly<Record<string, string>> {
    return {
      [this.eimFqdn]: this.eim.address,
      [this.smdpAddress.toLowerCase()]: `127.0.0.1:${this.smdp.port}`,
      [this.smdsAddress.toLowerCase()]: `127.0.0.1:${this.smds.port}`,
    };
  }

  /** The same for an eIM that listens for CoAP (option eim.coap); throws Error when it does not. SM-DP+ and SM-DS speak HTTPS alone. */
  get resolveCoap(): Readonly<Record<string, string>> {
    return this.eimAt(this.eim.coapAddress);
  }

  /** The same for CoAP over DTLS (option eim.coap.coapsPort). */
  get resolveCoaps(): Readonly<Record<string, string>> {
    return this.eimAt(this.eim.coapsAddress);
  }

  /** The eUICC may have been told the eIM's name, or where its HTTPS is. */
  private eimAt(place: string): Readonly<Record<string, string>> {
    return { [this.eimFqdn]: place, [this.eim.address]: place };
  }

  private get eimFqdn(): string {
    return (this.options.eimConfiguration?.eimFqdn ?? DEFAULT_EIM_FQDN).toLowerCase();
  }

  /** The AddInitialEimRequest that a device of this maker carries (SGP.32 v1.2 §5.9.4). */
  initialEim(): Uint8Array {
    return addInitialEimRequest(this.eimConfigurationData());
  }

  /** Puts a profile into the SM-DP+. */
  prepareProfile(prepared: PreparedProfile = {}): PreparedDownload {
    const { matchingId = 'MATCH-0001', smdpOid = '', confirmationCodeRequired } = prepared;
    const iccid = this.addOrder(prepared, { matchingId });
    const optional = confirmationCodeRequired ? `$${smdpOid}$1` : smdpOid && `$${smdpOid}`;
    return { iccid, activationCode: `LPA:1$${this.smdpAddress}$${matchingId}${optional}` };
  }

  /** Puts a profile into the SM-DP+ that a device finds by way of the SM-DS; several are announced in the order of these calls. */
  prepareEvent(prepared: PreparedProfile = {}): PreparedEvent {
    const { matchingId: eventId = 'EVENT-0001' } = prepared;
    const iccid = this.addOrder(prepared, { matchingId: eventId, eid: this.eid, announced: true });
    return { iccid, eventId, smdsAddress: this.smdsAddress };
  }

  /** Puts a profile for the EID of the bed into the SM-DP+, without matchingId: for devices that ask their default SM-DP+ (SGP.22 v2.5 §3.1.3). */
  prepareDefaultSmdpProfile(prepared: Omit<PreparedProfile, 'matchingId'> = {}): { readonly iccid: string; readonly smdpAddress: string } {
    const iccid = this.addOrder(prepared, { matchingId: '', eid: this.eid });
    return { iccid, smdpAddress: this.smdpAddress };
  }

  private addOrder(prepared: PreparedProfile, kind: Pick<DownloadOrder, 'matchingId' | 'eid' | 'announced'>): string {
    const { iccid = DEFAULT_ICCID, sizeBytes = DEFAULT_PROFILE_BYTES } = prepared;
    const profile = makeProfilePackage({ iccid, sizeBytes });
    const metadata = makeMetadata({ iccid, notifications: notifyAll(this.smdpAddress), ...prepared.metadata });
    this.smdp.addOrder({ profile, metadata, ...kind, ...prepared.order });
    return iccid;
  }

  private eimConfigurationData(): Uint8Array {
    return this.eim.eimConfigurationData({ indirectProfileDownload: true, ...this.options.eimConfiguration });
  }

  async close(): Promise<void> {
    await Promise.all([this.eim.close(), this.smdp.close(), this.smds.close()]);
  }
}

function addresses({ smdp, smds }: TestbedOptions): { smdpAddress: string; smdsAddress: string } {
  return { smdpAddress: smdp?.smdpAddress ?? DEFAULT_SMDP_ADDRESS, smdsAddress: smds?.smdsAddress ?? DEFAULT_SMDS_ADDRESS };
}

/** Closes what runs when one cannot be started. */
async function startServers(pki: TestPki, options: TestbedOptions): Promise<Servers> {
  const { smdpAddress, smdsAddress } = addresses(options);
  const smds = new SimulatedSmds({ pki, ...options.smds });
  const smdp = new SimulatedSmdp({ pki, smds, ...options.smdp });
  const servers = new Map<string, SimulatedSmdp | SimulatedSmds>([
    [smdpAddress.toLowerCase(), smdp],
    [smdsAddress.toLowerCase(), smds],
  ]);
  const resolveSmdp = (address: string) => {
    const server = servers.get(address.toLowerCase());
    return server && { host: '127.0.0.1', port: server.port };
  };
  const eim = new SimulatedEim({ pki, resolveSmdp, ...options.eim });
  const running: { close(): Promise<void> }[] = [];
  try {
    for (const each of [smds, smdp, eim]) {
      await each.start();
      running.push(each);
    }
  } catch (error) {
    await Promise.all(running.map((each) => each.close()));
    throw error;
  }
  return { smdp, smds, eim };
}
