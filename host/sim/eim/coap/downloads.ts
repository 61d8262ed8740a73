// SPDX-License-Identifier: Apache-2.0
// Response bodies that go out in blocks (RFC 7959 §2.4): the first answers the request, each further one is asked for.
import type { Clock } from '../../../interfaces.js';
import { type Block, type BlockBytes, blockValue, LAST_BLOCK_NUMBER, offsetOf, shorter } from './block.js';
import type { CoapResponse } from './endpoint.js';
import type { CoapFault } from './faults.js';
import { type CoapOption, Option } from './message.js';
import { CoapRefusal } from './refusal.js';
import { Shelf } from './shelf.js';

/** A response body and the fault that belongs to it. */
export interface Download {
  readonly body: Uint8Array;
  readonly fault: CoapFault | undefined;
}

/** The bodies a peer may still ask blocks of. */
export class Downloads {
  private readonly shelf: Shelf<Download>;

  constructor(
    clock: Clock,
    private readonly largestBlock: BlockBytes,
  ) {
    this.shelf = new Shelf(clock);
  }

  /** The response to a request: the body when it fits, else its first block, of the length that is asked for or less. */
  begin(tag: string, download: Download, asked: Block | undefined): CoapResponse {
    const bytes = shorter(asked?.bytes ?? this.largestBlock, this.largestBlock);
    const { body, fault } = download;
    this.shelf.drop(tag);
    if (body.length <= bytes && fault?.kind !== 'endlessBlocks') return { code: '2.05', options: [], payload: body };
    this.shelf.put(tag, download);
    return this.block(download, { number: 0, more: false, bytes });
  }

  /** The block that is asked for. Throws CoapRefusal: 4.08 when there is no such body, 4.00 when it has no such block. */
  next(tag: string, asked: Block): CoapResponse {
    const download = this.shelf.find(tag);
    if (download === undefined || download.fault?.kind === 'forgetBlocks')
      throw new CoapRefusal('4.08', 'no answer of which blocks are left');
    return this.block(download, asked);
  }

  private block({ body, fault }: Download, asked: Block): CoapResponse {
    const start = offsetOf(asked);
    const bytes = blockLength(asked, this.largestBlock, fault);
    const number = start / bytes;
    if (fault?.kind === 'endlessBlocks') return blockResponse({ number, more: true, bytes }, repeated(body, start, bytes));
    if (start >= body.length || number > LAST_BLOCK_NUMBER)
      throw new CoapRefusal('4.00', `the answer has ${body.length} bytes and no block there`);
    const said = fault?.kind === 'wrongBlockNumber' && fault.atBlock === number ? fault.says : number;
    return blockResponse({ number: said, more: start + bytes < body.length, bytes }, body.subarray(start, start + bytes));
  }
}

/** Longer blocks than the server wants are cut; a number counts blocks of the length in the same option. */
function blockLength(asked: Block, largest: BlockBytes, fault: CoapFault | undefined): BlockBytes {
  const length = shorter(asked.bytes, largest);
  if (fault?.kind !== 'shrinkingBlocks' || asked.number === 0) return length;
  return Math.max(16, length / 2) as BlockBytes;
}

function blockResponse(block: Block, payload: Uint8Array): CoapResponse {
  const option: CoapOption = { number: Option.Block2, value: blockValue(block) };
  return { code: '2.05', options: [option], payload };
}

function repeated(body: Uint8Array, start: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => body[(start + index) % body.length] ?? 0);
}
