// SPDX-License-Identifier: Apache-2.0
// A device that is pushed to: takes requests in blocks, and answers as a test says, in blocks too.
import { concat, hex } from '../../../../../host/sim/codec/bytes.js';
import { type Block, type BlockBytes, blockValue, readBlock } from '../../../../../host/sim/eim/coap/block.js';
import {
  type CoapMessage,
  type CoapOption,
  Option,
  optionValues,
  readMessage,
  writeMessage,
} from '../../../../../host/sim/eim/coap/message.js';
import type { Wire } from './wire.js';

/** What a device does with a message: answers with a body, with an error code, with a datagram of its own, or not at all. */
export type DeviceAnswer = Uint8Array | { readonly code: string } | { readonly datagram: (request: CoapMessage) => string } | 'silence';

export class ScriptedDevice {
  /** The whole messages that came. */
  readonly messages: Uint8Array[] = [];
  /** Every request datagram, read. */
  readonly requests: CoapMessage[] = [];
  private parts: Uint8Array[] = [];
  private answer: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly wire: Wire,
    private readonly script: (message: Uint8Array) => DeviceAnswer,
    private readonly blockBytes: BlockBytes = 1024,
  ) {
    wire.onSent = (datagram) => this.receive(readMessage(datagram));
  }

  /** The messages in hexadecimal. */
  get texts(): string[] {
    return this.messages.map(hex);
  }

  private receive(request: CoapMessage): void {
    if (!request.code.startsWith('0.') || request.code === '0.00') return;
    this.requests.push(request);
    const block1 = blockOf(request, Option.Block1);
    const block2 = blockOf(request, Option.Block2);
    if (block2 !== undefined && block2.number > 0) this.respond(request, block2);
    else this.take(request, block1);
  }

  private take(request: CoapMessage, block1: Block | undefined): void {
    if (block1?.number === 0) this.parts = [];
    this.parts.push(request.payload);
    if (block1?.more) {
      this.send(request, '2.31', [{ number: Option.Block1, value: blockValue({ ...block1, bytes: this.shorter(block1.bytes) }) }]);
      return;
    }
    const message = concat(...this.parts.splice(0));
    this.messages.push(message);
    this.act(request, this.script(message));
  }

  private act(request: CoapMessage, answer: DeviceAnswer): void {
    if (answer === 'silence') return;
    if ('datagram' in answer) this.wire.deliver(answer.datagram(request));
    else if ('code' in answer) this.send(request, answer.code, []);
    else {
      this.answer = answer;
      this.respond(request, { number: 0, more: false, bytes: this.blockBytes });
    }
  }

  private respond(request: CoapMessage, { number, bytes }: Block): void {
    const part = this.answer.subarray(number * bytes, (number + 1) * bytes);
    const block = { number, more: (number + 1) * bytes < this.answer.length, bytes };
    const options = this.answer.length > bytes ? [{ number: Option.Block2, value: blockValue(block) }] : [];
    this.send(request, '2.05', options, part);
  }

  private send({ messageId, token }: CoapMessage, code: string, options: CoapOption[], payload: Uint8Array = new Uint8Array(0)): void {
    this.wire.deliver(writeMessage({ type: 'ACK', code, messageId, token, options, payload }));
  }

  private shorter(bytes: BlockBytes): BlockBytes {
    return bytes < this.blockBytes ? bytes : this.blockBytes;
  }
}

function blockOf(message: CoapMessage, number: number): Block | undefined {
  const [value] = optionValues(message, number);
  return value && readBlock(value);
}
