// SPDX-License-Identifier: Apache-2.0
// A CoAP client to test servers with: what an eIM is that pushes packages to a device (SGP.32 v1.2 §3.1.1.2). Written from RFC 7252, RFC 7959
// and RFC 9175; it refuses what a server must not do, and says what that was.

import type { Clock, DatagramChannel } from '../../../host/interfaces.js';
import { concat, hex } from '../../../host/sim/codec/bytes.js';
import { seededRandom } from '../../../host/wrap/seeded-random.js';
import {
  type Block,
  blockBytes,
  blockOf,
  blockOption,
  type CoapMessage,
  type CoapOption,
  Code,
  codeText,
  decodeMessage,
  emptyMessage,
  encodeMessage,
  OptionNumber,
  valuesOf,
} from './coap-message.js';
import { EXCHANGE_LIFETIME_MS, sendUntilStopped, type Transmission } from './coap-reliable.js';

export interface CoapPusherOptions extends Transmission {
  readonly clock: Clock;
  readonly channel: DatagramChannel;
  readonly seed?: number;
  /** Largest block in both directions, as exponent. Default 6. */
  readonly szx?: number;
  /** Uses one token for all blocks of a push: the server of npm coap knows by it what belongs together. Default: a new one each time. */
  readonly isTokenKept?: boolean;
}

/** How a push ended. */
export type PushResult = { readonly code: number; readonly payload: Uint8Array } | { readonly failure: string };

const SEGMENTS = ['gsma', 'rsp2', 'asn1'];

/** One request and its response in blocks. */
interface Push {
  readonly body: Uint8Array;
  readonly done: (result: PushResult) => void;
  readonly tag: Uint8Array;
  readonly token: Uint8Array;
  szx: number;
  /** Bytes of the body that the server has. */
  sent: number;
  readonly response: Uint8Array[];
  etag: string | undefined;
}

interface Waiting {
  readonly request: CoapMessage;
  readonly taken: (response: CoapMessage) => void;
  readonly stopSending: () => void;
  readonly stopWaiting: () => void;
}

/** The client; one push at a time. */
export class CoapPusher {
  datagrams = 0;
  /** What came and is not CoAP, in words. */
  readonly complaints: string[] = [];
  readonly #options: CoapPusherOptions;
  readonly #random: () => number;
  #nextId: number;
  #push: Push | undefined;
  #waiting: Waiting | undefined;
  /** Message IDs of confirmable responses that were taken or refused: they are answered the same way again. */
  readonly #answered = new Map<number, 'ACK' | 'RST'>();

  constructor(options: CoapPusherOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
    this.#nextId = Math.floor(this.#random() * 0x1_0000);
    options.channel.onDatagram((datagram) => this.#take(datagram));
  }

  /** POSTs a body; `done` is called once, when the response is whole or it is known that none will be. */
  push(body: Uint8Array, done: (result: PushResult) => void): void {
    if (this.#push) throw new Error('the push before is not over');
    this.#push = {
      body,
      done,
      tag: this.#randomBytes(4),
      token: this.#randomBytes(4),
      szx: this.#options.szx ?? 6,
      sent: 0,
      response: [],
      etag: undefined,
    };
    this.#sendBlock(this.#push);
  }

  #randomBytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => Math.floor(this.#random() * 256));
  }

