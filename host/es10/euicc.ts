// SPDX-License-Identifier: Apache-2.0
// The eUICC as a device sees it: what it holds and can be asked for locally, one method for each ES10 function. Every method runs one
// command of the module; they must not overlap with another command of the same instance.

import { type DriverLinks, es10 } from '../driver.js';
import type { CommandOptions } from '../options.js';
import { addInitialEim } from './add-initial-eim.js';
import { configureImmediateProfileEnabling, type ImmediateEnabling } from './configure-immediate-profile-enabling.js';
import { deleteProfile } from './delete-profile.js';
import { disableEmergencyProfile } from './disable-emergency-profile.js';
import { disableProfile } from './disable-profile.js';
import { enableEmergencyProfile } from './enable-emergency-profile.js';
import { enableProfile } from './enable-profile.js';
import { euiccMemoryReset, euiccMemoryResetIot, type IotResetOption, type ResetOption, type ResetOutcome } from './euicc-memory-reset.js';
import { executeFallbackMechanism } from './execute-fallback-mechanism.js';
import type { Es10Function, RefreshInput } from './function.js';
import { type EuiccCertificates, getCerts } from './get-certs.js';
import { getConnectivityParameters } from './get-connectivity-parameters.js';
import { getEid } from './get-eid.js';
import { type EimConfiguration, getEimConfigurationData } from './get-eim-configuration-data.js';
import { type ConfiguredAddresses, getEuiccConfiguredAddresses } from './get-euicc-configured-addresses.js';
import { type EuiccInfo1, type EuiccInfo2, getEuiccInfo1, getEuiccInfo2 } from './get-euicc-info.js';
import { getProfilesInfo, type ProfileInfo, type ProfilesQuery } from './get-profiles-info.js';
import { type AuthorisationRule, getRat } from './get-rat.js';
import { immediateEnable } from './immediate-enable.js';
import { ipaeActivation } from './ipae-activation.js';
import { listNotification } from './list-notification.js';
import { loadCrl } from './load-crl.js';
import type { NotificationEvent, NotificationMetadata } from './notification-metadata.js';
import type { ProfileIdentifier } from './profile-identifier.js';
import { profileRollback } from './profile-rollback.js';
import { removeNotificationFromList } from './remove-notification-from-list.js';
import { type NotificationsQuery, type RetrievedNotifications, retrieveNotificationsList } from './retrieve-notifications-list.js';
import { returnFromFallback } from './return-from-fallback.js';
import { setDefaultDpAddress, setDefaultDpAddressIot } from './set-default-dp-address.js';
import { setNickname } from './set-nickname.js';

/** A profile by its ICCID, or as ProfileIdentifier has it. */
export type ProfileName = string | ProfileIdentifier;

const identifierOf = (profile: ProfileName): ProfileIdentifier => (typeof profile === 'string' ? { iccid: profile } : profile);

/**
 * Asks the eUICC. Every method rejects with Es10Error when the eUICC refuses, with IpaError when it cannot be asked, and with RangeError when
 * what is asked cannot be written. Functions of SGP.22 alone (enable, disable, delete, setNickname) are for consumer eUICCs: one for IoT leaves
 * them to its eIM, and answers with a status word (IpaError StatusWord).
 */
export class Euicc {
  /** Option assistant "lpad" is for consumer eUICCs: an address is set and a reset made by the functions of SGP.22 then. */
  constructor(
    private readonly links: DriverLinks,
    private readonly options: CommandOptions = {},
  ) {}

  /** Runs any ES10 function. */
  async run<Input, Output>(es10Function: Es10Function<Input, Output>, input: Input): Promise<Output> {
    return es10Function.decode(await es10(this.links, es10Function.encode(input), this.options));
  }

  /** The EID, 32 digits. */
  eid(): Promise<string> {
    return this.run(getEid, undefined);
  }

  /** Versions and CIs. */
  info1(): Promise<EuiccInfo1> {
    return this.run(getEuiccInfo1, undefined);
  }

  /** All that the eUICC tells of itself. */
  info2(): Promise<EuiccInfo2> {
    return this.run(getEuiccInfo2, undefined);
  }

  /** The servers that the eUICC knows. */
  configuredAddresses(): Promise<ConfiguredAddresses> {
    return this.run(getEuiccConfiguredAddresses, undefined);
  }

  /** Sets the address of the default SM-DP+; an empty one removes it. */
  setDefaultSmdpAddress(address: string): Promise<void> {
    return this.run(this.isConsumer ? setDefaultDpAddress : setDefaultDpAddressIot, address);
  }

