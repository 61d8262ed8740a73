// SPDX-License-Identifier: Apache-2.0
// Reads from a module's bytes what the WebAssembly JavaScript interface does not tell: sizes of functions, their names,
// memory limits, and whether there is a start function (WebAssembly core specification 2.0, §5.5).

/** What the size report and the gates look at. */
export interface ModuleFacts {
  /** "module.name" of each import. */
  readonly imports: readonly string[];
  /** Bytes of the body of each function of the module's own, in order. */
  readonly functionBytes: readonly number[];
  /** Names from the name section; the index counts imported functions too. */
  readonly functionNames: ReadonlyMap<number, string>;
  /** Bytes of the code section. */
  readonly codeBytes: number;
  readonly hasStart: boolean;
  /** Pages, for each memory the module defines. */
  readonly memories: readonly { readonly minimum: number; readonly maximum: number | undefined }[];
}

const Section = { Custom: 0, Import: 2, Memory: 5, Start: 8, Code: 10 } as const;
const ImportKind = { Function: 0, Table: 1, Memory: 2, Global: 3 } as const;
const FUNCTION_NAMES = 1;

/** Reads a valid module; throws RangeError on bytes that end too early. */
export function readModuleFacts(bytes: Uint8Array): ModuleFacts {
  const sections = readSections(bytes);
  const code = sections.find(({ id }) => id === Section.Code)?.body ?? new Cursor(new Uint8Array([0]));
  const codeBytes = code.remaining;
  return {
    imports: listOf(sections, Section.Import, readImport),
    functionBytes: code.list((item) => item.take(item.u32()).remaining),
    functionNames: readFunctionNames(sections),
    codeBytes,
    hasStart: sections.some(({ id }) => id === Section.Start),
    memories: listOf(sections, Section.Memory, readLimits),
  };
}

interface SectionBody {
  readonly id: number;
  readonly body: Cursor;
}

function readSections(bytes: Uint8Array): SectionBody[] {
  const cursor = new Cursor(bytes);
  cursor.take(8); // magic and version
  const sections: SectionBody[] = [];
  while (cursor.remaining > 0) {
    const id = cursor.u8();
    sections.push({ id, body: cursor.take(cursor.u32()) });
  }
  return sections;
}

function listOf<Item>(sections: readonly SectionBody[], id: number, read: (cursor: Cursor) => Item): Item[] {
  return sections.find((section) => section.id === id)?.body.list(read) ?? [];
}

function readImport(cursor: Cursor): string {
  const name = `${cursor.name()}.${cursor.name()}`;
  const kind = cursor.u8();
  if (kind === ImportKind.Function) cursor.u32();
  else if (kind === ImportKind.Global) cursor.take(2);
  else {
    if (kind === ImportKind.Table) cursor.u8();
    readLimits(cursor);
  }
  return name;
}

function readLimits(cursor: Cursor): { minimum: number; maximum: number | undefined } {
  const hasMaximum = (cursor.u8() & 1) !== 0;
  const minimum = cursor.u32();
  return { minimum, maximum: hasMaximum ? cursor.u32() : undefined };
}

function readFunctionNames(sections: readonly SectionBody[]): Map<number, string> {
  for (const { id, body } of sections) {
    if (id !== Section.Custom || body.name() !== 'name') continue;
    while (body.remaining > 0) {
      const subsection = body.u8();
      const content = body.take(body.u32());
      if (subsection === FUNCTION_NAMES) return new Map(content.list((item) => [item.u32(), item.name()] as const));
    }
  }
  return new Map();
}

class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError('the module ends too early');
    return byte;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  take(length: number): Cursor {
    if (length > this.remaining) throw new RangeError('the module ends too early');
    this.#at += length;
    return new Cursor(this.#bytes.subarray(this.#at - length, this.#at));
  }

  name(): string {
    const length = this.u32();
    return new TextDecoder().decode(this.take(length).#bytes);
  }

  list<Item>(read: (cursor: Cursor) => Item): Item[] {
    return Array.from({ length: this.u32() }, () => read(this));
  }
}
