// SPDX-License-Identifier: Apache-2.0
// A device, its eIM and the SM-DP+ behind it, made anew for each measurement so that none depends on the one before.

import { createPublicKey } from 'node:crypto';
import { EimIdType, type EimService, type EimServiceOptions, encodeEimConfigurationData, psmo } from '../../host/sim/eim/index.js';
import { SimulatedEuicc, type SimulatedEuiccOptions } from '../../host/sim/euicc/index.js';
import { DEFAULT_EID, DEFAULT_EIM_FQDN, DEFAULT_SMDP_ADDRESS, type KeyAndCertificate, type TestPki } from '../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage, notifyAll } from '../../host/sim/profile/index.js';
import { SimulatedSmdp } from '../../host/sim/smdp/index.js';
import { createEvenPki } from './keys.js';

/** What the device does: a poll that finds nothing, one that enables a profile, one that downloads a profile. */
export type Job = 'idle' | 'enable' | 'download';

/** What is needed of an eIM, with ports of its own or without. */
export type EimPeer = Pick<EimService, 'eimId' | 'register' | 'device' | 'queue' | 'close'>;

/** What all beds share: keys, and the only peer that listens on a port. */
export interface Surroundings {
  readonly pki: TestPki;
  readonly smdp: SimulatedSmdp;
  close(): Promise<void>;
}

/** Bytes of the unprotected profile package. */
export const PROFILE_BYTES = 30_000;
const ICCID = '89000123456789012341';
const METADATA = makeMetadata({ iccid: ICCID, notifications: notifyAll(DEFAULT_SMDP_ADDRESS) });
let orders = 0;

export async function createSurroundings(): Promise<Surroundings> {
  const pki = await createEvenPki();
  const smdp = new SimulatedSmdp({ pki });
  await smdp.start();
  return { pki, smdp, close: () => smdp.close() };
}

/** Options of an eIM in these surroundings. */
export function eimOptions({ pki, smdp }: Surroundings): EimServiceOptions & { readonly pki: TestPki } {
  return { pki, resolveSmdp: () => ({ host: '127.0.0.1', port: smdp.port }) };
}

export class Bed {
  readonly euicc: SimulatedEuicc;

  constructor(
    readonly surroundings: Surroundings,
    readonly job: Job,
    readonly eim: EimPeer,
    euicc: Partial<Pick<SimulatedEuiccOptions, 'inlineResponses'>> = {},
  ) {
    const { pki } = surroundings;
    this.eim.register({ eid: DEFAULT_EID, euiccCertificate: pki.euicc.certificate, eumCertificate: pki.eum.certificate });
    const profiles = job === 'enable' ? [{ metadata: METADATA }] : [];
    this.euicc = new SimulatedEuicc({ pki, eimConfigurations: [eimConfigurationData(pki, this.eim.eimId)], profiles, ...euicc });
  }

  /** Puts the job into the eIM's queue; before, a poll finds nothing. */
  queueJob(): void {
    if (this.job === 'enable') this.eim.queue(DEFAULT_EID, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)] });
    if (this.job === 'download') this.eim.queue(DEFAULT_EID, { kind: 'download', activationCode: this.order() });
  }

  /** @throws Error when the job was not done. */
  check(): void {
    const state = this.euicc.profiles[0]?.state;
    const wanted = { idle: undefined, enable: 'enabled', download: 'disabled' }[this.job];
    const isWaiting = this.eim.device(DEFAULT_EID)?.queue.next() !== undefined;
    if (state !== wanted || isWaiting) throw new Error(`the job ${this.job} was not done: the profile is ${state ?? 'not there'}`);
  }

  /** An order that can be called once. Its name has the same length always. */
  private order(): string {
    const matchingId = `ORDER-${String(orders++).padStart(6, '0')}`;
    const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: PROFILE_BYTES });
    this.surroundings.smdp.addOrder({ matchingId, profile, metadata: METADATA });
    return `LPA:1$${DEFAULT_SMDP_ADDRESS}$${matchingId}`;
  }
}

function eimConfigurationData(pki: TestPki, eimId: string): Uint8Array {
  return encodeEimConfigurationData({
    eimId,
    eimFqdn: DEFAULT_EIM_FQDN,
    eimIdType: EimIdType.Fqdn,
    counterValue: 0,
    eimPublicKeyData: { spki: spkiOf(pki.eimSign) },
    trustedPublicKeyDataTls: { certificate: pki.ci.certificate },
    indirectProfileDownload: true,
  });
}

function spkiOf({ privateKey }: KeyAndCertificate): Uint8Array {
  return new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
}
