// SPDX-License-Identifier: Apache-2.0
// MANAGE CHANNEL (ETSI TS 102 221 §11.1.17): the eUICC chooses the number of the logical channel.

import { ErrorCode } from '../abi/errors';
import { S } from '../abi/state';
import { cardApdu } from '../wire/card-lane';

const HIGHEST_CHANNEL: u32 = 19;

/** Asks for a logical channel. */
export function sendOpenChannel(): void {
  cardApdu(0, false, 0x70, 0, 0, 1, 0);
}

/** Reads the number of the opened channel. Returns 0 or BadResponse. */
export function readOpenChannel(): i32 {
  const channel: u32 = load<u8>(S.keepEnd);
  if (S.collectAt == S.keepEnd || channel - 1 >= HIGHEST_CHANNEL) return ErrorCode.BadResponse;
  S.channel = channel;
  return 0;
}

/** Gives the channel back. */
export function sendCloseChannel(): void {
  cardApdu(0, false, 0x70, 0x80, S.channel, 0, 0);
}