  profiles(query?: ProfilesQuery): Promise<ProfileInfo[]> {
    return this.run(getProfilesInfo, query);
  }

  /** Enables a profile; the one that was enabled is disabled. */
  enable(profile: ProfileName, refresh: RefreshInput = {}): Promise<void> {
    return this.run(enableProfile, { ...identifierOf(profile), ...refresh });
  }

  disable(profile: ProfileName, refresh: RefreshInput = {}): Promise<void> {
    return this.run(disableProfile, { ...identifierOf(profile), ...refresh });
  }

  /** Deletes a disabled profile for good. */
  delete(profile: ProfileName): Promise<void> {
    return this.run(deleteProfile, identifierOf(profile));
  }

  /** Names a profile, in at most 64 bytes of UTF-8. */
  setNickname(iccid: string, nickname: string): Promise<void> {
    return this.run(setNickname, { iccid, nickname });
  }

  /** What the notifications that wait are about; deliverNotifications delivers them. */
  notifications(events?: readonly NotificationEvent[]): Promise<NotificationMetadata[]> {
    return this.run(listNotification, events);
  }

  /** The signed notifications, or the results of eUICC packages. */
  retrieveNotifications(query?: NotificationsQuery): Promise<RetrievedNotifications> {
    return this.run(retrieveNotificationsList, query);
  }

  /** Removes a notification, delivered or not; tells whether there was one. */
  removeNotification(seqNumber: number): Promise<boolean> {
    return this.run(removeNotificationFromList, seqNumber);
  }

  /** Removes what the options name, for good. Of a consumer eUICC only ResetOption can be reset. */
  reset(...options: readonly IotResetOption[]): Promise<ResetOutcome> {
    return this.isConsumer ? this.run(euiccMemoryReset, options as readonly ResetOption[]) : this.run(euiccMemoryResetIot, options);
  }

  /** The Rules Authorisation Table. */
  rat(): Promise<AuthorisationRule[]> {
    return this.run(getRat, undefined);
  }

  /** The certificates of the eUICC and its maker, under the CI with this identifier or the first one. */
  certificates(euiccCiPKId?: string): Promise<EuiccCertificates> {
    return this.run(getCerts, euiccCiPKId);
  }

  /** Loads a CertificateList in DER; gives the numbers of parts still missing. */
  loadCrl(crl: Uint8Array): Promise<number[]> {
    return this.run(loadCrl, crl);
  }

  /** The eIMs that the eUICC knows. */
  eims(): Promise<EimConfiguration[]> {
    return this.run(getEimConfigurationData, undefined);
  }

  /** Gives a blank eUICC its first eIMs: an AddInitialEimRequest in DER, or each EimConfigurationData. Gives their association tokens. */
  addInitialEim(eims: Uint8Array | readonly Uint8Array[]): Promise<(number | undefined)[]> {
    return this.run(addInitialEim, eims);
  }

  /** Activates the IPA in the eUICC. */
  activateIpae(): Promise<void> {
    return this.run(ipaeActivation, undefined);
  }

  /** Enables the profile that was installed just now, where that is configured. */
  immediateEnable(refresh?: RefreshInput): Promise<void> {
    return this.run(immediateEnable, refresh);
  }

  configureImmediateEnabling(configuration: ImmediateEnabling): Promise<void> {
    return this.run(configureImmediateProfileEnabling, configuration);
  }

  /** Takes the last enabling back; gives the new EuiccPackageResult in DER, which the next poll delivers. */
  rollback(refresh?: RefreshInput): Promise<Uint8Array | undefined> {
    return this.run(profileRollback, refresh);
  }

  /** Enables the profile with the fallback attribute. */
  executeFallback(refresh?: RefreshInput): Promise<void> {
    return this.run(executeFallbackMechanism, refresh);
  }

  returnFromFallback(refresh?: RefreshInput): Promise<void> {
    return this.run(returnFromFallback, refresh);
  }

  enableEmergencyProfile(refresh?: RefreshInput): Promise<void> {
    return this.run(enableEmergencyProfile, refresh);
  }

  disableEmergencyProfile(refresh?: RefreshInput): Promise<void> {
    return this.run(disableEmergencyProfile, refresh);
  }

  /** Parameters of the enabled profile for HTTP; undefined where it has none. */
  connectivityParameters(): Promise<Uint8Array | undefined> {
    return this.run(getConnectivityParameters, undefined);
  }

  private get isConsumer(): boolean {
    return this.options.assistant === 'lpad';
  }
}
