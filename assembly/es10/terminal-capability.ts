// SPDX-License-Identifier: Apache-2.0
// TERMINAL CAPABILITY (ETSI TS 102 221 §11.1.19): declares the IPAd, so that the eUICC enables ES10 (SGP.32 v1.2 §3.8.2).

import { cardApdu, cardApduData } from '../wire/card-lane';
import { putByteTlv, putHeader } from '../wire/der-write';

/** Sends A9{84 01}: IoT device capabilities, bit 1: IPAd. On the basic channel, before ISD-R is selected. */
export function sendTerminalCapability(): void {
  putByteTlv(putHeader(cardApduData(), 0xa9, 3), 0x84, 0x01);
  cardApdu(0x80, false, 0xaa, 0, 0, 5, 5);
}
