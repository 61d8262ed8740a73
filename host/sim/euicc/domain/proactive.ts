// SPDX-License-Identifier: Apache-2.0
// Proactive commands of the card: REFRESH after a change of the enabled profile (ETSI TS 102 223 §6.4.7, SGP.22 v2.5 §5.7.16).
import { tlv } from '../../codec/ber.js';
import type { Euicc } from '../state/euicc.js';
import type { ProactiveCommand } from '../state/session.js';

const REFRESH = 0x01;
const COMMAND_NUMBER = 0x01;
/** From the UICC to the terminal. */
const DEVICE_IDENTITIES = Uint8Array.of(0x81, 0x82);

/** Whether a proactive session is open; profile changes are answered catBusy(5) then. */
export function isCatBusy({ catBusy, session }: Euicc): boolean {
  return catBusy || session.proactive !== undefined;
}

/** Has the terminal fetch REFRESH, in the mode that is set; without a mode nothing is asked of it. */
export function requestRefresh({ session, settings }: Euicc): void {
  const qualifier = settings.proactiveRefresh;
  if (qualifier === undefined) return;
  const details = tlv(0x81, Uint8Array.of(COMMAND_NUMBER, REFRESH, qualifier));
  const bytes = tlv(0xd0, details, tlv(0x82, DEVICE_IDENTITIES));
  session.proactive = { bytes, number: COMMAND_NUMBER, type: REFRESH, qualifier, fetched: false };
}

/** The command the terminal has still to fetch. */
export function unfetchedCommand({ session }: Euicc): ProactiveCommand | undefined {
  return session.proactive?.fetched === false ? session.proactive : undefined;
}
