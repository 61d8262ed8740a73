// SPDX-License-Identifier: Apache-2.0
// Command APDUs, short form (ISO/IEC 7816-4 §5.1), with the class coding of ETSI TS 102 221 §10.1.1 for channels 0 to 3.
// Extended lengths and secure messaging are not supported.
import { STATUS, StatusWordError } from './status-word.js';

/** The four bytes every command begins with, the class byte already taken apart. */
export interface CommandHeader {
  /** True for CLA 8X, false for CLA 0X. */
  readonly proprietary: boolean;
  /** 0 to 3. */
  readonly channel: number;
  readonly instruction: number;
  readonly p1: number;
  readonly p2: number;
}

export interface Command extends CommandHeader {
  readonly data: Uint8Array;
  /** The number of response bytes wanted, 1 to 256; undefined when the command carries no Le. */
  readonly expectedBytes: number | undefined;
}

const HEADER_BYTES = 4;

/** Reads CLA INS P1 P2. Throws StatusWordError: 6700 when shorter, 6881 for channels 4 to 19, 6E00 for any other class byte. */
export function readHeader(bytes: Uint8Array): CommandHeader {
  const [cla, instruction, p1, p2] = bytes;
  if (cla === undefined || instruction === undefined || p1 === undefined || p2 === undefined) throw new StatusWordError(STATUS.wrongLength);
  if ((cla & 0x70) === 0x40) throw new StatusWordError(STATUS.channelNotSupported);
  if ((cla & 0x7c) !== 0) throw new StatusWordError(STATUS.classNotSupported);
  return { proprietary: (cla & 0x80) !== 0, channel: cla & 0x03, instruction, p1, p2 };
}

/** Reads what follows the header: nothing, Le, Lc and data, or Lc, data and Le. Throws StatusWordError 6700 when the lengths disagree. */
export function readBody(header: CommandHeader, bytes: Uint8Array): Command {
  const body = bytes.subarray(HEADER_BYTES);
  const none = new Uint8Array(0);
  if (body.length === 0) return { ...header, data: none, expectedBytes: undefined };
  const p3 = body[0]!;
  if (body.length === 1) return { ...header, data: none, expectedBytes: p3 || 256 };
  const data = body.slice(1, 1 + p3);
  const surplus = body.length - 1 - p3;
  if (p3 === 0 || surplus < 0 || surplus > 1) throw new StatusWordError(STATUS.wrongLength);
  return { ...header, data, expectedBytes: surplus === 1 ? body[body.length - 1]! || 256 : undefined };
}
