// SPDX-License-Identifier: Apache-2.0
// The devices an eIM manages, and what it knows and learns of each.
import { CertificateError, checkEuiccChain, eidOf, type ParsedCertificate, parseCertificate } from '../pki/check.js';
import { eidToBytes } from './identifiers.js';
import { ItemQueue } from './queue.js';
import type { IpaCapabilities } from './results/ipa-euicc-data.js';

/** What the operator of the eIM knows of a device beforehand. */
export interface DeviceRegistration {
  /** 32 digits. */
  readonly eid: string;
  /** DER; without it, results stay unverified until the device has told its certificates. */
  readonly euiccCertificate?: Uint8Array;
  /** DER; with it the chain up to the CI is checked. */
  readonly eumCertificate?: Uint8Array;
  /** As assigned by the eUICC; 0 when none was. */
  readonly associationToken?: number;
  /** The counter value the eUICC holds for this eIM; the first package gets the next one. */
  readonly counterValue?: number;
  /** EUICCInfo1, tag BF20; what an IPA may leave out of InitiateAuthentication. */
  readonly euiccInfo1?: Uint8Array;
  /** EUICCInfo2, tag BF22; with the certificates, what an IPA with minimizeEsipaBytes leaves out. */
  readonly euiccInfo2?: Uint8Array;
  /** What the IPA can do, as if it had told in the answer to a data request. */
  readonly ipaCapabilities?: IpaCapabilities;
}

/** One registered device. */
export class Device {
  associationToken: number;
  /** The greatest counter value used so far. */
  counterValue: number;
  euiccCertificate: ParsedCertificate | undefined;
  /** DER, for restoring notifications that come without certificates. */
  eumCertificate: Uint8Array | undefined;
  /** EUICCInfo1 as received, tag BF20. */
  euiccInfo1: Uint8Array | undefined;
  /** EUICCInfo2 as received, tag BF22. */
  euiccInfo2: Uint8Array | undefined;
  defaultSmdpAddress: string | undefined;
  rootSmdsAddress: string | undefined;
  ipaCapabilities: IpaCapabilities | undefined;
  /** Verified eUICC package results by sequence number: a second one with other bytes is a fault. */
  readonly resultsBySeqNumber = new Map<number, Uint8Array>();

  constructor(
    readonly eid: string,
    readonly queue: ItemQueue,
    registration: DeviceRegistration,
    initialCounterValue: number,
  ) {
    this.associationToken = registration.associationToken ?? 0;
    this.counterValue = registration.counterValue ?? initialCounterValue;
    this.euiccInfo1 = registration.euiccInfo1;
    this.euiccInfo2 = registration.euiccInfo2;
    this.ipaCapabilities = registration.ipaCapabilities;
  }
}

/** All registered devices, by EID. */
export class DeviceRegistry {
  private readonly devices = new Map<string, Device>();

  constructor(
    private readonly trustedCis: readonly ParsedCertificate[],
    private readonly options: { readonly maxDeliveries: number; readonly initialCounterValue: number; readonly now: () => Date },
  ) {}

  /** Adds a device, or replaces what was known of it. Throws RangeError for a bad EID, CertificateError for certificates that do not fit it. */
  register(registration: DeviceRegistration): Device {
    eidToBytes(registration.eid);
    const device = new Device(registration.eid, new ItemQueue(this.options.maxDeliveries), registration, this.options.initialCounterValue);
    const { euiccCertificate, eumCertificate } = registration;
    if (euiccCertificate !== undefined && eumCertificate !== undefined) this.adopt(device, euiccCertificate, eumCertificate);
    else if (euiccCertificate !== undefined) device.euiccCertificate = ownCertificate(device, parseCertificate(euiccCertificate));
    this.devices.set(device.eid, device);
    return device;
  }

  find(eid: string): Device | undefined {
    return this.devices.get(eid);
  }

  get all(): Device[] {
    return [...this.devices.values()];
  }

  /** Takes over certificates a device has sent, if they lead to a trusted CI and name it. Returns whether they do. */
  learn(device: Device, euiccCertificate: Uint8Array, eumCertificate: Uint8Array): boolean {
    try {
      this.adopt(device, euiccCertificate, eumCertificate);
      return true;
    } catch (error) {
      if (error instanceof CertificateError) return false;
      throw error;
    }
  }

  private adopt(device: Device, euiccCertificate: Uint8Array, eumCertificate: Uint8Array): void {
    const { euicc } = checkEuiccChain(euiccCertificate, eumCertificate, this.trustedCis, this.options.now());
    device.euiccCertificate = ownCertificate(device, euicc);
    device.eumCertificate = eumCertificate;
  }
}

function ownCertificate(device: Device, certificate: ParsedCertificate): ParsedCertificate {
  const eid = eidOf(certificate);
  if (eid !== device.eid) throw new CertificateError('eid', `the eUICC certificate is that of ${eid}, not of ${device.eid}`);
  return certificate;
}
