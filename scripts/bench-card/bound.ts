// SPDX-License-Identifier: Apache-2.0
// The least that ES10 functions need on the line to the card.

import { hex } from '../../host/sim/codec/bytes.js';
import { type Es10Exchange, functionOf } from './card-log.js';

// The bound counts nothing but what the functions need:
//
// - For each session of the card (a reset ends one) one TERMINAL CAPABILITY, one MANAGE CHANNEL and one SELECT of the ISD-R; its answer, the
//   FCI, need not be fetched.
// - Each ES10 function once: a command that is the same as one before, byte by byte, asks for what is already known. It counts with the
//   longest of its answers, which has all that was to be had.
// - An ES10 command of n bytes is ceil(n / 255) blocks of STORE DATA (SGP.22 v2.5 §5.7.2). Each segment of a bound profile package is a
//   command of its own (§2.5.5), which the bound cannot join: therefore blocks at the ends of segments are short.
// - A response of n bytes is ceil(n / 256) GET RESPONSE, as the card announces it by 61xx (ETSI TS 102 221 §7.3.1.1). With `inline` one
//   that fits into a response APDU comes with the last block instead.
// - On a line an APDU of n bytes is `AT+CSIM=<2n>,"` and its hexadecimal digits and `"` and CR, and the answer in the shortest form that
//   3GPP TS 27.007 §8.17 and V.250 §5.7.1 leave: CR LF `+CSIM: <length>,"<digits>"` CR LF CR LF `OK` CR LF. No AT, no echo, nothing that sets
//   the modem up, no reset, no closing of the channel, no proactive command.
//
// What is counted does not depend on how the module goes about it, unless it calls a function that is not needed: which it calls is in
// build/card.json and told by the tests.

/** Bytes of each direction; `out` is from the module to the card. */
export interface CardTraffic {
  readonly out: number;
  readonly in: number;
}

export interface Bound {
  readonly apdus: number;
  /** By AT+CSIM. */
  readonly line: CardTraffic;
  /** The APDUs themselves, as a host that has the card in a reader transmits them. */
  readonly link: CardTraffic;
  /** The outer tags of the functions, in their order; a bound profile package is one. */
  readonly functions: readonly string[];
  /** The outer tags of those that were called once more than is needed, in their order. */
  readonly repeated: readonly string[];
}

export interface BoundOptions {
  /** Sessions of the card. Default 1. */
  readonly sessions?: number;
  /** Whether the card gives short responses with the last block. Default no. */
  readonly inline?: boolean;
}

const BLOCK_BYTES = 255;
const RESPONSE_BYTES = 256;
const HEADER_BYTES = 5;
const STATUS_BYTES = 2;
const TERMINAL_CAPABILITY_BYTES = 5;
const AID_BYTES = 16;

/** One APDU: all bytes of the command, and the data bytes of its response. */
interface BoundApdu {
  readonly commandBytes: number;
  readonly dataBytes: number;
}

/** Each session begins with these. */
const ATTACHING: readonly BoundApdu[] = [
  { commandBytes: HEADER_BYTES + TERMINAL_CAPABILITY_BYTES, dataBytes: 0 },
  { commandBytes: HEADER_BYTES, dataBytes: 1 },
  { commandBytes: HEADER_BYTES + AID_BYTES, dataBytes: 0 },
];

/** Characters of `AT+CSIM=<length>,"<digits>"` and CR. */
export function commandCharacters(apduBytes: number): number {
  return `AT+CSIM=${2 * apduBytes},""\r`.length + 2 * apduBytes;
}

/** Characters of the shortest answer with this many bytes of data before the status word. */
export function answerCharacters(dataBytes: number): number {
  const digits = 2 * (dataBytes + STATUS_BYTES);
  return `\r\n+CSIM: ${digits},""\r\n\r\nOK\r\n`.length + digits;
}

/** Lengths of pieces of at most `most` bytes. */
function pieces(bytes: number, most: number): number[] {
  return Array.from({ length: Math.ceil(bytes / most) }, (_, index) => Math.min(most, bytes - index * most));
}

function apdusOf({ command, response }: Es10Exchange, inline: boolean): BoundApdu[] {
  const isInline = inline && response.length <= RESPONSE_BYTES;
  const blocks = pieces(command.length, BLOCK_BYTES).map((bytes) => ({ commandBytes: HEADER_BYTES + bytes, dataBytes: 0 }));
  if (isInline) return [...blocks.slice(0, -1), { ...blocks.at(-1)!, dataBytes: response.length }];
  return [...blocks, ...pieces(response.length, RESPONSE_BYTES).map((bytes) => ({ commandBytes: HEADER_BYTES, dataBytes: bytes }))];
}

/** Each command once, with its longest answer; and those that are the same as one before. */
function distinct(exchanges: readonly Es10Exchange[]): { readonly needed: Es10Exchange[]; readonly repeated: Es10Exchange[] } {
  const byCommand = new Map<string, Es10Exchange>();
  const repeated: Es10Exchange[] = [];
  for (const exchange of exchanges) {
    const key = hex(exchange.command);
    const before = byCommand.get(key);
    if (before) repeated.push(exchange);
    if (!before || exchange.response.length > before.response.length) byCommand.set(key, exchange);
  }
  return { needed: [...byCommand.values()], repeated };
}

/** The least that these functions need. */
export function boundOf(exchanges: readonly Es10Exchange[], { sessions = 1, inline = false }: BoundOptions = {}): Bound {
  const { needed, repeated } = distinct(exchanges);
  const attaching = Array.from({ length: sessions }, () => ATTACHING).flat();
  const apdus = [...attaching, ...needed.flatMap((exchange) => apdusOf(exchange, inline))];
  const traffic = (out: (apdu: BoundApdu) => number, back: (apdu: BoundApdu) => number): CardTraffic => ({
    out: apdus.reduce((sum, apdu) => sum + out(apdu), 0),
    in: apdus.reduce((sum, apdu) => sum + back(apdu), 0),
  });
  const functions = needed.map(functionOf);
  return {
    apdus: apdus.length,
    line: traffic(
      ({ commandBytes }) => commandCharacters(commandBytes),
      ({ dataBytes }) => answerCharacters(dataBytes),
    ),
    link: traffic(
      ({ commandBytes }) => commandBytes,
      ({ dataBytes }) => dataBytes + STATUS_BYTES,
    ),
    functions: functions.filter((name, index) => name !== 'BF36' || functions[index - 1] !== name),
    repeated: repeated.map(functionOf),
  };
}
