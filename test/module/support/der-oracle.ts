// SPDX-License-Identifier: Apache-2.0
// What a reader of TLVs must say about any bytes, found by recursive descent: the judge of the module's readers and of the
// simulators' codec, which differ in their limits only (assembly/SPEC.md, W-1).

import { ErrorCode } from '../../../host/abi.js';

/** What a reader takes beyond DER, and where it stops. */
export interface ReaderLimits {
  readonly lengthBytes: number;
  readonly tagBytes: number;
  readonly depth: number;
}

/** The module: tags of two bytes, definite lengths of up to three bytes, minimal or not. */
export const MODULE_LIMITS: ReaderLimits = { lengthBytes: 3, tagBytes: 2, depth: 16 };

/** An element that lies whole, or begins, in the input. Offsets count from the first byte of the input. */
export interface JudgedElement {
  readonly tag: number;
  readonly length: number;
  /** 1 for the outermost. */
  readonly depth: number;
  readonly valueOffset: number;
  readonly endOffset: number;
}

/** What is right to say about an input. */
export interface Verdict {
  /** 0: well formed as far as it goes; else the wire error that comes first. */
  readonly error: number;
  /** The bytes end before the element does. */
  readonly incomplete: boolean;
  /** Headers in the order of the bytes, up to the error. */
  readonly elements: readonly JudgedElement[];
  /** Offset of the first identifier octet of every header that was begun, also of one that is refused. */
  readonly tagOffsets: readonly number[];
}

class Refusal extends Error {
  constructor(readonly code: number) {
    super();
  }
}

class Incomplete extends Error {}

class Judge {
  readonly elements: JudgedElement[] = [];
  readonly tagOffsets: number[] = [];
  #at = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly limits: ReaderLimits,
  ) {}

  /** One element and all in it; it must end at or before `limit`, and bytes must be there. */
  element(depth: number, limit: number): void {
    this.tagOffsets.push(this.#at);
    const tag = this.#tag(limit);
    const length = this.#length(limit);
    const endOffset = this.#at + length;
    if (endOffset > limit) throw new Refusal(ErrorCode.Overrun);
    if (depth > this.limits.depth) throw new Refusal(ErrorCode.TooDeep);
    this.elements.push({ tag, length, depth, valueOffset: this.#at, endOffset });
    if (isConstructed(tag)) while (this.#at < endOffset) this.element(depth + 1, endOffset);
    else if (endOffset > this.bytes.length) throw new Incomplete();
    this.#at = endOffset;
  }

  end(): void {
    if (this.#at < this.bytes.length) throw new Refusal(ErrorCode.TrailingBytes);
  }

  #octet(limit: number): number {
    const octet = this.bytes[this.#at];
    if (octet === undefined) throw new Incomplete();
    if (this.#at++ >= limit) throw new Refusal(ErrorCode.Overrun);
    return octet;
  }

  #tag(limit: number): number {
    let tag = this.#octet(limit);
    if ((tag & 0x1f) !== 0x1f) return tag;
    for (let count = 2, more = true; more; count++) {
      const octet = this.#octet(limit);
      more = octet >= 0x80;
      if (more && count >= this.limits.tagBytes) throw new Refusal(ErrorCode.BadEncoding);
      tag = tag * 256 + octet;
    }
    return tag;
  }

  #length(limit: number): number {
    const first = this.#octet(limit);
    if (first < 0x80) return first;
    const count = first - 0x80;
    if (count === 0 || count > this.limits.lengthBytes) throw new Refusal(ErrorCode.BadEncoding);
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + this.#octet(limit);
    return length;
  }
}

/** Whether the first identifier octet of a tag says that the value is made of elements. */
export function isConstructed(tag: number): boolean {
  let first = tag;
  while (first > 0xff) first = Math.floor(first / 256);
  return (first & 0x20) !== 0;
}

/** Judges bytes that come piece by piece: what lies beyond them may still come. */
export function judgeStream(bytes: Uint8Array, limits: ReaderLimits): Verdict {
  const judge = new Judge(bytes, limits);
  const { elements, tagOffsets } = judge;
  try {
    judge.element(1, Number.POSITIVE_INFINITY);
    judge.end();
    return { error: 0, incomplete: false, elements, tagOffsets };
  } catch (thrown) {
    if (thrown instanceof Incomplete) return { error: 0, incomplete: true, elements, tagOffsets };
    if (thrown instanceof Refusal) return { error: thrown.code, incomplete: false, elements, tagOffsets };
    throw thrown;
  }
}

/** Judges bytes that must be exactly one element. */
export function judgeWhole(bytes: Uint8Array, limits: ReaderLimits): Verdict {
  const stream = judgeStream(bytes, limits);
  const outer = stream.elements[0];
  // a header that is cut off is another thing than a value that is
  if (!outer) return stream.incomplete ? { ...stream, error: ErrorCode.Truncated } : stream;
  if (outer.endOffset > bytes.length)
    return { ...stream, error: ErrorCode.Overrun, elements: [], tagOffsets: stream.tagOffsets.slice(0, 1) };
  // the outermost lies whole, so what the bytes end in the middle of reaches past it
  return stream.incomplete ? { ...stream, error: ErrorCode.Overrun } : stream;
}
