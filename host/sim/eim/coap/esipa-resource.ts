// SPDX-License-Identifier: Apache-2.0
// The one resource of an eIM over CoAP (SGP.32 v1.2 §6.2): takes a POST with one ESipa message, block by block, and gives the answer alike.
import type { Clock } from '../../../interfaces.js';
import { utf8 } from '../../codec/bytes.js';
import type { FaultPlan } from '../faults.js';
import { esipaFunctionName } from '../functions.js';
import type { EsipaResponse } from '../service.js';
import { type Block, type BlockBytes, blockValue, shorter } from './block.js';
import { Downloads } from './downloads.js';
import type { CoapResponse, Reply } from './endpoint.js';
import type { CoapFault } from './faults.js';
import { type CoapMessage, type CoapOption, Option, uintValue } from './message.js';
import { CoapRefusal } from './refusal.js';
import { type RequestOptions, readOptions } from './request-options.js';
import { tooLarge, Uploads } from './uploads.js';

export const ESIPA_PATH = 'gsma/rsp2/asn1';
export const POST = '0.02';
/** application/octet-stream: the only Content-Format that fits, though the specification has none. */
const OCTET_STREAM = 42;

export interface ResourceOptions {
  /** Answers one ESipa message; never rejects. */
  readonly handle: (body: Uint8Array) => Promise<EsipaResponse>;
  readonly faults: FaultPlan<CoapFault>;
  readonly clock: Clock;
  /** Longest block of an answer, and what is asked for in requests. */
  readonly largestBlock: BlockBytes;
  /** Longest request body taken, in bytes. */
  readonly maxRequestBytes: number;
}

/** The resource as one peer sees it: with its bodies on their way. */
export class EsipaResource {
  private readonly uploads: Uploads;
  private readonly downloads: Downloads;

  constructor(private readonly options: ResourceOptions) {
    this.uploads = new Uploads(options.clock, options.maxRequestBytes);
    this.downloads = new Downloads(options.clock, options.largestBlock);
  }

  /** Never rejects. */
  async answer(request: CoapMessage): Promise<Reply> {
    try {
      const options = readOptions(request);
      check(request, options);
      return await this.post(request, options);
    } catch (error) {
      if (!(error instanceof CoapRefusal)) return refuse(new CoapRefusal('5.00', (error as Error).message));
      // Only a confirmable request is told of its unknown options (RFC 7252 §5.4.1).
      return error.code === '4.02' && request.type === 'NON' ? 'ignored' : refuse(error);
    }
  }

  private async post(request: CoapMessage, options: RequestOptions): Promise<Reply> {
    const { block1, block2, requestTag, size1 = 0 } = options;
    if (block1 === undefined && block2 !== undefined && block2.number > 0) return this.downloads.next(requestTag, block2);
    const { maxRequestBytes } = this.options;
    if (size1 > maxRequestBytes || request.payload.length > maxRequestBytes) throw tooLarge(maxRequestBytes);
    const body = block1 === undefined ? request.payload : this.uploads.add(requestTag, block1, request.payload);
    if (body === undefined) return this.next(block1!);
    const fault = this.options.faults.take(esipaFunctionName(body));
    if (fault?.kind === 'loseRequest') return 'neverCame';
    this.uploads.drop(requestTag);
    const reply = await this.run(body, fault, options);
    return typeof reply === 'string' ? reply : { ...disturb(reply, fault, request), options: [...reply.options, ...done(block1)] };
  }

  /** 2.31 Continue, in blocks of the length this server likes. */
  private next(block: Block): CoapResponse {
    const bytes = shorter(block.bytes, this.options.largestBlock);
    return { code: '2.31', options: [{ number: Option.Block1, value: blockValue({ ...block, bytes }) }], payload: new Uint8Array(0) };
  }

  private async run(body: Uint8Array, fault: CoapFault | undefined, options: RequestOptions): Promise<Reply> {
    if (fault?.kind === 'ignore') return 'ignored';
    if (fault?.kind === 'reset') return 'reset';
    if (fault?.kind === 'acknowledgeOnly') return 'acknowledgedOnly';
    if (fault?.kind === 'refuse') return refuse(new CoapRefusal(fault.code, 'refused on purpose'));
    const answer = altered(await this.options.handle(body), fault);
    if (fault?.kind === 'delay') await fault.until;
    return this.respond(answer, fault, options);
  }

  private respond({ status, body }: EsipaResponse, fault: CoapFault | undefined, options: RequestOptions): CoapResponse {
    if (status >= 400) return refuse(new CoapRefusal(codeOf(status), 'no ESipa answer'));
    if (body.length === 0) return { code: '2.04', options: [], payload: body };
    const response = this.downloads.begin(options.requestTag, { body, fault }, options.block2);
    if (!options.asksSize2) return response;
    return { ...response, options: [...response.options, { number: Option.Size2, value: uintValue(body.length) }] };
  }
}

/** From the general to the particular, so that each mistake of a client gets its own code. */
function check({ code }: CoapMessage, { path, hasQuery, contentFormat, accept }: RequestOptions): void {
  if (path !== ESIPA_PATH || hasQuery) throw new CoapRefusal('4.04', 'nothing is served here');
  if (code !== POST) throw new CoapRefusal('4.05', 'only POST is served');
  if (contentFormat !== undefined && contentFormat !== OCTET_STREAM) throw new CoapRefusal('4.15', 'send no Content-Format, or 42');
  if (accept !== undefined && accept !== OCTET_STREAM) throw new CoapRefusal('4.06', 'send no Accept, or 42');
}

/** An HTTP status as a code: those that a service gives mean the same in both. */
function codeOf(status: number): string {
  return `${Math.floor(status / 100)}.${String(status % 100).padStart(2, '0')}`;
}

/** The last block of a request is answered with its own option (RFC 7959 §2.3). */
function done(block1: Block | undefined): CoapOption[] {
  return block1 === undefined ? [] : [{ number: Option.Block1, value: blockValue(block1) }];
}

function refuse({ code, message, options }: CoapRefusal): CoapResponse {
  return { code, options, payload: utf8(message) };
}

function altered(answer: EsipaResponse, fault: CoapFault | undefined): EsipaResponse {
  if (fault?.kind === 'replaceResponse') return { status: 200, body: fault.body };
  return fault?.kind === 'alterResponse' ? { ...answer, body: fault.alter(answer.body) } : answer;
}

function disturb(response: CoapResponse, fault: CoapFault | undefined, { token }: CoapMessage): CoapResponse {
  if (fault?.kind === 'loseResponse') return { ...response, lost: true };
  if (fault?.kind !== 'wrongToken') return response;
  const [first = 0, ...others] = token;
  return { ...response, token: Uint8Array.of(first ^ 0xff, ...others) };
}
