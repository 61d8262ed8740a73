// SPDX-License-Identifier: Apache-2.0
// RetrieveNotificationsList: `BF2B{[A0{80 seqNumber | 81 events | 82 package results}]}` → `BF2B{A0 notifications}` or `BF2B{A2 package results}`
// (SGP.22 v2.5 §5.7.10, SGP.32 v1.2 §5.9.11).
import { CodecError, child, readBits, readInteger, type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import type { Euicc } from '../state/euicc.js';

const UNDEFINED_ERROR = 127;

/** A criterion that does not exist is answered undefinedError(127); one that nothing matches, with an empty list. */
export function retrieveNotificationsList(euicc: Euicc, request: Tlv): Uint8Array {
  try {
    return tlv(0xbf2b, search(euicc, child(request, 0xa0)));
  } catch (error) {
    if (error instanceof CodecError) return tlv(0xbf2b, integerElement(0x81, UNDEFINED_ERROR));
    throw error;
  }
}

function search({ memory, settings }: Euicc, criteria: Tlv | undefined): Uint8Array {
  if (criteria === undefined) return rawList(0xa0, memory.notifications);
  const [criterion] = criteria.children;
  switch (criterion?.tag) {
    case 0x80: {
      const seqNumber = readInteger(criterion);
      const results = memory.packageResults.filter((each) => each.seqNumber === seqNumber);
      if (results.length > 0) return rawList(0xa2, results);
      return rawList(
        0xa0,
        memory.notifications.filter((each) => each.seqNumber === seqNumber),
      );
    }
    case 0x81: {
      const events = readBits(criterion);
      return rawList(
        0xa0,
        memory.notifications.filter((each) => events.includes(each.event)),
      );
    }
    case 0x82:
      if (settings.kind === 'consumer') throw new CodecError('a criterion of SGP.32');
      return rawList(0xa2, memory.packageResults);
    default:
      throw new CodecError('a search criterion that does not exist');
  }
}

function rawList(tag: number, items: readonly { readonly raw: Uint8Array }[]): Uint8Array {
  return tlv(tag, ...items.map((item) => item.raw));
}
