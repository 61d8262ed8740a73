// SPDX-License-Identifier: Apache-2.0
// A simulated eIM with a virtual clock and one device behind a wire, and CoAP messages in short.
import { tlv } from '../../../../../host/sim/codec/ber.js';
import { concat, fromHex, utf8 } from '../../../../../host/sim/codec/bytes.js';
import { type Block, blockValue } from '../../../../../host/sim/eim/coap/block.js';
import {
  type CoapMessage,
  type CoapOption,
  Option,
  optionValues,
  readMessage,
  writeMessage,
} from '../../../../../host/sim/eim/coap/message.js';
import { type EimCoapOptions, type QueuedItem, SimulatedEim, type SimulatedEimOptions } from '../../../../../host/sim/eim/index.js';
import type { TestPki } from '../../../../../host/sim/pki/index.js';
import { settled, TurnedClock } from '../../../../support/turned-clock.js';
import { EID } from '../../support/card.js';
import { Wire } from './wire.js';

export const TOKEN = fromHex('A1B2C3D4');
export const PATH: readonly CoapOption[] = ['gsma', 'rsp2', 'asn1'].map((segment) => ({ number: Option.UriPath, value: utf8(segment) }));

export interface Bed {
  readonly eim: SimulatedEim;
  readonly clock: TurnedClock;
  readonly wire: Wire;
}

/** Serves the wire; nothing listens on a port. */
export function startBed(pki: TestPki, coap: EimCoapOptions = {}, options: Partial<SimulatedEimOptions> = {}): Bed {
  const clock = new TurnedClock();
  const eim = new SimulatedEim({ pki, ...options, coap: { clock, ...coap } });
  eim.register({ eid: EID, euiccCertificate: pki.euicc.certificate, eumCertificate: pki.eum.certificate });
  const wire = new Wire();
  eim.serve(wire);
  return { eim, clock, wire };
}

/** A package of this many bytes with its GetEimPackageResponse around it. Every byte tells its place. */
export function queueBody(eim: SimulatedEim, length: number): { readonly item: QueuedItem; readonly body: Uint8Array } {
  const lengthOctets = [0x7f + 3, 0xff + 4, 0xffff + 5].filter((longest) => length > longest).length;
  const bytes = Uint8Array.from({ length: length - 3 - lengthOctets }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
  return { item: eim.queue(EID, { kind: 'raw', bytes }), body: tlv(0xbf4f, bytes) };
}

export interface RequestFields extends Partial<CoapMessage> {
  readonly block1?: Block;
  readonly block2?: Block;
  readonly requestTag?: string;
  readonly more?: readonly CoapOption[];
}

/** A confirmable POST to the eIM's path, with other fields where they are given. */
export function request(messageId: number, payload: Uint8Array, fields: RequestFields = {}): Uint8Array {
  const { block1, block2, requestTag, more = [], options = PATH, ...others } = fields;
  const all = [
    ...options,
    ...(block2 ? [{ number: Option.Block2, value: blockValue(block2) }] : []),
    ...(block1 ? [{ number: Option.Block1, value: blockValue(block1) }] : []),
    ...(requestTag === undefined ? [] : [{ number: Option.RequestTag, value: fromHex(requestTag) }]),
    ...more,
  ];
  const sorted = all.toSorted((a, b) => a.number - b.number);
  return writeMessage({ type: 'CON', code: '0.02', messageId, token: TOKEN, payload, ...others, options: sorted });
}

/** The only datagram among these, read. */
export function only(datagrams: readonly string[]): CoapMessage {
  if (datagrams.length !== 1) throw new Error(`${datagrams.length} datagrams instead of one: ${datagrams.join(' ')}`);
  return readMessage(fromHex(datagrams[0]!));
}

/** Sends a request and gives its one answer. */
export async function ask(wire: Wire, messageId: number, payload: Uint8Array, fields: RequestFields = {}): Promise<CoapMessage> {
  return only(await wire.receive(request(messageId, payload, fields)));
}

/** "2.05", or with its diagnostic. */
export function outcome({ code, payload }: CoapMessage): string {
  return payload.length === 0 ? code : `${code} ${new TextDecoder().decode(payload)}`;
}

/** The block option of a response as it stands in it, in hexadecimal; undefined when it has none. */
export function option({ options }: CoapMessage, number: number): string | undefined {
  const [value] = optionValues({ options }, number);
  return value && Buffer.from(value).toString('hex').toUpperCase();
}

/** The whole body of an answer, asking block after block; the answers too. */
export async function fetchBody(
  wire: Wire,
  first: CoapMessage,
  fields: RequestFields & { readonly messageId: number },
): Promise<{ readonly body: Uint8Array; readonly answers: readonly CoapMessage[] }> {
  const answers = [first];
  for (let answer = first; option(answer, Option.Block2) !== undefined; ) {
    const value = Number.parseInt(option(answer, Option.Block2) || '0', 16);
    if ((value & 8) === 0) break;
    const next: CoapOption = { number: Option.Block2, value: fromHexNumber(((value >> 4) + 1) * 16 + (value & 7)) };
    const { messageId, ...others } = fields;
    answer = await ask(wire, messageId + answers.length, new Uint8Array(0), { ...others, more: [next] });
    answers.push(answer);
  }
  return { body: concat(...answers.map(({ payload }) => payload)), answers };
}

function fromHexNumber(value: number): Uint8Array {
  const digits = value === 0 ? '' : value.toString(16);
  return fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
}

export { settled };
