// SPDX-License-Identifier: Apache-2.0
// Finds the ES10 function for the first tag of a command and runs it, all or nothing.
import { readTlv, type Tlv } from '../../codec/ber.js';
import { STATUS, StatusWordError } from '../apdu/status-word.js';
import { readHeader } from '../domain/header.js';
import { loadBoundProfilePackage, SEGMENT_TAGS } from '../install/load-bound-profile-package.js';
import { atomically, type Euicc } from '../state/euicc.js';
import { addInitialEim } from './add-initial-eim.js';
import { authenticateServer } from './authenticate-server.js';
import { cancelSession } from './cancel-session.js';
import { configureImmediateProfileEnabling } from './configure-immediate-profile-enabling.js';
import { disableEmergencyProfile, enableEmergencyProfile } from './emergency-profile.js';
import { euiccMemoryReset } from './euicc-memory-reset.js';
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
import { listNotification } from './list-notification.js';
import { loadEuiccPackage } from './load-euicc-package.js';
import { prepareDownload } from './prepare-download.js';
import { profileRollback } from './profile-rollback.js';
import { removeNotificationFromList } from './remove-notification-from-list.js';
import { retrieveNotificationsList } from './retrieve-notifications-list.js';
import { setDefaultDpAddress } from './set-default-dp-address.js';
import { setNickname } from './set-nickname.js';

type Es10Function = (euicc: Euicc, request: Tlv) => Uint8Array;

const FUNCTIONS: ReadonlyMap<number, Es10Function> = new Map<number, Es10Function>([
  [0xbf20, getEuiccInfo1],
  [0xbf21, prepareDownload],
  [0xbf22, getEuiccInfo2],
  [0xbf28, listNotification],
  [0xbf29, setNickname],
  [0xbf2b, retrieveNotificationsList],
  [0xbf2d, getProfilesInfo],
  [0xbf2e, getEuiccChallenge],
  [0xbf30, removeNotificationFromList],
  [0xbf38, authenticateServer],
  [0xbf3c, getEuiccConfiguredAddresses],
  [0xbf3e, getEid],
  [0xbf41, cancelSession],
  [0xbf43, getRat],
  [0xbf51, loadEuiccPackage],
  [0xbf55, getEimConfigurationData],
  [0xbf56, getCerts],
  [0xbf57, addInitialEim],
  [0xbf58, profileRollback],
  [0xbf59, configureImmediateProfileEnabling],
  [0xbf5a, immediateEnable],
  [0xbf5b, enableEmergencyProfile],
  [0xbf5c, disableEmergencyProfile],
  [0xbf5d, executeFallbackMechanism],
  [0xbf5e, returnFromFallback],
  [0xbf5f, getConnectivityParameters],
  [0xbf64, euiccMemoryReset],
  [0xbf65, setDefaultDpAddress],
]);

/**
 * The response data of one complete ES10 command. Throws StatusWordError 6A80 for a tag that is no function of this eUICC (SGP.22 v2.5 §5.7.2),
 * and CodecError for a request that cannot be read; then nothing was changed.
 */
export function runEs10(euicc: Euicc, command: Uint8Array): Uint8Array {
  const { tag } = readHeader(command);
  if (SEGMENT_TAGS.has(tag)) return loadBoundProfilePackage(euicc, command);
  const run = FUNCTIONS.get(tag);
  if (run === undefined) throw new StatusWordError(STATUS.incorrectData);
  const request = readTlv(command);
  return atomically(euicc, () => run(euicc, request));
}
