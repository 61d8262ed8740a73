// SPDX-License-Identifier: Apache-2.0
// What reaches the card: every APDU with its answer, told apart by kind, and the ES10 functions that they carry.

import type { SyncCardSlot } from '../../host/interfaces.js';
import { hex } from '../../host/sim/codec/bytes.js';

export const APDU_KINDS = ['terminalCapability', 'manageChannel', 'select', 'storeData', 'getResponse', 'status', 'other'] as const;
export type ApduKind = (typeof APDU_KINDS)[number];

export interface LoggedApdu {
  readonly command: Uint8Array;
  /** Data and status word. */
  readonly response: Uint8Array;
  /** How often the card was reset before. */
  readonly resets: number;
}

/** One ES10 function as it was called. */
export interface Es10Exchange {
  readonly command: Uint8Array;
  readonly response: Uint8Array;
}

/** Numbers of the APDUs of one run. */
export interface ApduCount {
  readonly kinds: Readonly<Record<ApduKind, number>>;
  readonly all: number;
  /** Those GET RESPONSE, among `kinds.getResponse`, that go on with a response of which one has already fetched a part. */
  readonly continuations: number;
}

const INSTRUCTIONS: Readonly<Record<number, ApduKind>> = {
  112: 'manageChannel',
  164: 'select',
  170: 'terminalCapability',
  192: 'getResponse',
  226: 'storeData',
  242: 'status',
};
const HEADER_BYTES = 5;
const LAST_BLOCK = 0x91;

/** The card, and in `log` everything that it is asked from now on. */
export function logCard(card: SyncCardSlot, log: LoggedApdu[]): SyncCardSlot {
  let resets = 0;
  return {
    reset: () => {
      resets++;
      return card.reset();
    },
    powerOff: () => card.powerOff(),
    transmit: (command) => {
      const response = card.transmit(command);
      log.push({ command: command.slice(), response: response.slice(), resets });
      return response;
    },
  };
}

function kindOf({ command }: LoggedApdu): ApduKind {
  return INSTRUCTIONS[command[1]!] ?? 'other';
}

export function countApdus(log: readonly LoggedApdu[]): ApduCount {
  const of = (kind: ApduKind) => log.filter((apdu) => kindOf(apdu) === kind).length;
  const kinds = Object.fromEntries(APDU_KINDS.map((kind) => [kind, of(kind)])) as Record<ApduKind, number>;
  const isGet = (apdu: LoggedApdu | undefined) => apdu !== undefined && kindOf(apdu) === 'getResponse';
  const continuations = log.filter((apdu, index) => isGet(apdu) && isGet(log[index - 1])).length;
  return { kinds, all: log.length, continuations };
}

/** How many of the card's sessions, from one reset to the next, an ES10 function was called in: each must be attached to. */
export function countSessions(log: readonly LoggedApdu[]): number {
  return new Set(log.filter((apdu) => kindOf(apdu) === 'storeData').map(({ resets }) => resets)).size;
}

/** The functions that were called to their end, in their order: blocks of STORE DATA put together, and what GET RESPONSE brought. */
export function es10Exchanges(log: readonly LoggedApdu[]): Es10Exchange[] {
  const exchanges: { command: Buffer; response: Buffer }[] = [];
  let blocks: Uint8Array[] = [];
  let open: { response: Buffer } | undefined;
  for (const apdu of log) {
    const data = apdu.response.subarray(0, -2);
    const kind = kindOf(apdu);
    if (kind === 'getResponse' && open) open.response = Buffer.concat([open.response, data]);
    else open = undefined;
    if (kind !== 'storeData') continue;
    blocks.push(apdu.command.subarray(HEADER_BYTES));
    if (apdu.command[2] !== LAST_BLOCK) continue;
    const exchange = { command: Buffer.concat(blocks), response: Buffer.from(data) };
    exchanges.push(exchange);
    blocks = [];
    open = exchange;
  }
  return exchanges;
}

/** The outer tag of what is called, such as "BF3E"; of a segment of a profile package "BF36", whatever it begins with. */
export function functionOf({ command }: Es10Exchange): string {
  return command[0] === 0xbf ? hex(command.subarray(0, 2)) : 'BF36';
}
