// SPDX-License-Identifier: Apache-2.0
// The frames between this process and host/core/wasi-shell/shell.ts, which documents them.

/** Request types beside 0 (poll) and the event kinds. */
export const FrameType = { Poll: 0, Hello: 0xf0, SaveState: 0xf1, RestoreState: 0xf2 } as const;

/** One reply: `kind` is an action's, else 0. */
export interface Reply {
  readonly kind: number;
  readonly argument: number;
  readonly bytes: Uint8Array;
}

/** What the length field of a frame can say. No window and no state region is larger. */
export const MAX_FRAME_BYTES = 0xffff;

const HEADER_BYTES = 7;

/** [u8 type][u32 argument][u16 length][bytes], little endian. At most 65,535 bytes. */
export function encodeRequest(type: number, argument: number, bytes: Uint8Array = new Uint8Array()): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + bytes.length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, type);
  view.setUint32(1, argument >>> 0, true);
  view.setUint16(5, bytes.length, true);
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

/** Cuts a stream of bytes, in any chunking, into replies. */
export class ReplyReader {
  #buffered = Buffer.alloc(0);

  /** The replies that are complete with this chunk, in order. */
  push(chunk: Uint8Array): Reply[] {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    const replies: Reply[] = [];
    for (let reply = this.#take(); reply; reply = this.#take()) replies.push(reply);
    return replies;
  }

  #take(): Reply | undefined {
    const buffered = this.#buffered;
    if (buffered.length < HEADER_BYTES) return undefined;
    const end = HEADER_BYTES + buffered.readUInt16LE(5);
    if (buffered.length < end) return undefined;
    this.#buffered = buffered.subarray(end);
    return { kind: buffered.readUInt8(0), argument: buffered.readInt32LE(1), bytes: new Uint8Array(buffered.subarray(HEADER_BYTES, end)) };
  }
}
