// SPDX-License-Identifier: Apache-2.0
// The module's parts by themselves: build/test-internals.wasm (assembly/test-internals.ts) behind functions on bytes.

import { readFileSync } from 'node:fs';
import { inBuild } from '../../../scripts/paths.js';

/** The exports of assembly/test-internals.ts. */
interface InternalExports {
  readonly memory: WebAssembly.Memory;
  bufferAt(): number;
  bufferBytes(): number;
  seenAt(): number;
  readTlv(at: number, end: number): number;
  derTag(): number;
  derLength(): number;
  derValue(): number;
  derEnd(): number;
  checkTlv(at: number, end: number): number;
  scanBegin(): void;
  scanAll(at: number, end: number): number;
  scanError(): number;
  scanIsDone(): number;
  headerBytes(tag: number, length: number): number;
  putHeader(at: number, tag: number, length: number): number;
  putTlv(at: number, tag: number, value: number, length: number): number;
  isValidEid(at: number): number;
  segment(bppHeaderBytes: number, depth: number, parent: number, tag: number, header: number, whole: number): number;
  trigger(at: number, length: number): number;
  triggerAddressAt(): number;
  triggerAddressBytes(): number;
  triggerTokenAt(): number;
  triggerTokenBytes(): number;
}

/** An element as readTlv tells it; offsets count from the first byte of the input. */
export interface ReadElement {
  readonly tag: number;
  readonly length: number;
  readonly valueOffset: number;
  readonly endOffset: number;
}

/** A header that the scanner saw, and the depth it opened. */
export interface SeenHeader {
  readonly tag: number;
  readonly length: number;
  readonly depth: number;
}

/** What scanning pieces of a message came to. */
export interface Scanned {
  /** 0, or the wire error that ended it. */
  readonly error: number;
  /** Whether exactly one whole message was seen. */
  readonly done: boolean;
  readonly headers: readonly SeenHeader[];
  /** All value bytes, in order. */
  readonly values: Uint8Array;
  /** Depths of the elements that ended, in order. */
  readonly ends: readonly number[];
}

const Seen = { Header: 1, Value: 2, End: 3 } as const;

/** The parts of the module that lie behind no export of the release module. */
export class Internals {
  readonly #parts: InternalExports;
  readonly #memory: Buffer;
  readonly #at: number;

  constructor() {
    const compiled = new WebAssembly.Module(readFileSync(inBuild('test-internals.wasm')));
    this.#parts = new WebAssembly.Instance(compiled, {}).exports as unknown as InternalExports;
    this.#memory = Buffer.from(this.#parts.memory.buffer);
    this.#at = this.#parts.bufferAt();
  }

  /** The most bytes an input may have. */
  get inputBytes(): number {
    return this.#parts.bufferBytes();
  }

  #put(bytes: Uint8Array): number {
    this.#memory.set(bytes, this.#at);
    return this.#at + bytes.length;
  }

  /** Reads the first element; a negative number is the wire error. */
  readTlv(bytes: Uint8Array): ReadElement | number {
    const error = this.#parts.readTlv(this.#at, this.#put(bytes));
    if (error) return error;
    const { derTag, derLength, derValue, derEnd } = this.#parts;
    return { tag: derTag(), length: derLength(), valueOffset: derValue() - this.#at, endOffset: derEnd() - this.#at };
  }

  /** 0, or the wire error, for bytes that must be exactly one well-formed element. */
  checkTlv(bytes: Uint8Array): number {
    return this.#parts.checkTlv(this.#at, this.#put(bytes));
  }

  /** Scans the input in pieces that end at these offsets (ascending; the last piece ends with the input). */
  scan(bytes: Uint8Array, cuts: Iterable<number> = []): Scanned {
    const scanned = { error: 0, done: false, headers: [] as SeenHeader[], values: [] as number[], ends: [] as number[] };
    this.#put(bytes);
    this.#parts.scanBegin();
    let from = 0;
    for (const to of [...cuts, bytes.length]) {
      scanned.error = this.#scanPiece(from, to, scanned);
      if (scanned.error) break;
      from = to;
    }
    return { ...scanned, done: this.#parts.scanIsDone() !== 0, values: Uint8Array.from(scanned.values) };
  }

  #scanPiece(from: number, to: number, into: { headers: SeenHeader[]; values: number[]; ends: number[] }): number {
    const count = this.#parts.scanAll(this.#at + from, this.#at + to);
    for (let i = 0; i < count; i++) {
      const entry = this.#parts.seenAt() + 16 * i;
      const [kind, first, second, depth] = [0, 4, 8, 12].map((offset) => this.#memory.readUInt32LE(entry + offset)) as [
        number,
        number,
        number,
        number,
      ];
      if (kind === Seen.Header) into.headers.push({ tag: first, length: second, depth });
      else if (kind === Seen.Value) into.values.push(...this.#memory.subarray(first, first + second));
      else into.ends.push(first);
    }
    return this.#parts.scanError();
  }

  /** Tag and length as the module writes them, and the number of bytes it says beforehand that they take. */
  putHeader(tag: number, length: number): { readonly bytes: Uint8Array; readonly announced: number } {
    const end = this.#parts.putHeader(this.#at, tag, length);
    return { bytes: Uint8Array.from(this.#memory.subarray(this.#at, end)), announced: this.#parts.headerBytes(tag, length) };
  }

  /** A whole element as the module writes it. */
  putTlv(tag: number, value: Uint8Array): Uint8Array {
    this.#memory.set(value, this.#at);
    const to = this.#at + value.length;
    return Uint8Array.from(this.#memory.subarray(to, this.#parts.putTlv(to, tag, this.#at, value.length)));
  }

  /** Whether 16 bytes are an EID with right check digits. */
  isValidEid(eid: Uint8Array): boolean {
    this.#put(eid);
    return this.#parts.isValidEid(this.#at) !== 0;
  }

  /** Length of the command that begins with this element of a bound profile package; 0: none begins; negative: refused. */
  segment(element: { bppHeaderBytes: number; depth: number; parent: number; tag: number; header: number; whole: number }): number {
    const { bppHeaderBytes, depth, parent, tag, header, whole } = element;
    return this.#parts.segment(bppHeaderBytes, depth, parent, tag, header, whole);
  }

  /** Reads the contents of a ProfileDownloadTriggerRequest (BF54): a result or error, and address and token of its activation code. */
  trigger(contents: Uint8Array): { readonly result: number; readonly address: string; readonly token: string } {
    this.#put(contents);
    const result = this.#parts.trigger(this.#at, contents.length);
    const text = (at: number, length: number) => this.#memory.toString('latin1', at, at + length);
    const { triggerAddressAt, triggerAddressBytes, triggerTokenAt, triggerTokenBytes } = this.#parts;
    return { result, address: text(triggerAddressAt(), triggerAddressBytes()), token: text(triggerTokenAt(), triggerTokenBytes()) };
  }
}
