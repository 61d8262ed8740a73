// SPDX-License-Identifier: Apache-2.0
// FETCH and TERMINAL RESPONSE (ETSI TS 102 221 §11.2.3, §11.2.4; TS 102 223 §6.8): a card that was not asked for its REFRESH takes the
// next profile change for one in the middle of a proactive session (catBusy).

import { APDU, S } from '../abi/state';
import { cardApdu, cardApduData } from '../wire/card-lane';
import { derEnd, derValue, readTlv } from '../wire/der-read';

const INS_FETCH: u32 = 0x12;
const REFRESH: u32 = 0x01;
const DONE: u32 = 0x00;
const BEYOND_CAPABILITIES: u32 = 0x30;
const TERMINAL_RESPONSE_BYTES: u32 = 12;

/** Asks for the proactive command that the last status word has announced. */
export function sendFetch(): void {
  cardApdu(0x80, false, INS_FETCH, 0, 0, S.proactiveBytes, 0);
}

/** Whether the last APDU was that of sendFetch. */
export function isFetched(): bool {
  return load<u8>(APDU, 1) == INS_FETCH;
}

/**
 * Answers the command D0{81 or 01 details, …} that was gathered from keepEnd on: REFRESH is done, as the card is reset next. False when it
 * cannot be read.
 */
export function sendTerminalResponse(): bool {
  if (readTlv(S.keepEnd, S.collectAt) || readTlv(derValue, derEnd)) return false;
  const at = cardApduData();
  store<u32>(at, 0x0381 | (load<u16>(derValue) << 16));
  store<u32>(at, 0x82028200 | load<u8>(derValue, 2), 4);
  store<u32>(at, 0x00018381, 8);
  store<u8>(at, load<u8>(derValue, 1) == REFRESH ? DONE : BEYOND_CAPABILITIES, 11);
  cardApdu(0x80, false, 0x14, 0, 0, TERMINAL_RESPONSE_BYTES, TERMINAL_RESPONSE_BYTES);
  return true;
}
