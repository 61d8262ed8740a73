// SPDX-License-Identifier: Apache-2.0
// A modem that deals with the card's proactive commands itself: FETCH, and TERMINAL RESPONSE that it was done (ETSI TS 102 223 §6).

import { FETCH, PROACTIVE_COMMAND, statusHigh, TERMINAL_RESPONSE } from './apdu-parts.js';

const REFRESH = 0x01;
const UICC_RESET = 0x04;
/** A card that has ever more to ask must not hang the modem. */
const MOST_COMMANDS = 8;

/** What there is to do about a proactive command, besides answering it. */
export type ProactiveWork = 'reset' | 'readAgain' | 'nothing';

/** Serves what 91xx in `response` announces, and what is announced meanwhile. */
export function serveProactive(response: Uint8Array, transmit: (command: Uint8Array) => Uint8Array): ProactiveWork {
  let work: ProactiveWork = 'nothing';
  let announced = response;
  for (let count = 0; count < MOST_COMMANDS && statusHigh(announced) === PROACTIVE_COMMAND; count += 1) {
    const details = commandDetails(transmit(Uint8Array.of(0x80, FETCH, 0, 0, announced.at(-1)!)));
    if (details === undefined) break;
    announced = transmit(terminalResponse(details));
    if (details[1] !== REFRESH) continue;
    if (details[2] === UICC_RESET) work = 'reset';
    else if (work === 'nothing') work = 'readAgain';
  }
  return work;
}

/** Number, type and qualifier: `D0 len 81 03 …`, the first element of each proactive command (ETSI TS 102 223 §6.6). */
function commandDetails(fetched: Uint8Array): Uint8Array | undefined {
  const at = fetched[1] === 0x81 ? 3 : 2;
  const isCommand = fetched[0] === 0xd0 && (fetched[at]! & 0x7f) === 0x01 && fetched[at + 1] === 3;
  return isCommand ? fetched.subarray(at + 2, at + 5) : undefined;
}

/** Command performed successfully. */
function terminalResponse(details: Uint8Array): Uint8Array {
  const data = [0x81, 0x03, ...details, 0x82, 0x02, 0x82, 0x81, 0x83, 0x01, 0x00];
  return Uint8Array.of(0x80, TERMINAL_RESPONSE, 0, 0, data.length, ...data);
}
