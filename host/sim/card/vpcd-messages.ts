// SPDX-License-Identifier: Apache-2.0
// The messages of vpcd, the virtual reader of vsmartcard: two bytes of length, most significant first, then the message. Both directions.

/** A message of one byte; anything longer is a command APDU. */
export const CONTROL = { powerOff: 0, powerOn: 1, reset: 2, getAtr: 4 } as const;

const LENGTH_BYTES = 2;
/** The most that the length can say; a command APDU of extended length may come near it. */
const LONGEST = 0xffff;

/** Cuts what arrives, in pieces of any size, into messages. */
export class MessageReader {
  private waiting: Uint8Array = new Uint8Array(0);

  /** The messages that are complete with these bytes, in order. A message may have no bytes at all. */
  take(bytes: Uint8Array): Uint8Array[] {
    this.waiting = Buffer.concat([this.waiting, bytes]);
    const messages: Uint8Array[] = [];
    for (let end = this.end(); end <= this.waiting.length; end = this.end()) {
      messages.push(new Uint8Array(this.waiting.subarray(LENGTH_BYTES, end)));
      this.waiting = this.waiting.subarray(end);
    }
    return messages;
  }

  /** Bytes of a message that is not complete, its length among them. */
  get unfinishedBytes(): number {
    return this.waiting.length;
  }

  private end(): number {
    const [high, low] = this.waiting;
    return high === undefined || low === undefined ? Number.POSITIVE_INFINITY : LENGTH_BYTES + ((high << 8) | low);
  }
}

/** The message as it is sent. @throws RangeError when the length cannot be written */
export function writeMessage(message: Uint8Array): Uint8Array {
  if (message.length > LONGEST) throw new RangeError(`a message to vpcd has at most ${LONGEST} bytes, not ${message.length}`);
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 0xff), message]);
}
