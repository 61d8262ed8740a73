// SPDX-License-Identifier: Apache-2.0
// TERMINAL CAPABILITY (ETSI TS 102 221 §11.1.19): declares which assistant the device has, and so which ES10 functions are enabled
// (SGP.22 v2.5 §3.4.2, SGP.32 v1.2 §3.8.2).
import { child, readTlv } from '../../codec/ber.js';
import type { Euicc } from '../state/euicc.js';
import { success } from './channel.js';
import type { Command } from './command.js';
import { STATUS, StatusWordError } from './status-word.js';

/** eUICC-related device capabilities, `83`. */
const CONSUMER = { localUserInterface: 0x01, localProfileDownload: 0x02, localDiscovery: 0x04 } as const;
/** IoT device capabilities, `84`; a consumer eUICC does not know them. */
const IPA_IN_DEVICE = 0x01;

/** `A9{…83 eUICC-related capabilities…, 84 IoT capabilities}` on any open channel; a later command replaces an earlier one. */
export function terminalCapability(euicc: Euicc, command: Command): Uint8Array {
  if (command.p1 !== 0 || command.p2 !== 0) throw new StatusWordError(STATUS.incorrectParameters);
  const capability = readTlv(command.data);
  if (capability.tag !== 0xa9) throw new StatusWordError(STATUS.incorrectData);
  const consumer = child(capability, 0x83)?.value[0] ?? 0;
  const iot = child(capability, 0x84)?.value[0] ?? 0;
  euicc.session.assistants = {
    localUserInterface: (consumer & CONSUMER.localUserInterface) !== 0,
    localProfileDownload: (consumer & CONSUMER.localProfileDownload) !== 0,
    localDiscovery: (consumer & CONSUMER.localDiscovery) !== 0,
    iotProfileAssistant: euicc.settings.kind === 'iot' && (iot & IPA_IN_DEVICE) !== 0,
  };
  return success();
}
