// SPDX-License-Identifier: Apache-2.0
// The message layer towards one peer, as server and as client (RFC 7252 §4, §5.2): acknowledgements, resets, copies, separate responses.
// The server of the package coap has one too, but runs requests again whose copies come over anything but its own UDP socket or before
// the answer, and takes its time from the system alone.
import { type Clock, type DatagramChannel, NetworkError } from '../../../interfaces.js';
import { hex } from '../../codec/bytes.js';
import type { SeededBytes } from '../../profile/seeded-bytes.js';
import { type Exchange, Exchanges } from './exchanges.js';
import { type CoapMessage, type CoapOption, emptyMessage, MalformedMessage, readMessage, writeMessage } from './message.js';
import { Transmission } from './transmission.js';

/** A response before it is put into a message. */
export interface CoapResponse {
  readonly code: string;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
  /** Instead of that of the request. */
  readonly token?: Uint8Array;
  /** The message is lost on its way; a copy of the request gets it. */
  readonly lost?: boolean;
}

/**
 * What becomes of a request: a response; or, in the place of a disturbed network or peer: it never came, it is ignored with all its
 * copies, it is reset, or it is acknowledged and that is all.
 */
export type Reply = CoapResponse | 'neverCame' | 'ignored' | 'reset' | 'acknowledgedOnly';

export interface EndpointOptions {
  readonly clock: Clock;
  /** Message IDs, tokens and the spread of time-outs. */
  readonly random: SeededBytes;
  /** How long a request may wait for its response before it is acknowledged by itself. */
  readonly separateAfterMs: number;
  /** Answers a request; never rejects. */
  readonly onRequest: (request: CoapMessage) => Promise<Reply>;
  /** Called once: nothing is sent or taken any more. */
  readonly onEnd: () => void;
}

/** A request of our own that waits for its response. */
interface Pending {
  readonly settle: (outcome: CoapMessage | NetworkError) => void;
}

/** A confirmable message of our own that waits for its acknowledgement. */
interface Unacknowledged {
  readonly transmission: Transmission;
  readonly onReset: () => void;
}

const TOKEN_BYTES = 4;

/** One peer. */
export class CoapEndpoint {
  private readonly exchanges: Exchanges;
  private readonly unacknowledged = new Map<number, Unacknowledged>();
  private readonly pending = new Map<string, Pending>();
  private readonly cancels = new Set<() => void>();
  private nextMessageId: number;
  private failure: NetworkError | undefined;

  constructor(
    readonly channel: DatagramChannel,
    private readonly options: EndpointOptions,
  ) {
    this.exchanges = new Exchanges(options.clock);
    const [high, low] = options.random.take(2);
    this.nextMessageId = (high! << 8) | low!;
    channel.onFailure((error) => this.end(error));
    channel.onDatagram((datagram) => this.receive(datagram));
  }

