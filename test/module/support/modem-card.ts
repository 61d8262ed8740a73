// SPDX-License-Identifier: Apache-2.0
// A card behind a simulated modem that is quick enough for a hundred thousand sessions: it has the rules of a real one about channels, chains,
// waiting data and profile changes, and leaves the functions of ES10 to a test.

import type { SyncCardSlot } from '../../../host/interfaces.js';
import { concat, fromHex } from '../../../host/sim/codec/bytes.js';

/** How a card answers. */
export interface CardManner {
  /** Responses that fit one response APDU come at once, not by 61xx. */
  readonly inline: boolean;
  /** Responses without error end in warnings with a number of their own, 62xx and 63xx, so that no two are alike. */
  readonly numbered: boolean;
  /** ES10 is refused with 6985 between a profile change and the reset. */
  readonly refuseUntilReset: boolean;
}

interface Channel {
  chain: Uint8Array[];
  pending: Uint8Array;
  selected: boolean;
}

const AID = 'a0000005591010ffffffff8900000100';
const REFRESH = fromHex('D009 8103010104 82028182');
const ATR = fromHex('3B9B96801FC753494D2D45554943432D316A');
const CHANNELS = 4;
const MOST_BYTES = 256;

class Refusal extends Error {
  constructor(readonly status: number) {
    super();
  }
}

/** The card. */
export class ModemCard implements SyncCardSlot {
  /** A profile change waits for the reset. */
  switched = false;
  #powered = false;
  #channels: (Channel | undefined)[] = [];
  #proactive: 'none' | 'waiting' | 'fetched' = 'none';
  #answers = 0;

  /** `run` is one function of ES10. */
  constructor(
    readonly manner: CardManner,
    readonly run: (request: Buffer, card: ModemCard) => Uint8Array,
  ) {}

  reset(): Uint8Array {
    this.#powered = true;
    this.#channels = [fresh()];
    this.#proactive = 'none';
    this.switched = false;
    return ATR;
  }

  powerOff(): void {
    this.#powered = false;
  }

  /** Another profile is enabled: the terminal is to fetch REFRESH, and reset the card. */
  switchProfile(): void {
    this.switched = true;
    this.#proactive = 'waiting';
  }

  transmit(command: Uint8Array): Uint8Array {
    if (!this.#powered) return fromHex('6F00');
    try {
      const response = this.#answer(command);
      if (this.#proactive !== 'waiting' || response.at(-2) !== 0x90) return response;
      return concat(response.subarray(0, -2), Uint8Array.of(0x91, REFRESH.length));
    } catch (error) {
      if (error instanceof Refusal) return Uint8Array.of(error.status >> 8, error.status & 0xff);
      throw error;
    }
  }

  #answer(command: Uint8Array): Uint8Array {
    const [cla = 0, ins] = command;
    if (command.length < 5) throw new Refusal(0x6700);
    if ((cla & 0x7c) !== 0) throw new Refusal(0x6e00);
    const channel = this.#channels[cla & 3];
    if (!channel) throw new Refusal(0x6881);
    // response data waits for the very next command only
    if (ins !== 0xc0) channel.pending = new Uint8Array();
    switch (ins) {
      case 0x70:
        return this.#manageChannel(command);
      case 0xa4:
        return this.#select(channel, command);
      case 0xaa:
        return success();
      case 0xc0:
        return this.#getResponse(channel, command[4] || MOST_BYTES);
      case 0xe2:
        return this.#storeData(channel, command);
      case 0x12:
        return this.#fetch(command[4]!);
      case 0x14:
        return this.#terminalResponse();
    }
    throw new Refusal(0x6d00);
  }

  #manageChannel([, , p1, p2 = 0]: Uint8Array): Uint8Array {
    if (p1 === 0x80) {
      if (p2 === 0 || p2 >= CHANNELS) throw new Refusal(0x6a86);
      const wasOpen = this.#channels[p2] !== undefined;
      this.#channels[p2] = undefined;
      return wasOpen ? success() : fromHex('6200');
    }
    const number = [1, 2, 3].find((each) => this.#channels[each] === undefined);
    if (p1 !== 0 || p2 !== 0 || number === undefined) throw new Refusal(0x6a81);
    this.#channels[number] = fresh();
    return success(Uint8Array.of(number));
  }

  #select(channel: Channel, command: Uint8Array): Uint8Array {
    if (Buffer.from(command.subarray(5)).toString('hex') !== AID) throw new Refusal(0x6a82);
    Object.assign(channel, fresh(), { selected: true });
    return this.#offer(channel, fromHex('6F1A8410A0000005591010FFFFFFFF8900000100A500E0058203020500'));
  }

  #getResponse(channel: Channel, wanted: number): Uint8Array {
    const { pending } = channel;
    if (pending.length === 0) throw new Refusal(0x6985);
    if (wanted > pending.length && wanted !== MOST_BYTES) throw new Refusal(0x6c00 | pending.length);
    channel.pending = pending.subarray(wanted);
    return concat(pending.subarray(0, wanted), channel.pending.length > 0 ? more(channel.pending) : this.#ok());
  }

  #storeData(channel: Channel, command: Uint8Array): Uint8Array {
    const [, , p1, p2, p3] = command;
    const blocks = p2 === 0 ? [] : channel.chain;
    channel.chain = [];
    if (!channel.selected) throw new Refusal(0x6d00);
    if (this.switched && this.manner.refuseUntilReset) throw new Refusal(0x6985);
    if ((p1 !== 0x11 && p1 !== 0x91) || p2 !== blocks.length) throw new Refusal(0x6a86);
    if (p3 === 0 || command.length !== 5 + p3!) throw new Refusal(0x6700);
    blocks.push(command.slice(5));
    if (p1 === 0x91) return this.#offer(channel, this.run(Buffer.concat(blocks), this));
    channel.chain = blocks;
    return this.#ok();
  }

  #fetch(wanted: number): Uint8Array {
    if (this.#proactive !== 'waiting') throw new Refusal(0x6985);
    if (wanted !== REFRESH.length) throw new Refusal(0x6c00 | REFRESH.length);
    this.#proactive = 'fetched';
    return success(REFRESH);
  }

  #terminalResponse(): Uint8Array {
    if (this.#proactive !== 'fetched') throw new Refusal(0x6985);
    this.#proactive = 'none';
    return success();
  }

  #offer(channel: Channel, data: Uint8Array): Uint8Array {
    if (data.length === 0 || (this.manner.inline && data.length <= MOST_BYTES)) return concat(data, this.#ok());
    channel.pending = data;
    return more(data);
  }

  #ok(): Uint8Array {
    if (!this.manner.numbered || this.#proactive === 'waiting') return fromHex('9000');
    this.#answers++;
    return Uint8Array.of(0x62 | ((this.#answers >> 8) & 1), this.#answers & 0xff);
  }
}

function fresh(): Channel {
  return { chain: [], pending: new Uint8Array(), selected: false };
}

function success(data: Uint8Array = new Uint8Array()): Uint8Array {
  return concat(data, fromHex('9000'));
}

function more(data: Uint8Array): Uint8Array {
  return Uint8Array.of(0x61, Math.min(data.length, MOST_BYTES) & 0xff);
}
