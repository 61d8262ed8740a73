// SPDX-License-Identifier: Apache-2.0
// The virtual ISD-R of the module ipad-consumer, function by function: a request in, the card's part of it answered by a script, and what
// happened in its order.

import { Action, CardLink, Command, Event, Option } from '../../../host/abi.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { Module } from './module.js';
import { type Answers, SimplePeers } from './simple-peers.js';

/** r and s of every signature here, in hexadecimal. */
export const SIGNATURE = '5A'.repeat(64);

/** What became of a request. */
export interface Outcome {
  /** The answer in hexadecimal. */
  readonly answer: string;
  /** 0, or the error, with its detail. */
  readonly error: number;
  readonly detail: number;
  /** In order: "card BF31…" for ES10 commands to the card, "verify …", "sign …" and their bytes, "persist". */
  readonly log: readonly string[];
}

export interface RunOptions {
  /** Answers of the card by the beginning of the command. */
  readonly card?: Answers;
  /** Whether the eIM's signature is right; default yes. */
  readonly verified?: boolean;
  /** The card is lost when this ES10 command is given to it; the beginning in hexadecimal. */
  readonly lostAt?: string;
  /** The device has no key. */
  readonly noKey?: boolean;
  readonly blockBytes?: number;
  /** Further option TLVs. */
  readonly options?: Uint8Array;
}

const WINDOW_BYTES = 1024;
const MOST_CALLS = 5_000;

/** One module, which keeps what an eUICC keeps. */
export class VirtualIsdr {
  module = new Module(undefined, 'ipad-consumer');

  /** Runs the ES10 function of this request, in hexadecimal, as the host does by command Es10. */
  run(request: string, options: RunOptions = {}): Outcome {
    const log: string[] = [];
    const answers: Uint8Array[] = [];
    let rest = fromHex(request);
    const peers = new SimplePeers({ card: options.card ?? {} });
    this.#tell(Event.Command, 0, commandBytes(options));
    for (let calls = 0; calls < MOST_CALLS; calls++) {
      const { kind, argument, bytes } = this.module.poll(0);
      switch (kind) {
        case Action.CardTransmit: {
          const before = peers.es10.length;
          const response = peers.card(bytes);
          const commands = peers.es10.slice(before);
          log.push(...commands.map((command) => `card ${command}`));
          if (options.lostAt && commands.some((command) => command.startsWith(options.lostAt!))) this.#tell(Event.CardFailed);
          else this.#tell(Event.CardResponse, 0, response);
          break;
        }
        case Action.CardReset:
          log.push('reset');
          this.#tell(Event.CardReady);
          break;
        case Action.RequestRead: {
          const part = rest.subarray(0, WINDOW_BYTES);
          rest = rest.subarray(WINDOW_BYTES);
          this.#tell(Event.RequestData, rest.length > 0 ? 1 : 0, part);
          break;
        }
        case Action.Answer:
          answers.push(bytes);
          break;
        case Action.VerifyEim:
          log.push(`verify ${hex(bytes)}`);
          this.#tell(Event.Verified, options.verified === false ? 0 : 1);
          break;
        case Action.Sign:
          log.push(`sign ${hex(bytes)}`);
          this.#tell(Event.Signature, 0, options.noKey ? new Uint8Array() : fromHex(SIGNATURE));
          break;
        case Action.Persist:
          log.push('persist');
          break;
        case Action.Finished:
          return { answer: hex(concat(...answers)), error: argument, detail: detailOf(bytes), log };
        case Action.Idle:
          if (argument !== 0) throw new Error(`nobody will tell what the module waits for, after ${log.at(-1)}`);
      }
    }
    throw new Error(`not over after ${MOST_CALLS} calls`);
  }

  #tell(kind: number, argument = 0, bytes: Uint8Array = new Uint8Array()): void {
    const taken = this.module.event(kind, argument, bytes);
    if (taken !== bytes.length) throw new Error(`event ${kind}: ${taken}`);
  }
}

function commandBytes({ blockBytes, options }: RunOptions): Uint8Array {
  const bytes = [Option.Command, 1, Command.Es10, Option.CardLink, 1, CardLink.Apdu];
  if (blockBytes !== undefined) bytes.push(Option.BlockBytes, 1, blockBytes);
  return concat(Uint8Array.from(bytes), options ?? new Uint8Array());
}

/** Summary TLV Detail. */
function detailOf(summary: Uint8Array): number {
  for (let at = 0; at < summary.length; at += 6) if (summary[at] === 0x83) return Buffer.from(summary).readInt32BE(at + 2);
  return Number.NaN;
}
