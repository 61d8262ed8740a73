// SPDX-License-Identifier: Apache-2.0
// Request bodies that come in blocks (RFC 7959 §2.5). Blocks of different Request-Tags belong to different bodies (RFC 9175 §3.3).
import type { Clock } from '../../../interfaces.js';
import { concat } from '../../codec/bytes.js';
import { type Block, offsetOf } from './block.js';
import { type CoapOption, Option, uintValue } from './message.js';
import { CoapRefusal } from './refusal.js';
import { Shelf } from './shelf.js';

interface Upload {
  readonly parts: Uint8Array[];
  length: number;
}

/** The unfinished bodies of one peer. */
export class Uploads {
  private readonly shelf: Shelf<Upload>;

  constructor(
    clock: Clock,
    private readonly maxBytes: number,
  ) {
    this.shelf = new Shelf(clock);
  }

  /**
   * Takes a block, in order; the first begins anew. The whole body with the last one, which stays to be sent again until drop();
   * undefined while blocks are missing. Throws CoapRefusal: 4.00 for a block of a wrong length, 4.08 for a gap, 4.13 for too long a body.
   */
  add(tag: string, block: Block, payload: Uint8Array): Uint8Array | undefined {
    if (block.more ? payload.length !== block.bytes : payload.length > block.bytes)
      throw new CoapRefusal('4.00', `${payload.length} bytes in a block of ${block.bytes}`);
    const upload = block.number === 0 ? { parts: [], length: 0 } : this.shelf.find(tag);
    if (upload?.length !== offsetOf(block)) throw this.gap(tag, upload);
    const length = upload.length + payload.length;
    if (length > this.maxBytes) {
      this.drop(tag);
      throw tooLarge(this.maxBytes);
    }
    if (!block.more) return concat(...upload.parts, payload);
    upload.parts.push(payload);
    upload.length = length;
    this.shelf.put(tag, upload);
    return undefined;
  }

  /** The body is done with. */
  drop(tag: string): void {
    this.shelf.drop(tag);
  }

  private gap(tag: string, upload: Upload | undefined): CoapRefusal {
    this.drop(tag);
    return new CoapRefusal(
      '4.08',
      upload === undefined ? 'the blocks before are missing' : `the next block begins at byte ${upload.length}`,
    );
  }
}

/** Says in Size1 how long a body may be (RFC 7959 §4). */
export function tooLarge(maxBytes: number): CoapRefusal {
  const size: CoapOption = { number: Option.Size1, value: uintValue(maxBytes) };
  return new CoapRefusal('4.13', `a request of more than ${maxBytes} bytes`, [size]);
}
