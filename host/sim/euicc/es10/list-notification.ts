// SPDX-License-Identifier: Apache-2.0
// ListNotification: `BF28{[81 events]}` → `BF28{A0{BF2F…}}` or `BF28{81 error}`, the metadata of pending notifications (SGP.22 v2.5 §5.7.9).
import { CodecError, child, readBits, type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { notificationMetadata } from '../domain/notifications.js';
import type { Euicc } from '../state/euicc.js';

const UNDEFINED_ERROR = 127;

/** Only those of the given events, if events are given; events that cannot be read are answered undefinedError(127). */
export function listNotification(euicc: Euicc, request: Tlv): Uint8Array {
  try {
    return tlv(0xbf28, list(euicc, request));
  } catch (error) {
    if (error instanceof CodecError) return tlv(0xbf28, integerElement(0x81, UNDEFINED_ERROR));
    throw error;
  }
}

function list({ memory }: Euicc, request: Tlv): Uint8Array {
  const filter = child(request, 0x81);
  const events = filter && readBits(filter);
  const wanted = memory.notifications.filter((each) => events === undefined || events.includes(each.event));
  return tlv(0xa0, ...wanted.map(({ seqNumber, event, address, iccid }) => notificationMetadata(seqNumber, event, address, iccid)));
}
