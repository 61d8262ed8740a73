// SPDX-License-Identifier: Apache-2.0
// A CoAP server to test clients with, written from RFC 7252, RFC 7959 and RFC 9175: one resource, gsma/rsp2/asn1, that takes POST. Time is
// the clock's, so hours of lost datagrams take no time.

import type { Clock, DatagramChannel } from '../../../host/interfaces.js';
import { concat, hex } from '../../../host/sim/codec/bytes.js';
import { OccurrenceCounter } from '../../../host/wrap/occurrence.js';
import { seededRandom } from '../../../host/wrap/seeded-random.js';
import { type CoapFault, spoil } from './coap-faults.js';
import {
  type Block,
  blockBytes,
  blockOf,
  blockOption,
  type CoapMessage,
  type CoapOption,
  Code,
  decodeMessage,
  emptyMessage,
  encodeMessage,
  OptionNumber,
  uintValue,
  valuesOf,
} from './coap-message.js';
import { EXCHANGE_LIFETIME_MS, sendUntilStopped, type Transmission } from './coap-reliable.js';

/** What the resource does with a whole request: answers, or refuses with a code such as 0x84 for 4.04. */
export type CoapHandler = (request: Uint8Array) => Uint8Array | { readonly code: number };

export interface CoapPeerOptions extends Transmission {
  readonly clock: Clock;
  readonly channel: DatagramChannel;
  readonly handle: CoapHandler;
  readonly seed?: number;
  /**
   * How requests are answered: in the acknowledgement; by an empty acknowledgement and a confirmable message later; or each by chance.
   * Default: piggybacked.
   */
  readonly responses?: 'piggybacked' | 'separate' | 'mixed';
  /** How long the resource takes for a request, in milliseconds. Default 0, for separate responses 300. */
  readonly processingMs?: number;
  /** Largest block of requests and responses, as exponent. Default 6. */
  readonly szx?: number;
  /** What a request block that is larger gets: 4.13 with the smaller size, or 2.31 with it. Default: continue. */
  readonly negotiation?: 'early' | 'continue';
  /** Request bytes at most; more gets 4.13. Default 65,536. */
  readonly mostBytes?: number;
  /** Code of successful responses. Default 2.04. */
  readonly successCode?: number;
  /** Whether responses in blocks have an ETag. Default: yes. */
  readonly etag?: boolean;
  /**
   * Whether a request that was sent with Request-Tag must have the same one when it asks for later blocks of the response: the option is
   * part of the cache key, without which the two are not matchable (RFC 9175 §3.2), and libcoap sees it so. Default: yes.
   */
  readonly isTagNeeded?: boolean;
  readonly fault?: CoapFault;
}

/** What a request is answered with; message ID and type come when it is sent. */
interface Answer {
  readonly code: number;
  readonly options?: readonly CoapOption[];
  readonly payload?: Uint8Array;
}

/** A request whose message ID is remembered. */
interface Exchange {
  /** Everything to be sent again when the request comes again; undefined while there is nothing yet. */
  again?: () => void;
  readonly untilMs: number;
}

interface Assembly {
  readonly parts: Uint8Array[];
  bytes: number;
}

interface Representation {
  readonly tag: string;
  readonly code: number;
  readonly payload: Uint8Array;
  readonly etag: Uint8Array;
}

const PATH = ['gsma', 'rsp2', 'asn1'];
const KNOWN_CRITICAL: readonly number[] = [
  OptionNumber.UriHost,
  OptionNumber.UriPort,
  OptionNumber.UriPath,
  OptionNumber.Block1,
  OptionNumber.Block2,
];
const MOST_BYTES = 65_536;
const SEPARATE_MS = 300;

/** The server. It counts and keeps what it was asked. */
export class CoapPeer {
  /** Whole requests that were executed, byte for byte. */
  readonly requests: Uint8Array[] = [];
  /** Responses that were made for them. */
  readonly responses: (Uint8Array | { readonly code: number })[] = [];
  /** Datagrams that came, and those of them that were requests with a message ID that was known. */
  datagrams = 0;
  duplicates = 0;
  /** Reset messages that came. */
  resets = 0;
  /** What came and is not CoAP, or not as the standards have it, in words. */
  readonly complaints: string[] = [];
  /** Every datagram that was sent. */
  readonly sent: Uint8Array[] = [];
  readonly #options: CoapPeerOptions;
  readonly #random: () => number;
  readonly #fault: OccurrenceCounter | undefined;
  readonly #exchanges = new Map<number, Exchange>();
  readonly #assemblies = new Map<string, Assembly>();
  /** What stops the retransmission of separate responses, by message ID. */
  readonly #unacknowledged = new Map<number, () => void>();
  #representation: Representation | undefined;
  #nextId: number;

