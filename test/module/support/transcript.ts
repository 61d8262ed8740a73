// SPDX-License-Identifier: Apache-2.0
// A frozen session (test/vectors/*.json): what the module must send on both lanes, byte for byte, and what it gets for it.

import { readdirSync, readFileSync } from 'node:fs';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { inProject } from '../../../scripts/paths.js';
import type { Peers, SessionResult } from './session.js';

/** One exchange; its first key says with whom, and names the function for people. */
export interface Exchange {
  /** A plain APDU, answered as it stands. */
  readonly apdu?: string;
  /** An ES10 command, sent by STORE DATA; without `status` it is answered with 9000. */
  readonly es10?: string;
  readonly status?: string;
  readonly esipa?: string;
  /** What action NetworkOpen must tell. */
  readonly open?: string;
  /** The card is powered down and up. */
  readonly reset?: string;
  readonly send?: string;
  readonly receive?: string;
}

export interface Transcript {
  readonly name: string;
  readonly about: string;
  /** Option TLVs beside command, card link and block size. */
  readonly options?: string;
  readonly initialEim?: string;
  readonly exchanges: readonly Exchange[];
  readonly result: SessionResult;
}

const FOLDER = inProject('test/vectors');

/** All frozen sessions. */
export function transcripts(): Transcript[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json') && file !== 'bound-profile-package.json')
    .sort()
    .map((file) => ({ ...JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')), name: file.replace('.json', '') }) as Transcript);
}

/** How the card hands out what it has to say. */
export interface CardManners {
  /** Data bytes per STORE DATA block that must be kept to. */
  readonly blockBytes?: number;
  /** Data bytes per GET RESPONSE; "inline": with the answer itself, as far as 256 bytes go. */
  readonly responseBytes?: number | 'inline';
  /** The status word of success. */
  readonly success?: string;
}

const CHANNEL = 2;
const isCard = ({ apdu, es10, reset }: Exchange) => apdu !== undefined || es10 !== undefined || reset !== undefined;

/** Plays the peers of a transcript and throws at the first byte that is not the one that was frozen. */
export class TranscriptPeers implements Peers {
  readonly #card: Exchange[];
  readonly #network: Exchange[];
  readonly #blockBytes: number;
  #chain: Uint8Array[] = [];
  #response: Uint8Array = new Uint8Array();

  constructor(
    transcript: Transcript,
    readonly manners: CardManners = {},
  ) {
    this.#card = transcript.exchanges.filter(isCard);
    this.#network = transcript.exchanges.filter((exchange) => !isCard(exchange));
    this.#blockBytes = manners.blockBytes ?? 255;
  }

  /** Throws unless everything was asked for. */
  finish(): void {
    const left = [...this.#card, ...this.#network].map((exchange) => exchange.apdu ?? exchange.es10 ?? exchange.esipa ?? 'open or reset');
    if (left.length > 0) throw new Error(`never asked for: ${left.join(', ')}`);
  }

  readonly card = (command: Uint8Array): Uint8Array => {
    if (command[0] === CHANNEL && command[1] === 0xc0) return this.#getResponse(command);
    if (command[0] === (0x80 | CHANNEL) && command[1] === 0xe2) return this.#storeData(command);
    // what follows 91xx is the link's business: REFRESH with UICC reset, and that it is done (ETSI TS 102 223 §6.6.13, §6.8)
    if (command[1] === 0x12) return fromHex('D009810301010482028182 9000');
    if (hex(command) === '801400000C810301010482028281830100') return fromHex('9000');
    const exchange = this.#next(this.#card, 'apdu');
    expectBytes(command, exchange);
    return fromHex(exchange.receive ?? '');
  };

  readonly eim = (request: Uint8Array): Uint8Array => {
    const exchange = this.#next(this.#network, 'esipa');
    expectBytes(request, exchange);
    return fromHex(exchange.receive ?? '');
  };

  readonly reset = (): void => {
    this.#next(this.#card, 'reset');
  };

  readonly open = (peer: Uint8Array): undefined => {
    const { open } = this.#next(this.#network, 'open');
    if (hex(peer) !== open) throw new Error(`NetworkOpen tells ${hex(peer)}, not ${open}`);
  };

  #next(list: Exchange[], kind: 'apdu' | 'es10' | 'esipa' | 'open' | 'reset'): Exchange {
    const exchange = list.shift();
    if (exchange?.[kind] === undefined) throw new Error(`${kind} where ${JSON.stringify(exchange)?.slice(0, 100)} must come`);
    return exchange;
  }

  /** SGP.22 v2.5 §5.7.2: 11 with more to come, 91 with the last block, numbered from 0; all but the last are full. */
  #storeData(command: Uint8Array): Uint8Array {
    const [, , p1, p2, length] = command;
    const data = command.subarray(5);
    const number = this.#chain.length;
    if (p2 !== number || length !== data.length || length === 0) throw new Error(`block ${number} begins ${hex(command.subarray(0, 5))}`);
    const whole = data.length === this.#blockBytes;
    if ((p1 === 0x11 && !whole) || data.length > this.#blockBytes)
      throw new Error(`a block of ${data.length} bytes, not ${this.#blockBytes}`);
    this.#chain.push(data);
    if (p1 === 0x11) return fromHex('9000');
    if (p1 !== 0x91) throw new Error(`P1 ${p1}`);
    return this.#execute();
  }

  #execute(): Uint8Array {
    const request = concat(...this.#chain);
    this.#chain = [];
    const exchange = this.#next(this.#card, 'es10');
    expectBytes(request, exchange);
    this.#response = fromHex(exchange.receive ?? '');
    if (exchange.status) return fromHex(exchange.status);
    if (this.manners.responseBytes === 'inline') return this.#give(256);
    return this.#response.length > 0 ? this.#more() : fromHex(this.manners.success ?? '9000');
  }

  #getResponse(command: Uint8Array): Uint8Array {
    const expected = this.#more()[1]!;
    if (command.length !== 5 || command[4] !== expected) throw new Error(`GET RESPONSE ${hex(command)} where ${expected} bytes wait`);
    return this.#give(expected || 256);
  }

  #give(count: number): Uint8Array {
    const data = this.#response.subarray(0, count);
    this.#response = this.#response.subarray(count);
    return concat(data, this.#response.length > 0 ? this.#more() : fromHex(this.manners.success ?? '9000'));
  }

  #more(): Uint8Array {
    const most = typeof this.manners.responseBytes === 'number' ? this.manners.responseBytes : 256;
    return Uint8Array.of(0x61, Math.min(this.#response.length, most) & 0xff);
  }
}

function expectBytes(actual: Uint8Array, { send, apdu, es10, esipa }: Exchange): void {
  if (hex(actual) !== send) throw new Error(`${apdu ?? es10 ?? esipa}: sent ${hex(actual)}, not ${send}`);
}
