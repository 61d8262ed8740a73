// SPDX-License-Identifier: Apache-2.0
// SELECT of ISD-R by its AID (SGP.22 v2.5 §5.7.1).

import { cardApdu, cardApduData } from '../wire/card-lane';

const ISDR_AID: usize = memory.data<u8>([0xa0, 0, 0, 0x05, 0x59, 0x10, 0x10, 0xff, 0xff, 0xff, 0xff, 0x89, 0, 0, 0x01, 0]);
const AID_BYTES: u32 = 16;

/** Selects ISD-R on the open channel; the FCI is not needed. */
export function sendSelectIsdr(): void {
  memory.copy(cardApduData(), ISDR_AID, AID_BYTES);
  cardApdu(0, true, 0xa4, 0x04, 0, AID_BYTES, AID_BYTES);
}