  constructor(options: CoapPeerOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
    this.#nextId = Math.floor(this.#random() * 0x1_0000);
    this.#fault = options.fault && new OccurrenceCounter(options.fault);
    options.channel.onDatagram((datagram) => this.#take(datagram));
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
    if (message.type === 'ACK' || message.type === 'RST') this.#settle(message);
    else if (message.code === Code.Empty) this.#send(emptyMessage('RST', message.messageId));
    else if (message.code >> 5 === 0) this.#request(message);
    else this.complaints.push(`${hex(datagram)}: a response to nothing`);
  }

  #settle({ type, messageId }: CoapMessage): void {
    if (type === 'RST') this.resets++;
    this.#unacknowledged.get(messageId)?.();
    this.#unacknowledged.delete(messageId);
  }

  /** Runs what is new; what came before gets again what it got (RFC 7252 §4.5). */
  #request(request: CoapMessage): void {
    const nowMs = this.#options.clock.nowMs();
    const known = this.#exchanges.get(request.messageId);
    if (known && nowMs < known.untilMs) {
      this.duplicates++;
      known.again?.();
      return;
    }
    const exchange: Exchange = { untilMs: nowMs + EXCHANGE_LIFETIME_MS };
    this.#exchanges.set(request.messageId, exchange);
    const answer = this.#answer(request);
    const { responses = 'piggybacked' } = this.#options;
    const chance = this.#random();
    const isSeparate = responses === 'separate' || (responses === 'mixed' && chance < 0.5);
    if (isSeparate || request.type === 'NON') this.#respondLater(exchange, request, answer);
    else this.#respondAtOnce(exchange, request, answer);
  }

  #respondAtOnce(exchange: Exchange, request: CoapMessage, answer: Answer): void {
    const response = this.#response('ACK', request.messageId, request, answer);
    this.#afterProcessing(0, () => {
      exchange.again = () => this.#sendResponse(response, request);
      exchange.again();
    });
  }

  /** Empty acknowledgement, then a message of our own (RFC 7252 §5.2.2, §5.2.3). */
  #respondLater(exchange: Exchange, request: CoapMessage, answer: Answer): void {
    const isConfirmable = request.type === 'CON';
    if (isConfirmable) {
      exchange.again = () => this.#send(emptyMessage('ACK', request.messageId));
      exchange.again();
    }
    this.#afterProcessing(SEPARATE_MS, () => {
      const response = this.#response(isConfirmable ? 'CON' : 'NON', this.#newId(), request, answer);
      const send = () => this.#sendResponse(response, request);
      if (!isConfirmable) {
        send();
        return;
      }
      const { messageId } = response;
      const giveUp = () => this.#unacknowledged.delete(messageId);
      this.#unacknowledged.set(messageId, sendUntilStopped(this.#options.clock, this.#random, this.#options, send, giveUp));
    });
  }

  #afterProcessing(defaultMs: number, then: () => void): void {
    const ms = this.#options.processingMs ?? defaultMs;
    if (ms > 0) this.#options.clock.after(ms, then);
    else then();
  }

  #newId(): number {
    this.#nextId = (this.#nextId + 1) & 0xffff;
    return this.#nextId;
  }

  #response(type: CoapMessage['type'], messageId: number, request: CoapMessage, answer: Answer): CoapMessage {
    const { code, options = [], payload = new Uint8Array() } = answer;
    return { type, code, messageId, token: request.token, options, payload };
  }

  #sendResponse(response: CoapMessage, request: CoapMessage): void {
    const { fault } = this.#options;
    const isSpoilt = fault !== undefined && this.#fault?.hit() === true;
    const datagrams = isSpoilt ? spoil(fault, response, { request, history: this.sent }) : [encodeMessage(response)];
    for (const datagram of datagrams) this.#sendBytes(datagram);
  }

  #send(message: CoapMessage): void {
    this.#sendBytes(encodeMessage(message));
  }

  #sendBytes(datagram: Uint8Array): void {
    this.sent.push(datagram);
    this.#options.channel.send(datagram);
  }

  #answer(request: CoapMessage): Answer {
    const unknown = request.options.find(([number]) => number % 2 === 1 && !KNOWN_CRITICAL.includes(number));
    if (unknown) return this.#refuse(Code.BadOption, `option ${unknown[0]} is critical and unknown`);
    const path = valuesOf(request, OptionNumber.UriPath).map((segment) => Buffer.from(segment).toString());
    if (path.join('/') !== PATH.join('/')) return this.#refuse(Code.NotFound, `path ${path.join('/')}`);
    if (request.code !== Code.Post) return this.#refuse(Code.MethodNotAllowed, `method ${request.code}`);
    try {
      return this.#post(request, blockOf(request, OptionNumber.Block1), blockOf(request, OptionNumber.Block2));
    } catch (error) {
      return this.#refuse(Code.BadOption, (error as Error).message);
    }
  }

  #post(request: CoapMessage, block1: Block | undefined, block2: Block | undefined): Answer {
    const tag = valuesOf(request, OptionNumber.RequestTag).map(hex).join('.');
    if (block1) return this.#takeBlock(request, tag, block1, block2);
    if (block2 && block2.number > 0) return this.#furtherBlock(request, tag, block2);
    return this.#execute(request.payload, tag, block2, []);
  }

  /** A block of a request (RFC 7959 §2.3, §2.5). */
  #takeBlock({ payload }: CoapMessage, tag: string, block: Block, block2: Block | undefined): Answer {
    const { szx: ownSzx = 6, negotiation = 'continue', mostBytes = MOST_BYTES } = this.#options;
    const size = blockBytes(block.szx);
    const szx = Math.min(block.szx, ownSzx);
    if (block.more ? payload.length !== size : payload.length > size)
      return this.#refuse(Code.BadRequest, `a block of ${payload.length} bytes, not ${size}`);
    if (block.number === 0) this.#assemblies.set(tag, { parts: [], bytes: 0 });
    const assembly = this.#assemblies.get(tag);
    if (assembly?.bytes !== block.number * size)
      return this.#refuse(Code.Incomplete, `block ${block.number} of ${size} bytes behind ${assembly?.bytes ?? 'no'} bytes`);
    if (block.number === 0 && block.szx > ownSzx && negotiation === 'early')
      return { code: Code.TooLarge, options: [blockOption(OptionNumber.Block1, { number: 0, more: block.more, szx })] };
    if (assembly.bytes + payload.length > mostBytes) return { code: Code.TooLarge, options: [[OptionNumber.Size1, uintValue(mostBytes)]] };
    assembly.parts.push(payload);
    assembly.bytes += payload.length;
    const option = blockOption(OptionNumber.Block1, { ...block, szx });
    if (block.more) return { code: Code.Continue, options: [option] };
    this.#assemblies.delete(tag);
    return this.#execute(concat(...assembly.parts), tag, block2, [option]);
  }

  #execute(body: Uint8Array, tag: string, block2: Block | undefined, options: readonly CoapOption[]): Answer {
    const { successCode = Code.Changed } = this.#options;
    this.requests.push(body);
    const response = this.#options.handle(body);
    this.responses.push(response);
    if (!(response instanceof Uint8Array)) return { code: response.code, options };
    const etag = uintValue(this.requests.length);
    this.#representation = { tag, code: successCode, payload: response, etag };
    const { szx: ownSzx = 6 } = this.#options;
    return this.#block(this.#representation, 0, Math.min(block2?.szx ?? ownSzx, ownSzx), options, block2 !== undefined);
  }

  /** A later block of the response that was made last (RFC 7959 §2.4). */
  #furtherBlock({ payload }: CoapMessage, tag: string, asked: Block): Answer {
    if (payload.length > 0) return this.#refuse(Code.BadRequest, 'a request for a later block has a payload');
    if (asked.more) return this.#refuse(Code.BadRequest, 'a request for a later block has M');
    const representation = this.#representation;
    if (!representation || (this.#options.isTagNeeded !== false && representation.tag !== tag))
      return this.#refuse(Code.Incomplete, `a later block of a response to request tag "${tag}"`);
    const offset = asked.number * blockBytes(asked.szx);
    if (offset >= representation.payload.length) return this.#refuse(Code.BadRequest, `block ${asked.number} is behind the end`);
    return this.#block(representation, offset, Math.min(asked.szx, this.#options.szx ?? 6), [], true);
  }

  #block({ code, payload, etag }: Representation, offset: number, szx: number, options: readonly CoapOption[], isAsked: boolean): Answer {
    const size = blockBytes(szx);
    if (offset === 0 && payload.length <= size && !isAsked) return { code, options, payload };
    const block: Block = { number: offset / size, more: offset + size < payload.length, szx };
    const describing: CoapOption[] = [blockOption(OptionNumber.Block2, block)];
    if (this.#options.etag !== false) describing.push([OptionNumber.ETag, etag]);
    if (offset === 0) describing.push([OptionNumber.Size2, uintValue(payload.length)]);
    return { code, options: [...options, ...describing], payload: payload.subarray(offset, offset + size) };
  }

  #refuse(code: number, why: string): Answer {
    this.complaints.push(why);
    return { code };
  }
}
