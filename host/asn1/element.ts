// SPDX-License-Identifier: Apache-2.0
// An element with its name in the specification, read as what it is there. Unknown elements beside it are nobody's business; what is wrong
// is refused by name.

import { readTlv, type Tlv, TlvError, tagName, tlv } from './tlv.js';
import { bitNames, digitsOfSwapped, hex, oidText, plmnText } from './values.js';

/** A field that is missing or not what it must be. */
export class FieldError extends Error {
  override readonly name = 'FieldError';

  constructor(
    /** Names from the outside in: "profileInfoListOk.iccid". */
    readonly field: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${field}: ${problem}`, options);
  }
}

const ICCID_BYTES = 10;
const PLMN_BYTES = 3;
const MOST_INTEGER_BYTES = 6;

/** One named element. */
export class Element {
  private constructor(
    private readonly tlv: Tlv,
    private readonly path: string,
  ) {}

  /** Reads exactly one element. @throws FieldError */
  static read(bytes: Uint8Array, name: string): Element {
    try {
      return new Element(readTlv(bytes), name);
    } catch (cause) {
      if (!(cause instanceof TlvError)) throw cause;
      throw new FieldError(name, cause.message, { cause });
    }
  }

  get tag(): number {
    return this.tlv.tag;
  }

  /** Identifier, length and contents as received. */
  get raw(): Uint8Array {
    return this.tlv.raw.slice();
  }

  /** The contents as received. */
  get value(): Uint8Array {
    return this.tlv.value.slice();
  }

  /** The error for this field. */
  refuse(problem: string): FieldError {
    return new FieldError(this.path, problem);
  }

  /** This element, if it has this tag. @throws FieldError */
  expect(tag: number): this {
    if (this.tag !== tag) throw this.refuse(`has tag ${tagName(this.tag)}, not ${tagName(tag)}`);
    return this;
  }

  /** The first element with this tag in it. */
  optional(tag: number, name: string): Element | undefined {
    const found = this.tlv.children.find((child) => child.tag === tag);
    return found && new Element(found, this.inner(name));
  }

  /** The first element with this tag in it. @throws FieldError when there is none */
  required(tag: number, name: string): Element {
    const found = this.optional(tag, name);
    if (!found) throw new FieldError(this.inner(name), `is missing (tag ${tagName(tag)})`);
    return found;
  }

  /** All elements in it; with a tag those that have it. */
  list(name: string, tag?: number): Element[] {
    return this.tlv.children
      .filter((child) => tag === undefined || child.tag === tag)
      .map((child, index) => new Element(child, this.inner(`${name}[${index}]`)));
  }

  integer(): number {
    const { value } = this.tlv;
    if (value.length < 1 || value.length > MOST_INTEGER_BYTES) throw this.refuse(`is no INTEGER of 1 to ${MOST_INTEGER_BYTES} bytes`);
    return value.reduce((number, byte) => number * 256 + byte, value[0]! >= 0x80 ? -1 : 0);
  }

  /** A number without a sign, as GlobalPlatform writes it. */
  unsigned(): number {
    const { value } = this.tlv;
    if (value.length < 1 || value.length > MOST_INTEGER_BYTES) throw this.refuse(`is no number of 1 to ${MOST_INTEGER_BYTES} bytes`);
    return value.reduce((number, byte) => number * 256 + byte, 0);
  }

  /** The name of an INTEGER among `names`; one that has none keeps its number in the text. */
  named<Name extends string>(names: Readonly<Record<number, Name>>): Name | `unknown(${number})` {
    const number = this.integer();
    return names[number] ?? `unknown(${number})`;
  }

  boolean(): boolean {
    if (this.tlv.value.length !== 1) throw this.refuse('is no BOOLEAN of 1 byte');
    return this.tlv.value[0] !== 0;
  }

  text(): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.tlv.value);
    } catch (cause) {
      throw new FieldError(this.path, 'is no UTF-8 text', { cause });
    }
  }

  /** Upper-case hexadecimal digits of the contents, which must have this many bytes where a number is given. */
  hex(bytes?: number): string {
    if (bytes !== undefined && this.tlv.value.length !== bytes) throw this.refuse(`has ${this.tlv.value.length} bytes, not ${bytes}`);
    return hex(this.tlv.value);
  }

  /** The digits of an ICCID; some operators have letters among them, which are kept. */
  iccid(): string {
    return digitsOfSwapped(this.sized(ICCID_BYTES));
  }

  /** A version of 3 bytes, "2.5.0". */
  version(): string {
    return this.sized(3).join('.');
  }

  /** MCC and MNC, "26201". */
  plmn(): string {
    return plmnText(this.sized(PLMN_BYTES));
  }

  bits<Name extends string>(names: readonly Name[]): (Name | `bit${number}`)[] {
    const { value } = this.tlv;
    if (value.length < 1 || value[0]! > (value.length > 1 ? 7 : 0)) throw this.refuse('is no BIT STRING');
    return bitNames(names, value);
  }

  oid(): string {
    const text = oidText(this.tlv.value);
    if (text === undefined) throw this.refuse('is no OBJECT IDENTIFIER');
    return text;
  }

  /** A SEQUENCE that is tagged implicitly, its own 30 put back. Some peers leave it inside (SPEC.md, I-5). */
  sequence(): Uint8Array {
    const { children, value } = this.tlv;
    return children.length === 1 && children[0]!.tag === 0x30 ? value.slice() : tlv(0x30, value);
  }

  private sized(bytes: number): Uint8Array {
    this.hex(bytes);
    return this.tlv.value;
  }

  private inner(name: string): string {
    return `${this.path}.${name}`;
  }
}
