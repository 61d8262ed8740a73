// SPDX-License-Identifier: Apache-2.0
// The value of Block1 and Block2 (RFC 7959 §2.2): which block, whether more follow, and how long a block is.

import { readUint, uintValue } from './message.js';
import { CoapRefusal } from './refusal.js';

/** Block lengths in bytes: 2^(SZX+4). */
export const BLOCK_BYTES = [16, 32, 64, 128, 256, 512, 1024] as const;
export type BlockBytes = (typeof BLOCK_BYTES)[number];

export interface Block {
  /** Counted from 0, in blocks of this length. */
  readonly number: number;
  readonly more: boolean;
  readonly bytes: BlockBytes;
}

/** 20 bits. */
export const LAST_BLOCK_NUMBER = 0xfffff;

/** The option value: 0 to 3 bytes. */
export function blockValue({ number, more, bytes }: Block): Uint8Array {
  return uintValue(number * 16 + (more ? 8 : 0) + BLOCK_BYTES.indexOf(bytes));
}

/** Reads an option value. Throws CoapRefusal 4.00 for the reserved length. */
export function readBlock(value: Uint8Array): Block {
  const packed = readUint(value);
  const bytes = BLOCK_BYTES[packed & 7];
  if (bytes === undefined) throw new CoapRefusal('4.00', 'block size exponent 7 is reserved');
  return { number: Math.floor(packed / 16), more: (packed & 8) !== 0, bytes };
}

/** Where in the body this block begins. */
export function offsetOf({ number, bytes }: Block): number {
  return number * bytes;
}

/** The shorter of two block lengths. */
export function shorter(a: BlockBytes, b: BlockBytes): BlockBytes {
  return a < b ? a : b;
}
