// SPDX-License-Identifier: Apache-2.0
// TERMINAL RESPONSE (ETSI TS 102 221 §11.2.4, ETSI TS 102 223 §6.8): how the terminal fared with the command it fetched. Ends the proactive
// session, unless the terminal was only unable for the moment: then the command is announced again.
import { readHeader } from '../domain/header.js';
import type { Euicc } from '../state/euicc.js';
import type { ProactiveCommand } from '../state/session.js';
import { success } from './channel.js';
import type { Command } from './command.js';
import { STATUS, StatusWordError } from './status-word.js';

const COMMAND_DETAILS = 0x01;
const RESULT = 0x03;
/** Tags may come with or without this bit, which says that the receiver has to understand the element. */
const COMPREHENSION_REQUIRED = 0x80;

const PROFILE_STATE_CHANGE = 0x09;

/** General results: 0X performed, 1X ended by the user, 2X worth trying again, 3X never. */
const LAST_PERFORMED = 0x0f;
const TRY_AGAIN = 0x20;

/** 6985 when no command was fetched, 6A80 when the response is for another one or cannot be read. */
export function terminalResponse(euicc: Euicc, command: Command): Uint8Array {
  if (command.p1 !== 0 || command.p2 !== 0) throw new StatusWordError(STATUS.incorrectParameters);
  const { proactive } = euicc.session;
  if (proactive === undefined || !proactive.fetched) throw new StatusWordError(STATUS.conditionsNotSatisfied);
  checkDetails(proactive, find(command.data, COMMAND_DETAILS));
  conclude(euicc, proactive, find(command.data, RESULT)[0]!);
  return success();
}

/** The contents of an element; the elements are no BER, as their tags 01 to 03 are not those of ASN.1. */
function find(elements: Uint8Array, tag: number): Uint8Array {
  for (let rest = elements; rest.length > 0; ) {
    const header = readHeader(rest);
    const contents = rest.subarray(header.headerBytes, header.headerBytes + header.contentBytes);
    if (contents.length < header.contentBytes) break;
    if ((header.tag & ~COMPREHENSION_REQUIRED) === tag && contents.length > 0) return contents;
    rest = rest.subarray(header.headerBytes + header.contentBytes);
  }
  throw new StatusWordError(STATUS.incorrectData);
}

function checkDetails({ number, type, qualifier }: ProactiveCommand, details: Uint8Array): void {
  const expected = [number, type, qualifier];
  const same = details.length === expected.length && expected.every((byte, index) => details[index] === byte);
  if (!same) throw new StatusWordError(STATUS.incorrectData);
}

/** A profile state change is dealt with when the terminal has performed it; a UICC reset is only so after the reset itself. */
function conclude({ session }: Euicc, proactive: ProactiveCommand, result: number): void {
  if ((result & 0xf0) === TRY_AGAIN) {
    proactive.fetched = false;
    return;
  }
  session.proactive = undefined;
  if (result <= LAST_PERFORMED && proactive.qualifier === PROFILE_STATE_CHANGE) session.switchedSinceReset = false;
}
