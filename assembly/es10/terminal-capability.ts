// SPDX-License-Identifier: Apache-2.0
// TERMINAL CAPABILITY (ETSI TS 102 221 §11.1.19): declares the IPAd (SGP.32 v1.2 §3.8.2) or the LPAd (SGP.22 v2.5 §3.4.2), so
// that the eUICC enables ES10.

import { HAS_EMULATION, HAS_MORE_OPTIONS } from '../abi/features';
import { Assistant } from '../abi/options';
import { O } from '../abi/state';
import { cardApdu, cardApduData } from '../wire/card-lane';
import { putByteTlv, putHeader } from '../wire/der-write';

/** Sends A9{84 01} (IoT device capabilities: IPAd) or A9{83 07} (LUId, LPDd, LDSd). On the basic channel, before ISD-R is selected. */
export function sendTerminalCapability(): void {
  const lpad = HAS_MORE_OPTIONS && (HAS_EMULATION ? O.assistant != Assistant.Ipad : O.assistant == Assistant.Lpad);
  putByteTlv(putHeader(cardApduData(), 0xa9, 3), lpad ? 0x83 : 0x84, lpad ? 0x07 : 0x01);
  cardApdu(0x80, false, 0xaa, 0, 0, 5, 5);
}
