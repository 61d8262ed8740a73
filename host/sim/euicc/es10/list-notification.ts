// SPDX-License-Identifier: Apache-2.0
// ListNotification: `BF28{[81 events]}` → `BF28{A0{BF2F…}}`, the metadata of pending notifications (SGP.22 v2.5 §5.7.9).
import { child, readBits, type Tlv, tlv } from '../../codec/ber.js';
import { notificationMetadata } from '../domain/notifications.js';
import type { Euicc } from '../state/euicc.js';

/** Only those of the given events, if events are given. */
export function listNotification({ memory }: Euicc, request: Tlv): Uint8Array {
  const filter = child(request, 0x81);
  const events = filter && readBits(filter);
  const wanted = memory.notifications.filter((each) => events === undefined || events.includes(each.event));
  const list = wanted.map(({ seqNumber, event, address, iccid }) => notificationMetadata(seqNumber, event, address, iccid));
  return tlv(0xbf28, tlv(0xa0, ...list));
}
