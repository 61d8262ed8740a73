// SPDX-License-Identifier: Apache-2.0
// Notifications about profile events: OtherSignedNotification, one per configured address (SGP.22 v2.5 §3.5 and §5.7.9).
import { bitStringContent, tlv } from '../../codec/ber.js';
import type { Euicc } from '../state/euicc.js';
import { type StoredProfile, takeSeqNumber } from '../state/non-volatile.js';
import { integerElement, optional, textElement } from './elements.js';
import { euiccSignature } from './identity.js';
import { notificationAddresses } from './profile-metadata.js';

/** NotificationEvent bits. */
export const EVENT = { install: 0, enable: 1, disable: 2, delete: 3 } as const;

/** An event on a profile that has to be notified; the profile may be gone by then. */
export interface ProfileEvent {
  readonly profile: StoredProfile;
  readonly event: number;
}

/** NotificationMetadata `BF2F{80 seqNumber, 81 event, 0C address, [5A iccid]}`. */
export function notificationMetadata(seqNumber: number, event: number, address: string, iccid: Uint8Array | undefined): Uint8Array {
  return tlv(
    0xbf2f,
    integerElement(0x80, seqNumber),
    tlv(0x81, bitStringContent([event])),
    textElement(0x0c, address),
    optional(iccid, (bytes) => tlv(0x5a, bytes)),
  );
}

/** Signs and stores the notifications of an event. `exceptAddress` has already been told in another way (by the installation result). */
export function notifyEvent(euicc: Euicc, { profile, event }: ProfileEvent, exceptAddress?: string): void {
  for (const address of notificationAddresses(profile, event)) {
    if (address === exceptAddress) continue;
    const seqNumber = takeSeqNumber(euicc.memory);
    const metadata = notificationMetadata(seqNumber, event, address, profile.iccid);
    const { identity } = euicc;
    const raw = tlv(0x30, metadata, euiccSignature(identity, metadata), identity.certificate, identity.eumCertificate);
    euicc.memory.notifications.push({ seqNumber, event, address, iccid: profile.iccid, raw });
  }
}