  /** The next block of the body, or all of it when it fits into one. */
  #sendBlock(push: Push): void {
    const size = blockBytes(push.szx);
    const isWhole = push.sent === 0 && push.body.length <= size;
    const block: Block = { number: push.sent / size, more: push.sent + size < push.body.length, szx: push.szx };
    const options: CoapOption[] = isWhole ? [] : [blockOption(OptionNumber.Block1, block), [OptionNumber.RequestTag, push.tag]];
    if (!block.more) options.push(blockOption(OptionNumber.Block2, { number: 0, more: false, szx: push.szx }));
    const payload = push.body.subarray(push.sent, push.sent + size);
    this.#send(options, payload, (response) => {
      if (response.code === Code.Continue) this.#continued(push, block, payload.length, response);
      else if (response.code === Code.TooLarge) this.#tooLarge(push, response);
      else if (block.more && response.code >> 5 === 2) this.#fail(`${codeText(response.code)} before the last block was sent`);
      else this.#responded(push, response, isWhole);
    });
  }

  #continued(push: Push, sent: Block, bytes: number, response: CoapMessage): void {
    const block = blockOf(response, OptionNumber.Block1);
    if (!sent.more) this.#fail('2.31 for the last block');
    else if (!block || block.number !== sent.number || block.szx > sent.szx) this.#fail('2.31 with another block than the one sent');
    else {
      push.sent += bytes;
      push.szx = block.szx;
      this.#sendBlock(push);
    }
  }

  /** Begins again with the smaller blocks that the server wants (RFC 7959 §2.5). */
  #tooLarge(push: Push, response: CoapMessage): void {
    const block = blockOf(response, OptionNumber.Block1);
    if (!block || block.szx >= push.szx) {
      this.#over({ code: response.code, payload: response.payload });
      return;
    }
    push.szx = block.szx;
    push.sent = 0;
    this.#sendBlock(push);
  }

  /** A block of the response, or all of it. */
  #responded(push: Push, response: CoapMessage, isWhole: boolean): void {
    const block = blockOf(response, OptionNumber.Block2);
    const etag = valuesOf(response, OptionNumber.ETag).map(hex)[0];
    const have = push.response.reduce((sum, part) => sum + part.length, 0);
    if (response.code >> 5 !== 2) {
      this.#over({ code: response.code, payload: response.payload });
      return;
    }
    const size = block ? blockBytes(block.szx) : Number.POSITIVE_INFINITY;
    if (block ? block.number * size !== have : have > 0) this.#fail(`block ${block?.number} behind ${have} bytes`);
    else if (block?.more ? response.payload.length !== size : response.payload.length > size)
      this.#fail(`${response.payload.length} bytes in a block`);
    else if (have > 0 && etag !== push.etag) this.#fail('another ETag than that of the first block');
    else {
      push.etag = etag;
      push.response.push(response.payload);
      if (block?.more) this.#fetch(push, { number: block.number + 1, more: false, szx: block.szx }, isWhole);
      else this.#over({ code: response.code, payload: concat(...push.response) });
    }
  }

  #fetch(push: Push, block: Block, isWhole: boolean): void {
    const tag: CoapOption[] = isWhole ? [] : [[OptionNumber.RequestTag, push.tag]];
    this.#send([blockOption(OptionNumber.Block2, block), ...tag], new Uint8Array(), (response) => this.#responded(push, response, isWhole));
  }

  #send(options: readonly CoapOption[], payload: Uint8Array, taken: (response: CoapMessage) => void): void {
    this.#nextId = (this.#nextId + 1) & 0xffff;
    const path = SEGMENTS.map((segment): CoapOption => [OptionNumber.UriPath, Buffer.from(segment)]);
    const request: CoapMessage = {
      type: 'CON',
      code: Code.Post,
      messageId: this.#nextId,
      token: this.#options.isTokenKept && this.#push ? this.#push.token : this.#randomBytes(4),
      options: [...path, ...options],
      payload,
    };
    const datagram = encodeMessage(request);
    const { clock, channel } = this.#options;
    const stopSending = sendUntilStopped(
      clock,
      this.#random,
      this.#options,
      () => channel.send(datagram),
      () => this.#fail('time-out: no acknowledgement'),
    );
    const stopWaiting = clock.after(EXCHANGE_LIFETIME_MS, () => this.#fail('time-out: acknowledged, but no response'));
    this.#waiting = { request, taken, stopSending, stopWaiting };
  }

  #take(datagram: Uint8Array): void {
    this.datagrams++;
    let message: CoapMessage;
    try {
      message = decodeMessage(datagram);
    } catch (error) {
      this.complaints.push(`${hex(datagram)}: ${(error as Error).message}`);
      return;
    }
    const { type, messageId, code } = message;
    const isOurs = this.#waiting?.request.messageId === messageId;
    if (type === 'RST') {
      if (isOurs) this.#fail('reset');
    } else if (type === 'ACK') {
      if (isOurs) this.#acknowledged(message);
    } else if (code >> 5 >= 2) this.#separate(message);
    else if (type === 'CON') this.#reply('RST', messageId);
  }

  #acknowledged(message: CoapMessage): void {
    this.#waiting?.stopSending();
    if (message.code === Code.Empty) return;
    if (this.#hasToken(message)) this.#response(message);
    else this.#fail('an acknowledgement with another token');
  }

  /** A response in a message of its own: acknowledged when it is for us, else refused; the same when it comes again. */
  #separate(message: CoapMessage): void {
    const known = message.type === 'CON' ? this.#answered.get(message.messageId) : undefined;
    if (known) {
      this.#reply(known, message.messageId);
      return;
    }
    const isOurs = this.#hasToken(message);
    if (message.type === 'CON') this.#reply(isOurs ? 'ACK' : 'RST', message.messageId);
    if (isOurs) this.#response(message);
  }

  #reply(type: 'ACK' | 'RST', messageId: number): void {
    this.#answered.set(messageId, type);
    this.#options.channel.send(encodeMessage(emptyMessage(type, messageId)));
  }

  #hasToken({ token }: CoapMessage): boolean {
    return this.#waiting !== undefined && hex(token) === hex(this.#waiting.request.token);
  }

  #response(message: CoapMessage): void {
    const taken = this.#stopWaiting();
    const critical = message.options.find(
      ([number]) => number % 2 === 1 && number !== OptionNumber.Block1 && number !== OptionNumber.Block2,
    );
    if (critical) {
      this.#fail(`option ${critical[0]} is critical and unknown`);
      return;
    }
    try {
      taken?.(message);
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  #stopWaiting(): Waiting['taken'] | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.stopSending();
    waiting?.stopWaiting();
    return waiting?.taken;
  }

  #fail(failure: string): void {
    this.#over({ failure });
  }

  #over(result: PushResult): void {
    this.#stopWaiting();
    const done = this.#push?.done;
    this.#push = undefined;
    done?.(result);
  }
}
