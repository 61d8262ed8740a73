// SPDX-License-Identifier: Apache-2.0
// Frames on the line between a device and its network processor: HDLC-like framing (RFC 1662 §4), see boards/common/SERIAL-NETWORK.md.

/** What a frame says: an action of the device, or an event for it, with the numbers of the module's interface. */
export interface Frame {
  readonly kind: number;
  /** Which exchange it belongs to, 0 to 255. */
  readonly exchange: number;
  /** 32 bits with sign. */
  readonly argument: number;
  readonly payload: Uint8Array;
}

/** The longest payload towards the device: the module's window, or a datagram. */
export const MOST_BYTES_TO_DEVICE = 1088;
/** The longest payload from the device: a peer with a certificate is as long as the module's message buffer at most. */
export const MOST_BYTES_FROM_DEVICE = 3072;

const FLAG = 0x7e;
const ESCAPE = 0x7d;
const ESCAPE_BIT = 0x20;
const HEADER_BYTES = 6;
const FCS_BYTES = 2;
const FCS_START = 0xffff;
/** The FCS over a frame and the FCS in it (RFC 1662 §C.2). */
const FCS_GOOD = 0xf0b8;
const FCS_POLYNOMIAL = 0x8408;

/** FCS-16 with one more byte (RFC 1662 §C.1). */
function fcsWith(fcs: number, byte: number): number {
  let next = fcs ^ byte;
  for (let bit = 0; bit < 8; bit++) next = (next & 1) === 1 ? (next >>> 1) ^ FCS_POLYNOMIAL : next >>> 1;
  return next;
}

/** The bytes of a frame on the line, flags and all. */
export function encodeFrame({ kind, exchange, argument, payload }: Frame): Uint8Array {
  const contents = Buffer.alloc(HEADER_BYTES + payload.length + FCS_BYTES);
  contents.writeUInt8(kind, 0);
  contents.writeUInt8(exchange, 1);
  contents.writeInt32BE(argument, 2);
  contents.set(payload, HEADER_BYTES);
  const end = contents.length - FCS_BYTES;
  contents.writeUInt16LE(contents.subarray(0, end).reduce(fcsWith, FCS_START) ^ 0xffff, end);
  const escaped = [...contents].flatMap((byte) => (byte === FLAG || byte === ESCAPE ? [ESCAPE, byte ^ ESCAPE_BIT] : [byte]));
  return Uint8Array.of(FLAG, ...escaped, FLAG);
}

/** Finds the frames in what a line brings, in any chunking. Damaged ones are dropped: wrong FCS, too short, too long. */
export class FrameReader {
  #begun = false;
  #escaped = false;
  #fcs = FCS_START;
  #length = 0;
  readonly #bytes: Buffer;
  #dropped = 0;

  /** `onFrame` gets each frame, with a payload of its own of at most `mostPayloadBytes`. */
  constructor(
    mostPayloadBytes: number,
    private readonly onFrame: (frame: Frame) => void,
  ) {
    this.#bytes = Buffer.alloc(HEADER_BYTES + mostPayloadBytes + FCS_BYTES);
  }

  /** Frames that were begun and dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes the next bytes of the line. */
  take(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === FLAG) this.#end();
      else if (this.#begun) this.#takeContents(byte);
    }
  }

  #takeContents(byte: number): void {
    if (byte === ESCAPE) {
      this.#escaped = true;
      return;
    }
    if (this.#length === this.#bytes.length) {
      this.#begun = false;
      this.#dropped++;
      return;
    }
    const plain = this.#escaped ? byte ^ ESCAPE_BIT : byte;
    this.#escaped = false;
    this.#fcs = fcsWith(this.#fcs, plain);
    this.#bytes[this.#length++] = plain;
  }

  /** A flag ends a frame, if there was one, and begins the next. */
  #end(): void {
    const frame = this.#begun && this.#length > 0 ? this.#read() : undefined;
    if (this.#begun && this.#length > 0 && !frame) this.#dropped++;
    this.#begun = true;
    this.#escaped = false;
    this.#fcs = FCS_START;
    this.#length = 0;
    if (frame) this.onFrame(frame);
  }

  #read(): Frame | undefined {
    const end = this.#length - FCS_BYTES;
    if (this.#escaped || end < HEADER_BYTES || this.#fcs !== FCS_GOOD) return undefined;
    const bytes = this.#bytes;
    const payload = new Uint8Array(bytes.subarray(HEADER_BYTES, end));
    return { kind: bytes[0]!, exchange: bytes[1]!, argument: bytes.readInt32BE(2), payload };
  }
}
