// SPDX-License-Identifier: Apache-2.0
// Peers for tests that look at one exchange: a card with an EID and one eIM in it, and an eIM without packages. A test gives the
// answers that matter to it, by the first bytes of the request.

import { tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import type { Peers } from './session.js';

export const EID = fromHex('89049032123451234512345678901235');
export const EIM_ID = utf8('eim.example.com');

/** An answer: bytes in hexadecimal or binary; a status word alone for the card, a NetworkFailure for the network; or made anew each time. */
export type Answer = string | Uint8Array | { readonly status: string } | number | ((request: Uint8Array) => Answer);
/** Answers by the beginning of the request, in upper-case hexadecimal. The longest beginning wins. */
export type Answers = Readonly<Record<string, Answer>>;

const ENTRY = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x81, EIM_ID), tlv(0x82, fromHex('02')), tlv(0x84, fromHex('01')));

const CARD: Answers = {
  BF3E: tlv(0xbf3e, tlv(0x5a, EID)),
  BF55: tlv(0xbf55, tlv(0xa0, ENTRY)),
  BF2B00: 'BF2B02A000',
  BF2B04A00282: 'BF2B02A200',
  BF2B05: 'BF2B02A000',
  BF30: 'BF3003800100',
};
const EIM: Answers = { BF4F: 'BF4F03020101', BF50: 'BF50023000', BF3D: '' };

/** Plain peers; everything they were sent is kept. */
export class SimplePeers implements Peers {
  /** Complete ES10 commands in hexadecimal. */
  readonly es10: string[] = [];
  /** Complete ESipa messages in hexadecimal. */
  readonly esipa: string[] = [];
  /** Command APDUs in hexadecimal. */
  readonly apdus: string[] = [];
  resets = 0;
  readonly #card: Answers;
  readonly #eim: Answers;
  #chain: Uint8Array[] = [];
  #response: Uint8Array = new Uint8Array();

  constructor(
    answers: { readonly card?: Answers; readonly eim?: Answers } = {},
    /** Answers an APDU before the card does; undefined leaves it to the card. */
    readonly apdu: (command: Uint8Array, number: number) => Uint8Array | undefined = () => undefined,
  ) {
    this.#card = { ...CARD, ...answers.card };
    this.#eim = { ...EIM, ...answers.eim };
  }

  readonly card = (command: Uint8Array): Uint8Array => {
    const number = this.apdus.push(hex(command)) - 1;
    return this.apdu(command, number) ?? this.#run(command);
  };

  readonly eim = (request: Uint8Array): Uint8Array | number => {
    this.esipa.push(hex(request));
    const answer = choose(this.#eim, request);
    if (typeof answer === 'number') return answer;
    if (!(answer instanceof Uint8Array)) throw new Error(`no ESipa answer to ${hex(request)}`);
    return answer;
  };

  readonly reset = (): void => {
    this.resets++;
  };

  #run(command: Uint8Array): Uint8Array {
    const [cla, ins, p1, p2, p3] = command;
    if (cla === 0x00 && ins === 0x70) return fromHex(p1 === 0 ? '019000' : '9000');
    if (ins === 0xc0) return this.#give(p3 || 256);
    if (ins !== 0xe2) return fromHex('9000');
    // a new command gives up one that was not completed
    if (p2 === 0) this.#chain = [];
    this.#chain.push(command.subarray(5));
    return p1 === 0x11 ? fromHex('9000') : this.#execute();
  }

  #execute(): Uint8Array {
    const request = concat(...this.#chain);
    this.#chain = [];
    this.es10.push(hex(request));
    const answer = choose(this.#card, request);
    if (answer === undefined) return fromHex('6A88');
    if (typeof answer === 'number') throw new Error('a card answers no number');
    if (!(answer instanceof Uint8Array)) return fromHex(answer.status);
    this.#response = answer;
    return this.#give(0);
  }

  #give(count: number): Uint8Array {
    const data = this.#response.subarray(0, count);
    this.#response = this.#response.subarray(count);
    const left = this.#response.length;
    return concat(data, left > 0 ? Uint8Array.of(0x61, Math.min(left, 256) & 0xff) : fromHex('9000'));
  }
}

function choose(answers: Answers, request: Uint8Array): Uint8Array | number | { readonly status: string } | undefined {
  const text = hex(request);
  const key = Object.keys(answers)
    .filter((start) => text.startsWith(start))
    .sort((left, right) => right.length - left.length)[0];
  let answer = key === undefined ? undefined : answers[key];
  while (typeof answer === 'function') answer = answer(request);
  return typeof answer === 'string' ? fromHex(answer) : answer;
}

/** Answers one after the other; the last one stays. */
export function inTurn(...answers: readonly Answer[]): Answer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)]!;
}
