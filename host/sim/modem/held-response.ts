// SPDX-License-Identifier: Apache-2.0
// A modem that cannot hand over long responses: what the card gave stays with it until the host asks for less.

import { GET_RESPONSE, MORE_DATA } from './apdu-parts.js';

const MORE_THAN_CAN_BE_SAID = Uint8Array.of(MORE_DATA, 0x00);

/** Responses that are longer than the modem can hand over. */
export class HeldResponse {
  private held: Uint8Array | undefined;

  /** `limit` is in data bytes. */
  constructor(private readonly limit = Number.POSITIVE_INFINITY) {}

  /** The answer to a command that need not reach the card: GET RESPONSE for too much, or for what is held. */
  answer(command: Uint8Array): Uint8Array | undefined {
    const { held } = this;
    if (command[1] !== GET_RESPONSE) {
      this.held = undefined;
      return undefined;
    }
    const wanted = command[4] || 256;
    if (wanted > this.limit) return MORE_THAN_CAN_BE_SAID;
    if (held === undefined) return undefined;
    const dataBytes = held.length - 2;
    if (wanted > dataBytes) return Uint8Array.of(0x6c, dataBytes);
    this.held = wanted === dataBytes ? undefined : held.subarray(wanted);
    const status = this.held === undefined ? held.subarray(-2) : Uint8Array.of(MORE_DATA, Math.min(dataBytes - wanted, 256) & 0xff);
    return Buffer.concat([held.subarray(0, wanted), status]);
  }

  /** The response as the host gets it. */
  pass(response: Uint8Array): Uint8Array {
    if (response.length - 2 <= this.limit) return response;
    this.held = response;
    return MORE_THAN_CAN_BE_SAID;
  }
}
