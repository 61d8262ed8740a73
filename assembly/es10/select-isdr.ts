// SPDX-License-Identifier: Apache-2.0
// SELECT of ISD-R by its AID (SGP.22 v2.5 §5.7.1).

import { AID_BYTES, ISDR_AID } from '../rsp/aid';
import { cardApdu, cardApduData } from '../wire/card-lane';

/** Selects ISD-R on the open channel; the FCI is not needed. */
export function sendSelectIsdr(): void {
  memory.copy(cardApduData(), ISDR_AID, AID_BYTES);
  cardApdu(0, true, 0xa4, 0x04, 0, AID_BYTES, AID_BYTES);
}
