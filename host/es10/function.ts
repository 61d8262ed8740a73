// SPDX-License-Identifier: Apache-2.0
// What every ES10 function here is made of: a request to write, a response to read, and results with names.

import { type Element, Element as ElementReader, FieldError } from '../asn1/element.js';
import { tlv } from '../asn1/tlv.js';
import { Es10Error } from './error.js';

/** A function of ES10a, ES10b or ES10c: one element to the eUICC, one back. `Input` is void where there is nothing to say. */
export interface Es10Function<Input, Output> {
  /** Its name in SGP.22 or SGP.32, without the interface: "GetEID". */
  readonly name: string;
  /** The request in DER. @throws RangeError for input that cannot be written */
  encode(input: Input): Uint8Array;
  /** Reads the response. @throws Es10Error when it refuses or is malformed */
  decode(response: Uint8Array): Output;
}

/** Names of the results of a function by their numbers; 0 is success. */
export type ResultNames = Readonly<Record<number, string>>;

/** A result that is no success. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly number: number,
    readonly field: string,
    words = `${code} (${number})`,
  ) {
    super(words);
  }
}

interface Definition<Input, Output> {
  readonly name: string;
  /** Of request and response, where they are the same. */
  readonly tag: number;
  /** The contents of the request, part by part. Default: none. */
  readonly request?: (input: Input) => readonly ArrayLike<number>[];
  /** Reads the response, whose tag is right already. */
  readonly response: (response: Element) => Output;
}

/** Makes a function of what it sends and how its response is read. */
export function defineEs10<Input, Output>(definition: Definition<Input, Output>): Es10Function<Input, Output> {
  const { name, tag, request, response } = definition;
  return {
    name,
    encode: (input) => tlv(tag, ...(request?.(input) ?? [])),
    decode: (bytes) => {
      try {
        return response(ElementReader.read(bytes, 'response').expect(tag));
      } catch (cause) {
        throw explained(name, cause);
      }
    },
  };
}

function explained(functionName: string, cause: unknown): unknown {
  if (cause instanceof Refusal) return new Es10Error({ functionName, ...pick(cause) }, cause.message, { cause });
  if (!(cause instanceof FieldError)) return cause;
  return new Es10Error({ functionName, code: 'malformedResponse', number: -1, field: cause.field }, cause.message, { cause });
}

function pick({ code, number, field }: Refusal): Pick<Refusal, 'code' | 'number' | 'field'> {
  return { code, number, field };
}

/** Takes the result in this field. @throws Refusal unless it is 0 */
export function requireOk(response: Element, tag: number, field: string, names: ResultNames): void {
  const number = response.required(tag, field).integer();
  if (number !== 0) throw refusalOf(number, `response.${field}`, names);
}

/** Takes the alternative with this tag; the one with `errorTag` is a refusal. */
export function requireAlternative(
  response: Element,
  [tag, field]: [number, string],
  [errorTag, errorField]: [number, string],
  names: ResultNames,
): Element {
  const error = response.optional(errorTag, errorField);
  if (error) throw refusalOf(error.integer(), `response.${errorField}`, names);
  return response.required(tag, field);
}

/** The refusal for a number. */
export function refusalOf(number: number, field: string, names: ResultNames): Refusal {
  return new Refusal(names[number] ?? 'unknownResult', number, field);
}

/** DER of a BOOLEAN. */
export const booleanContents = (value: boolean): number[] => [value ? 0xff : 0];

/** Whether the eUICC asks the device to refresh. */
export interface RefreshInput {
  /**
   * True: the eUICC asks the modem for a REFRESH, which fails with catBusy while the modem talks to it. Default false: the switch is made at
   * once, and the module resets the card.
   */
  readonly refresh?: boolean;
}

/** The functions that take a refreshFlag alone and give a result alone. */
export function defineRefreshing(
  name: string,
  tag: number,
  field: string,
  names: ResultNames,
): Es10Function<RefreshInput | undefined, void> {
  return defineEs10({
    name,
    tag,
    request: (input) => [tlv(0x80, booleanContents(input?.refresh ?? false))],
    response: (response) => requireOk(response, 0x80, field, names),
  });
}
