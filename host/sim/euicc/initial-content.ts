// SPDX-License-Identifier: Apache-2.0
// What is on a simulated eUICC when it is made: profiles loaded at the factory, eIMs already associated.
import { readTlv, tlv } from '../codec/ber.js';
import { iccidContent } from '../profile/iccid.js';
import { associateEim, checkNewEim, EIM_RESULT, readEimConfiguration } from './domain/eim-configuration.js';
import { textElement } from './domain/elements.js';
import { findProfile, freeIsdpAid } from './domain/identifiers.js';
import { readProfileMetadata } from './domain/profile-metadata.js';
import { enabledProfile } from './domain/profile-switch.js';
import type { Euicc } from './state/euicc.js';
import type { ProfileState } from './state/non-volatile.js';

export interface PreinstalledProfile {
  /** 18 to 20 digits; ignored when `metadata` is given. */
  readonly iccid?: string;
  /** StoreMetadataRequest, `BF25…`; by default one with made-up names and no notifications. */
  readonly metadata?: Uint8Array;
  /** Default disabled. */
  readonly state?: ProfileState;
  /** Memory it takes; default 32 KiB. */
  readonly sizeBytes?: number;
  /** Default false. */
  readonly fallbackAttribute?: boolean;
  /** httpParams for GetConnectivityParameters; default those of the eUICC's settings. */
  readonly httpParams?: Uint8Array;
}

const DEFAULT_ICCID = '89000123456789012341';
const DEFAULT_SIZE_BYTES = 32_768;

/** Puts a profile on the eUICC. Throws Error when it cannot be: same ICCID, or a second one enabled; CodecError for bad metadata. */
export function preinstallProfile(euicc: Euicc, given: PreinstalledProfile): void {
  const { memory } = euicc;
  const metadata = readProfileMetadata(given.metadata ?? plainMetadata(given.iccid ?? DEFAULT_ICCID));
  const state = given.state ?? 'disabled';
  if (findProfile(memory, metadata.iccid)) throw new Error('two preinstalled profiles have the same ICCID');
  if (state === 'enabled' && enabledProfile(memory)) throw new Error('only one preinstalled profile can be enabled');
  memory.profiles.push({
    iccid: metadata.iccid,
    aid: freeIsdpAid(memory),
    state,
    profileClass: metadata.profileClass,
    fields: metadata.fields,
    sizeBytes: given.sizeBytes ?? DEFAULT_SIZE_BYTES,
    nickname: undefined,
    fallbackAttribute: given.fallbackAttribute ?? false,
    preloaded: true,
    httpParams: given.httpParams,
  });
}

function plainMetadata(iccid: string): Uint8Array {
  return tlv(0xbf25, tlv(0x5a, iccidContent(iccid)), textElement(0x91, 'Bootstrap'), textElement(0x92, 'Preinstalled'));
}

/** Associates an eIM given as `30…` EimConfigurationData. Throws Error with the result code when it would be refused, CodecError when unreadable. */
export function preassociateEim(euicc: Euicc, der: Uint8Array): void {
  const configuration = readEimConfiguration(readTlv(der));
  const code = checkNewEim(euicc, configuration);
  if (code !== EIM_RESULT.ok) throw new Error(`eIM ${configuration.eimId} cannot be associated: result ${code}`);
  associateEim(euicc, configuration);
}
