// SPDX-License-Identifier: Apache-2.0
// Modules that a self-test must find out: the real one with the body of one exported function changed, and every other byte as it is.

/** Instructions, without the end. */
type Body = readonly number[];

/** A change of one exported function. */
interface Fault {
  readonly name: string;
  readonly export: string;
  readonly body: Body;
  /** How the self-test ends: codes of boards/update/ipa_self_test.h and boards/include/ipa_module.h. */
  readonly result: number;
}

const UNREACHABLE: Body = [0x00];
const NOP = 0x01;
const END = 0x0b;
/** i32.const in the shortest way; small numbers alone. */
const constant = (value: number): Body => [0x41, value & 0x7f];
/** i32.const 0x7fff0000 */
const FAR_AWAY: Body = [0x41, 0x80, 0x80, 0xfc, 0xff, 0x07];
/** loop br 0 end, then a result that is never reached. */
const FOR_EVER: Body = [0x03, 0x40, 0x0c, 0x00, 0x0b, 0x00];

/** What can be wrong with a module that has a valid form. */
export const FAULTS: readonly Fault[] = [
  { name: 'traps', export: 'ipa_poll', body: UNREACHABLE, result: -256 },
  { name: 'traps when it is told something', export: 'ipa_event', body: UNREACHABLE, result: -256 },
  { name: 'has another interface', export: 'ipa_abi_version', body: constant(2), result: -257 },
  { name: 'takes every event', export: 'ipa_event', body: constant(0), result: -576 },
  { name: 'refuses every event', export: 'ipa_event', body: constant(-3), result: -576 },
  { name: 'has no room for events', export: 'ipa_window_size', body: constant(0), result: -576 },
  { name: 'is never idle', export: 'ipa_poll', body: constant(1), result: -576 },
  { name: 'has a window outside its memory', export: 'ipa_window', body: FAR_AWAY, result: -576 },
  { name: 'writes nothing to the modem', export: 'ipa_length', body: constant(0), result: -578 },
  { name: 'writes something else to the modem', export: 'ipa_data', body: constant(16), result: -578 },
  { name: 'waits for ever', export: 'ipa_poll', body: constant(0), result: -580 },
  { name: 'ends with another result', export: 'ipa_argument', body: constant(7), result: -579 },
];

/** A fault by the name it has. */
export function faultThat(name: string): Fault {
  const found = FAULTS.find((fault) => fault.name === name);
  if (!found) throw new Error(`no fault "${name}"`);
  return found;
}

/** The module with a fault. */
export function withFault(wasm: Uint8Array, fault: Pick<Fault, 'export' | 'body'>): Uint8Array {
  const { begin, end } = codeOf(wasm, exportedFunction(wasm, fault.export));
  // no locals, instructions that do nothing, then those of the fault
  const padding = end - begin - 2 - fault.body.length;
  if (padding < 0) throw new Error(`${fault.export} is too short for this fault`);
  const changed = new Uint8Array(wasm);
  changed.set([0, ...new Array<number>(padding).fill(NOP), ...fault.body, END], begin);
  return changed;
}

/** The module with a function that never returns, which no self-test can find out. */
export const withHang = (wasm: Uint8Array): Uint8Array => withFault(wasm, { export: 'ipa_poll', body: FOR_EVER });

/** The same module with a section more that nobody reads: other bytes, and the same work. */
export const withSection = (wasm: Uint8Array): Uint8Array => Uint8Array.from([...wasm, 0, 5, 4, ...Buffer.from('next')]);

/** Goes forward over bytes (WebAssembly core specification §5.2.2, §5.5). */
class Cursor {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
  ) {}

  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
}

/** A cursor at the contents of a section, which are a list. */
function section(wasm: Uint8Array, wanted: number): Cursor {
  const cursor = new Cursor(wasm, 8);
  while (cursor.at < wasm.length) {
    const id = cursor.u32();
    const length = cursor.u32();
    if (id === wanted) return cursor;
    cursor.at += length;
  }
  throw new Error(`no section ${wanted}`);
}

/** The index of a function; nothing is imported, so it is also that of its code. */
function exportedFunction(wasm: Uint8Array, wanted: string): number {
  const cursor = section(wasm, 7);
  for (let left = cursor.u32(); left > 0; left--) {
    const length = cursor.u32();
    const name = Buffer.from(wasm.subarray(cursor.at, cursor.at + length)).toString();
    cursor.at += length + 1;
    const index = cursor.u32();
    if (name === wanted) return index;
  }
  throw new Error(`no export ${wanted}`);
}

function codeOf(wasm: Uint8Array, index: number): { begin: number; end: number } {
  const cursor = section(wasm, 10);
  cursor.u32();
  for (let left = index; left > 0; left--) {
    const length = cursor.u32();
    cursor.at += length;
  }
  const length = cursor.u32();
  return { begin: cursor.at, end: cursor.at + length };
}