  /**
   * Sends a confirmable request and waits for the response, which may come by itself long after the acknowledgement.
   * Rejects with NetworkError: timeout after `timeoutMs` or when nobody acknowledges, connectionLost for a reset, or what broke the channel.
   */
  request(
    code: string,
    options: readonly CoapOption[],
    payload: Uint8Array,
    timeoutMs: number,
    unneeded?: Promise<void>,
  ): Promise<CoapMessage> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const token = this.options.random.take(TOKEN_BYTES);
    const messageId = this.takeMessageId();
    const datagram = writeMessage({ type: 'CON', code, messageId, token, options, payload });
    return new Promise((resolve, reject) => {
      const settle = (outcome: CoapMessage | NetworkError) => {
        cancelTimeout();
        this.pending.delete(hex(token));
        this.acknowledged(messageId);
        if (outcome instanceof NetworkError) reject(outcome);
        else resolve(outcome);
      };
      const silence = () => settle(new NetworkError('timeout', `${this.channel.name} does not answer a CoAP request`));
      const cancelTimeout = this.options.clock.after(timeoutMs, silence);
      this.pending.set(hex(token), { settle });
      void unneeded?.then(() => settle(new NetworkError('connectionLost', 'the answer is not needed any more')));
      this.transmit(messageId, datagram, silence, () =>
        settle(new NetworkError('connectionLost', `${this.channel.name} has reset a CoAP request`)),
      );
    });
  }

  /** Stops all timers; the channel stays open. */
  close(): void {
    this.end(new NetworkError('connectionLost', `the CoAP endpoint for ${this.channel.name} was closed`));
  }

  private end(error: NetworkError): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    for (const { settle } of [...this.pending.values()]) settle(error);
    for (const { transmission } of this.unacknowledged.values()) transmission.stop();
    this.unacknowledged.clear();
    for (const cancel of this.cancels) cancel();
    this.options.onEnd();
  }

  private receive(datagram: Uint8Array): void {
    if (this.failure !== undefined) return;
    try {
      this.dispatch(readMessage(datagram));
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      if (error.messageId !== undefined) this.send(emptyMessage('RST', error.messageId));
    }
  }

  private dispatch(message: CoapMessage): void {
    const known = this.exchanges.find(message.messageId);
    if (message.type === 'ACK' || message.type === 'RST') this.onReply(message);
    else if (known?.reply !== undefined) this.send(known.reply);
    else if (known !== undefined) return;
    else if (isRequest(message)) void this.serve(message);
    else if (isResponse(message)) this.onResponse(message);
    // An empty message is a ping; the other classes are reserved (RFC 7252 §4.2, §4.3).
    else this.reject(message);
  }

  private onReply(message: CoapMessage): void {
    const waiting = this.unacknowledged.get(message.messageId);
    if (waiting === undefined) return;
    this.acknowledged(message.messageId);
    if (message.type === 'RST') waiting.onReset();
    else if (isResponse(message)) this.pending.get(hex(message.token))?.settle(message);
  }

  /** A response by itself: one that nobody waits for is rejected. */
  private onResponse(message: CoapMessage): void {
    const waiting = this.pending.get(hex(message.token));
    if (waiting === undefined) this.reject(message);
    else if (message.type === 'CON') this.replyWith(message, emptyMessage('ACK', message.messageId));
    waiting?.settle(message);
  }

  private reject(message: CoapMessage): void {
    if (message.type === 'CON') this.replyWith(message, emptyMessage('RST', message.messageId));
  }

  private replyWith({ messageId }: CoapMessage, reply: Uint8Array): void {
    this.exchanges.begin(messageId, reply);
    this.send(reply);
  }

  private async serve(request: CoapMessage): Promise<void> {
    const exchange = this.exchanges.begin(request.messageId);
    const cancelAcknowledgement = this.acknowledgeLater(request, exchange);
    const reply = await this.options.onRequest(request);
    cancelAcknowledgement();
    if (this.failure === undefined) this.reply(request, exchange, reply);
  }

  /** Calls the client off from sending copies while the response takes its time (RFC 7252 §5.2.2). */
  private acknowledgeLater(request: CoapMessage, exchange: Exchange): () => void {
    if (request.type !== 'CON') return () => {};
    const cancelTimer = this.options.clock.after(this.options.separateAfterMs, () => {
      exchange.reply = emptyMessage('ACK', request.messageId);
      this.send(exchange.reply);
    });
    this.cancels.add(cancelTimer);
    return () => {
      cancelTimer();
      this.cancels.delete(cancelTimer);
    };
  }

  private reply(request: CoapMessage, exchange: Exchange, reply: Reply): void {
    const { messageId, type } = request;
    if (reply === 'neverCame') {
      this.exchanges.forget(messageId);
    } else if (reply === 'reset' || reply === 'acknowledgedOnly') {
      exchange.reply = emptyMessage(reply === 'reset' ? 'RST' : 'ACK', messageId);
      this.send(exchange.reply);
    } else if (reply !== 'ignored') {
      this.respond(request, exchange, reply, type === 'CON' && exchange.reply === undefined);
    }
  }

  private respond(request: CoapMessage, exchange: Exchange, response: CoapResponse, piggybacked: boolean): void {
    const { code, options, payload, token = request.token, lost } = response;
    const body = { code, token, options, payload };
    if (piggybacked) {
      exchange.reply = writeMessage({ ...body, type: 'ACK', messageId: request.messageId });
      if (!lost) this.send(exchange.reply);
      return;
    }
    const messageId = this.takeMessageId();
    const datagram = writeMessage({ ...body, type: request.type === 'CON' ? 'CON' : 'NON', messageId });
    if (request.type === 'CON') this.transmit(messageId, datagram, undefined, undefined, lost);
    else if (!lost) this.send(datagram);
  }

  /** Sends a confirmable message until it is acknowledged. */
  private transmit(
    messageId: number,
    datagram: Uint8Array,
    onSilence: () => void = () => {},
    onReset: () => void = () => {},
    firstIsLost = false,
  ): void {
    let isLost = firstIsLost;
    const send = () => {
      if (!isLost) this.send(datagram);
      isLost = false;
    };
    const silence = () => {
      this.acknowledged(messageId);
      onSilence();
    };
    const transmission = new Transmission(send, this.options.clock, silence);
    this.unacknowledged.set(messageId, { transmission, onReset });
    transmission.start(this.options.random.take(1)[0]! / 255);
  }

  private acknowledged(messageId: number): void {
    this.unacknowledged.get(messageId)?.transmission.stop();
    this.unacknowledged.delete(messageId);
  }

  private takeMessageId(): number {
    this.nextMessageId = (this.nextMessageId + 1) & 0xffff;
    return this.nextMessageId;
  }

  private send(datagram: Uint8Array): void {
    this.channel.send(datagram);
  }
}

function isRequest({ code }: CoapMessage): boolean {
  return code.startsWith('0.') && code !== '0.00';
}

function isResponse({ code }: CoapMessage): boolean {
  return /^[245]\./.test(code);
}
