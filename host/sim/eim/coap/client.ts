// SPDX-License-Identifier: Apache-2.0
// A POST to a device with bodies of any length both ways (RFC 7959 §2.5, §2.4), for inject mode.
import { NetworkError } from '../../../interfaces.js';
import { concat, text, utf8 } from '../../codec/bytes.js';
import { type Block, type BlockBytes, blockValue, offsetOf, readBlock, shorter } from './block.js';
import type { CoapEndpoint } from './endpoint.js';
import { ESIPA_PATH, POST } from './esipa-resource.js';
import { type CoapMessage, type CoapOption, Option, optionValues } from './message.js';
import { CoapRefusal } from './refusal.js';

export interface PostOptions {
  /** Longest block sent, and asked for, in bytes. */
  readonly largestBlock: BlockBytes;
  /** Longest answer taken, in bytes. */
  readonly maxAnswerBytes: number;
  /** For each block and its response. */
  readonly timeoutMs: number;
  /** Keeps the blocks of this body apart from those of others (RFC 9175 §3.3). */
  readonly requestTag: Uint8Array;
  /** When this resolves nothing more is sent, and the request is rejected. */
  readonly unneeded?: Promise<void> | undefined;
}

const PATH: readonly CoapOption[] = ESIPA_PATH.split('/').map((segment) => ({ number: Option.UriPath, value: utf8(segment) }));
const NOTHING = new Uint8Array(0);

/**
 * Sends a body and gives the body of the answer, empty when it has none. Rejects with NetworkError: timeout, connectionLost, malformed for
 * blocks that do not fit, httpStatus with 100 x class + detail of the code for a refusal.
 */
export async function post(endpoint: CoapEndpoint, body: Uint8Array, options: PostOptions): Promise<Uint8Array> {
  const conversation = new Conversation(endpoint, options);
  const response = await conversation.upload(body);
  if (response.code !== '2.04' && response.code !== '2.05') throw refused(response);
  return conversation.download(response);
}

/** One request with all its blocks. */
class Conversation {
  private options: readonly CoapOption[] = PATH;

  constructor(
    private readonly endpoint: CoapEndpoint,
    private readonly limits: PostOptions,
  ) {}

  /** Gives the response to the whole body. */
  async upload(body: Uint8Array): Promise<CoapMessage> {
    let bytes = this.limits.largestBlock;
    if (body.length <= bytes) return this.send([], body);
    this.options = [...PATH, { number: Option.RequestTag, value: this.limits.requestTag }];
    for (let start = 0; ; ) {
      const block: Block = { number: start / bytes, more: start + bytes < body.length, bytes };
      const response = await this.send([{ number: Option.Block1, value: blockValue(block) }], body.subarray(start, start + bytes));
      const [wanted] = blocks(response, Option.Block1);
      const restarts = response.code === '4.13' && start === 0 && wanted !== undefined && wanted.bytes < bytes;
      if (restarts) bytes = wanted.bytes;
      else if (response.code !== '2.31' || !block.more) return response;
      else {
        if (wanted?.number !== block.number) throw malformed('the device acknowledges another block than it was sent');
        start += bytes;
        bytes = shorter(bytes, wanted.bytes);
      }
    }
  }

  /** The whole body that this response begins. */
  async download(first: CoapMessage): Promise<Uint8Array> {
    let response = first;
    const parts: Uint8Array[] = [];
    for (let length = 0; ; ) {
      const [block] = blocks(response, Option.Block2);
      if (offsetOf(block ?? FIRST) !== length) throw malformed('the device sends another block than it was asked for');
      parts.push(response.payload);
      length += response.payload.length;
      if (length > this.limits.maxAnswerBytes)
        throw malformed(`the answer of the device has more than ${this.limits.maxAnswerBytes} bytes`);
      if (!block?.more) return concat(...parts);
      if (response.payload.length !== block.bytes) throw malformed('a block of the device is not full, but more follow');
      const next = { number: block.number + 1, more: false, bytes: block.bytes };
      response = await this.send([{ number: Option.Block2, value: blockValue(next) }], NOTHING);
      if (response.code !== first.code) throw refused(response);
    }
  }

  private send(blockOptions: readonly CoapOption[], payload: Uint8Array): Promise<CoapMessage> {
    const options = [...this.options, ...blockOptions].sort((a, b) => a.number - b.number);
    return this.endpoint.request(POST, options, payload, this.limits.timeoutMs, this.limits.unneeded);
  }
}

const FIRST: Block = { number: 0, more: false, bytes: 16 };

function blocks(response: CoapMessage, number: number): Block[] {
  try {
    return optionValues(response, number).map(readBlock);
  } catch (error) {
    if (error instanceof CoapRefusal) throw malformed(`an option of the device is wrong: ${error.message}`);
    throw error;
  }
}

function malformed(message: string): NetworkError {
  return new NetworkError('malformed', message);
}

function refused({ code, payload }: CoapMessage): NetworkError {
  const status = Number(code.replace('.', ''));
  const diagnostic = payload.length === 0 ? '' : `: ${text(payload.subarray(0, 200))}`;
  return new NetworkError('httpStatus', `the device answers ${code}${diagnostic}`, status);
}
