// SPDX-License-Identifier: Apache-2.0
// ProfileInstallationResult, BF37: signed, and kept as a notification until it is acknowledged (SGP.22 v2.5 §2.5.6 and §5.7.6).
import { tlv } from '../../codec/ber.js';
import { integerElement, optional } from '../domain/elements.js';
import { euiccSignature } from '../domain/identity.js';
import { EVENT, notificationMetadata } from '../domain/notifications.js';
import type { Euicc } from '../state/euicc.js';
import { type InstallationIdentity, takeSeqNumber } from '../state/non-volatile.js';

/** FinalResult for an installed profile with this ISD-P. @param simaResponse EUICCResponse of the profile package interpreter. */
export function successResult(aid: Uint8Array, simaResponse: Uint8Array): Uint8Array {
  return tlv(0xa0, tlv(0x4f, aid), tlv(0x04, simaResponse));
}

/** FinalResult for an installation that failed in `command` (BppCommandId) for `reason` (ErrorReason), with the EUICCResponse if there is one. */
export function errorResult(command: number, reason: number, simaResponse?: Uint8Array): Uint8Array {
  const response = optional(simaResponse, (value) => tlv(0x82, value));
  return tlv(0xa1, integerElement(0x80, command), integerElement(0x81, reason), response);
}

/** Signs the result, stores it as pending notification and forgets the installation; returns `BF37…`. */
export function concludeInstallation(euicc: Euicc, installation: InstallationIdentity, finalResult: Uint8Array): Uint8Array {
  const { memory, identity } = euicc;
  const { transactionId, smdpAddress, smdpOid, iccid } = installation;
  const seqNumber = takeSeqNumber(memory);
  const data = tlv(
    0xbf27,
    tlv(0x80, transactionId),
    notificationMetadata(seqNumber, EVENT.install, smdpAddress, iccid),
    tlv(0x06, smdpOid),
    tlv(0xa2, finalResult),
  );
  const raw = tlv(0xbf37, data, euiccSignature(identity, data));
  memory.notifications.push({ seqNumber, event: EVENT.install, address: smdpAddress, iccid, raw });
  memory.installation = undefined;
  return raw;
}
