// SPDX-License-Identifier: Apache-2.0
// What the card remembers per logical channel, and how response data leaves it (ETSI TS 102 221 §7.3.1.1: 61XX and GET RESPONSE).
import { concat } from '../../codec/bytes.js';
import { STATUS, statusBytes } from './status-word.js';

/** The basic channel and three more. */
export const CHANNELS = 4;

/** Most bytes one response APDU carries. */
const RESPONSE_BYTES = 256;

export interface Channel {
  open: boolean;
  /** Whether the ISD-R is the current application; the simulator has no other. */
  isdrSelected: boolean;
  /** Blocks of an ES10 command that is still arriving. */
  chain: Uint8Array[];
  /** Response data not fetched yet. */
  pending: Uint8Array;
}

/** The channels of a card that was just reset: only the basic one is open. */
export function freshChannels(): Channel[] {
  return Array.from({ length: CHANNELS }, (_, number) => freshChannel(number === 0));
}

/** One channel on which nothing has happened yet. */
export function freshChannel(open: boolean): Channel {
  return { open, isdrSelected: false, chain: [], pending: new Uint8Array(0) };
}

/** `data` and 9000 in one response. */
export function success(data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concat(data, statusBytes(STATUS.ok));
}

/** Offers response data for GET RESPONSE; with `inline`, gives it at once when it fits one response. */
export function offer(channel: Channel, data: Uint8Array, inline: boolean): Uint8Array {
  if (data.length === 0 || (inline && data.length <= RESPONSE_BYTES)) return success(data);
  channel.pending = data;
  return statusBytes(moreData(data.length));
}

/** 61XX for this number of waiting bytes; XX = 00 stands for 256 or more. */
export function moreData(waitingBytes: number): number {
  return 0x6100 | (Math.min(waitingBytes, RESPONSE_BYTES) & 0xff);
}
