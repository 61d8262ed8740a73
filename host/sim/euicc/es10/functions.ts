// SPDX-License-Identifier: Apache-2.0
// Which ES10 function each tag is, on which kind of eUICC, and for which assistant (SGP.22 v2.5 §5.7, SGP.32 v1.2 §5.9).
import type { Tlv } from '../../codec/ber.js';
import { SEGMENT_TAGS } from '../install/load-bound-profile-package.js';
import type { Euicc } from '../state/euicc.js';
import type { EuiccKind, EuiccSettings } from '../state/settings.js';
import { addInitialEim } from './add-initial-eim.js';
import { authenticateServer } from './authenticate-server.js';
import { cancelSession } from './cancel-session.js';
import { configureImmediateProfileEnabling } from './configure-immediate-profile-enabling.js';
import { deleteProfile } from './delete-profile.js';
import { disableProfile } from './disable-profile.js';
import { disableEmergencyProfile, enableEmergencyProfile } from './emergency-profile.js';
import { enableProfile } from './enable-profile.js';
import { consumerMemoryReset, euiccMemoryReset } from './euicc-memory-reset.js';
import { executeFallbackMechanism, returnFromFallback } from './fallback.js';
import { getCerts } from './get-certs.js';
import { getConnectivityParameters } from './get-connectivity-parameters.js';
import { getEid } from './get-eid.js';
import { getEimConfigurationData } from './get-eim-configuration-data.js';
import { getEuiccChallenge } from './get-euicc-challenge.js';
import { getEuiccConfiguredAddresses } from './get-euicc-configured-addresses.js';
import { getEuiccInfo1, getEuiccInfo2 } from './get-euicc-info.js';
import { getProfilesInfo } from './get-profiles-info.js';
import { getRat } from './get-rat.js';
import { immediateEnable } from './immediate-enable.js';
import { ipaeActivation } from './ipae-activation.js';
import { listNotification } from './list-notification.js';
import { loadCrl } from './load-crl.js';
import { loadEuiccPackage } from './load-euicc-package.js';
import { prepareDownload } from './prepare-download.js';
import { profileRollback } from './profile-rollback.js';
import { removeNotificationFromList } from './remove-notification-from-list.js';
import { retrieveNotificationsList } from './retrieve-notifications-list.js';
import { setDefaultDpAddress } from './set-default-dp-address.js';
import { setNickname } from './set-nickname.js';

/** ES10a is for discovery and addresses, ES10b for download, packages and notifications, ES10c for the user's profile management. */
export type Es10Interface = 'es10a' | 'es10b' | 'es10c';

interface Es10Function {
  readonly run: (euicc: Euicc, request: Tlv) => Uint8Array;
  readonly of: Es10Interface;
  /** Absent: on both kinds of eUICC. */
  readonly only?: EuiccKind;
}

export const IPAE_ACTIVATION_TAG = 0xbf42;
const LOAD_CRL_TAG = 0xbf35;

const FUNCTIONS: ReadonlyMap<number, Es10Function> = new Map<number, Es10Function>([
  [0xbf20, { run: getEuiccInfo1, of: 'es10b' }],
  [0xbf21, { run: prepareDownload, of: 'es10b' }],
  [0xbf22, { run: getEuiccInfo2, of: 'es10b' }],
  [0xbf28, { run: listNotification, of: 'es10b' }],
  [0xbf29, { run: setNickname, of: 'es10c', only: 'consumer' }],
  [0xbf2b, { run: retrieveNotificationsList, of: 'es10b' }],
  [0xbf2d, { run: getProfilesInfo, of: 'es10c' }],
  [0xbf2e, { run: getEuiccChallenge, of: 'es10b' }],
  [0xbf30, { run: removeNotificationFromList, of: 'es10b' }],
  [0xbf31, { run: enableProfile, of: 'es10c', only: 'consumer' }],
  [0xbf32, { run: disableProfile, of: 'es10c', only: 'consumer' }],
  [0xbf33, { run: deleteProfile, of: 'es10c', only: 'consumer' }],
  [0xbf34, { run: consumerMemoryReset, of: 'es10c', only: 'consumer' }],
  [LOAD_CRL_TAG, { run: loadCrl, of: 'es10b' }],
  [0xbf38, { run: authenticateServer, of: 'es10b' }],
  [0xbf3c, { run: getEuiccConfiguredAddresses, of: 'es10a' }],
  [0xbf3e, { run: getEid, of: 'es10c' }],
  [0xbf3f, { run: setDefaultDpAddress, of: 'es10a' }],
  [0xbf41, { run: cancelSession, of: 'es10b' }],
  [IPAE_ACTIVATION_TAG, { run: ipaeActivation, of: 'es10b' }],
  [0xbf43, { run: getRat, of: 'es10b' }],
  [0xbf51, { run: loadEuiccPackage, of: 'es10b', only: 'iot' }],
  [0xbf55, { run: getEimConfigurationData, of: 'es10b', only: 'iot' }],
  [0xbf56, { run: getCerts, of: 'es10b', only: 'iot' }],
  [0xbf57, { run: addInitialEim, of: 'es10b', only: 'iot' }],
  [0xbf58, { run: profileRollback, of: 'es10b', only: 'iot' }],
  [0xbf59, { run: configureImmediateProfileEnabling, of: 'es10b', only: 'iot' }],
  [0xbf5a, { run: immediateEnable, of: 'es10b', only: 'iot' }],
  [0xbf5b, { run: enableEmergencyProfile, of: 'es10b', only: 'iot' }],
  [0xbf5c, { run: disableEmergencyProfile, of: 'es10b', only: 'iot' }],
  [0xbf5d, { run: executeFallbackMechanism, of: 'es10b', only: 'iot' }],
  [0xbf5e, { run: returnFromFallback, of: 'es10b', only: 'iot' }],
  [0xbf5f, { run: getConnectivityParameters, of: 'es10b', only: 'iot' }],
  [0xbf64, { run: euiccMemoryReset, of: 'es10b', only: 'iot' }],
  [0xbf65, { run: setDefaultDpAddress, of: 'es10b', only: 'iot' }],
]);

/** The function of this tag, if an eUICC with these settings has it. */
export function findFunction(settings: EuiccSettings, tag: number): Es10Function | undefined {
  if (tag === LOAD_CRL_TAG && !settings.crlSupport) return undefined;
  const found = FUNCTIONS.get(tag);
  return found?.only === undefined || found.only === settings.kind ? found : undefined;
}

/** The interface a tag belongs to; that of unknown tags, and of the segments of a package, is ES10b. */
export function interfaceOf(tag: number | undefined): Es10Interface {
  const found = tag === undefined || SEGMENT_TAGS.has(tag) ? undefined : FUNCTIONS.get(tag);
  return found?.of ?? 'es10b';
}
