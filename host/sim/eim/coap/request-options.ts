// SPDX-License-Identifier: Apache-2.0
// Checks the options of an ESipa request (RFC 7252 §5.4, §5.10): an unknown critical option is refused, an unknown elective one ignored.
import { hex, text } from '../../codec/bytes.js';
import { type Block, readBlock } from './block.js';
import { type CoapMessage, Option, optionValues, readUint } from './message.js';
import { CoapRefusal } from './refusal.js';

/** What the options say. */
export interface RequestOptions {
  /** "gsma/rsp2/asn1" */
  readonly path: string;
  readonly block1: Block | undefined;
  readonly block2: Block | undefined;
  /** The announced length of the request body in bytes. */
  readonly size1: number | undefined;
  /** The length of the answer is asked for. */
  readonly asksSize2: boolean;
  readonly contentFormat: number | undefined;
  readonly accept: number | undefined;
  readonly hasQuery: boolean;
  /** All Request-Tags in one word; an empty one is not the same as none. */
  readonly requestTag: string;
}

interface Rule {
  readonly maxLength: number;
  readonly repeatable?: boolean;
}

/** By option number; a value of another length counts as an unknown option (RFC 7252 §5.4.3). */
const RULES: ReadonlyMap<number, Rule> = new Map<number, Rule>([
  [Option.UriHost, { maxLength: 255 }],
  [Option.UriPort, { maxLength: 2 }],
  [Option.UriPath, { maxLength: 255, repeatable: true }],
  [Option.ContentFormat, { maxLength: 2 }],
  [Option.UriQuery, { maxLength: 255, repeatable: true }],
  [Option.Accept, { maxLength: 2 }],
  [Option.Block2, { maxLength: 3 }],
  [Option.Block1, { maxLength: 3 }],
  [Option.Size2, { maxLength: 4 }],
  [Option.Size1, { maxLength: 4 }],
  [Option.RequestTag, { maxLength: 8, repeatable: true }],
]);

/** Throws CoapRefusal: 4.02 for a critical option that is not known, 5.05 for a proxy's, 4.00 for a bad Block1 or Block2. */
export function readOptions(request: CoapMessage): RequestOptions {
  const known = { options: request.options.filter((option, index, all) => isUsable(option, all.slice(0, index))) };
  const one = (number: number) => optionValues(known, number)[0];
  const uint = (number: number) => mapped(one(number), readUint);
  return {
    path: optionValues(known, Option.UriPath).map(text).join('/'),
    block1: mapped(one(Option.Block1), readBlock),
    block2: mapped(one(Option.Block2), readBlock),
    size1: uint(Option.Size1),
    asksSize2: one(Option.Size2) !== undefined,
    contentFormat: uint(Option.ContentFormat),
    accept: uint(Option.Accept),
    hasQuery: one(Option.UriQuery) !== undefined,
    requestTag: optionValues(known, Option.RequestTag)
      .map((value) => `${hex(value)}.`)
      .join(''),
  };
}

/** False: to be ignored. */
function isUsable({ number, value }: CoapMessage['options'][number], before: CoapMessage['options']): boolean {
  if (number === Option.ProxyUri || number === Option.ProxyScheme) throw new CoapRefusal('5.05', 'this is no proxy');
  const rule = RULES.get(number);
  const isAgain = before.some((earlier) => earlier.number === number);
  if (rule !== undefined && value.length <= rule.maxLength && (rule.repeatable || !isAgain)) return true;
  if (number % 2 === 1) throw new CoapRefusal('4.02', `option ${number} is not known, too long or repeated`);
  return false;
}

function mapped<From, To>(value: From | undefined, map: (value: From) => To): To | undefined {
  return value === undefined ? undefined : map(value);
}
