// SPDX-License-Identifier: Apache-2.0
// Reads only a tag and a length: the first tag of a command, and the bare headers among the segments of a bound profile package.
import { CodecError } from '../../codec/ber.js';

interface Header {
  readonly tag: number;
  /** Bytes of tag and length together. */
  readonly headerBytes: number;
  /** Bytes of contents announced. */
  readonly contentBytes: number;
}

const LONGEST_LENGTH = 3;

/** The header at the start of `bytes`. Throws CodecError when it is cut short, indefinite, or announces 16 MB or more. */
export function readHeader(bytes: Uint8Array): Header {
  const tagBytes = (at(bytes, 0) & 0x1f) === 0x1f ? 2 : 1;
  const tag = tagBytes === 2 ? at(bytes, 0) * 256 + at(bytes, 1) : at(bytes, 0);
  const first = at(bytes, tagBytes);
  if (first < 0x80) return { tag, headerBytes: tagBytes + 1, contentBytes: first };
  const digits = first & 0x7f;
  if (digits === 0 || digits > LONGEST_LENGTH) throw new CodecError('a length that no ES10 command has');
  let contentBytes = 0;
  for (let index = 0; index < digits; index++) contentBytes = contentBytes * 256 + at(bytes, tagBytes + 1 + index);
  return { tag, headerBytes: tagBytes + 1 + digits, contentBytes };
}

function at(bytes: Uint8Array, index: number): number {
  const byte = bytes[index];
  if (byte === undefined) throw new CodecError('the header is cut short');
  return byte;
}
