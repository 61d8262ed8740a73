// SPDX-License-Identifier: Apache-2.0
// A small terminal for the tests: opens the ISD-R on channel 1 and runs ES10 commands, with the APDUs it would take.
import { expect } from 'vitest';
import { readTlv, type Tlv, tlv } from '../../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../../host/sim/codec/bytes.js';
import { SimulatedEuicc, type SimulatedEuiccOptions, seededRandom } from '../../../../host/sim/euicc/index.js';
import { createTestPki } from '../../../../host/sim/pki/index.js';

export const EID = '89049032123451234512345678901235';
export const SMDP_ADDRESS = 'smdp.example.com';

export interface Es10Response {
  readonly data: Uint8Array;
  readonly status: number;
}

/** One PKI for all tests of a file; making it takes some milliseconds. */
export const pki = await createTestPki();

/** An eUICC with seeded randomness, not yet powered. */
export function makeEuicc(options: Partial<SimulatedEuiccOptions> = {}): SimulatedEuicc {
  return new SimulatedEuicc({ pki, random: seededRandom(1), ...options });
}

/** Sends an APDU given in hexadecimal; the response in hexadecimal. */
export function send(euicc: SimulatedEuicc, apdu: string): string {
  return hex(euicc.transmit(fromHex(apdu)));
}

/** Contents of TERMINAL CAPABILITY. */
export const IPAD = 'A903840101';
export const LPAD = 'A903830107';

/** Resets, declares an assistant (an IPA unless said otherwise), opens channel 1 and selects the ISD-R there. */
export function openIsdr(euicc: SimulatedEuicc, terminalCapability = IPAD): void {
  euicc.reset();
  expect(send(euicc, `80AA000005${terminalCapability}`)).toBe('9000');
  expect(send(euicc, '0070000001')).toBe('019000');
  expect(send(euicc, '01A4040C10A0000005591010FFFFFFFF8900000100')).toBe('9000');
}

/** An eUICC ready for ES10 commands. */
export function openedEuicc(options: Partial<SimulatedEuiccOptions> = {}): SimulatedEuicc {
  const euicc = makeEuicc(options);
  openIsdr(euicc);
  return euicc;
}

/** A consumer eUICC, with an LPA in the device. */
export function openedConsumerEuicc(options: Partial<SimulatedEuiccOptions> = {}): SimulatedEuicc {
  const euicc = makeEuicc({ kind: 'consumer', ...options });
  openIsdr(euicc, LPAD);
  return euicc;
}

/** Runs one ES10 command on channel 1, in blocks, and fetches the whole response. */
export function es10(euicc: SimulatedEuicc, request: Uint8Array, blockBytes = 255): Es10Response {
  let response: Uint8Array = new Uint8Array(0);
  for (let offset = 0, block = 0; offset < request.length; offset += blockBytes, block++) {
    const data = request.subarray(offset, offset + blockBytes);
    const last = offset + blockBytes >= request.length;
    response = euicc.transmit(concat(Uint8Array.of(0x81, 0xe2, last ? 0x91 : 0x11, block, data.length), data));
    if (!last && statusOf(response) !== 0x9000) return { data: new Uint8Array(0), status: statusOf(response) };
  }
  return fetchAll(euicc, response);
}

function fetchAll(euicc: SimulatedEuicc, first: Uint8Array): Es10Response {
  const parts = [first.subarray(0, -2)];
  let status = statusOf(first);
  while (status >> 8 === 0x61) {
    const more = euicc.transmit(Uint8Array.of(0x81, 0xc0, 0, 0, status & 0xff));
    parts.push(more.subarray(0, -2));
    status = statusOf(more);
  }
  return { data: concat(...parts), status };
}

function statusOf(response: Uint8Array): number {
  return response.at(-2)! * 256 + response.at(-1)!;
}

/** Runs a command that has to succeed; its response, parsed. */
export function ask(euicc: SimulatedEuicc, request: Uint8Array | string): Tlv {
  const { data, status } = es10(euicc, typeof request === 'string' ? fromHex(request) : request);
  expect(status.toString(16)).toBe('9000');
  return readTlv(data);
}

/** The same, in hexadecimal on both sides. */
export function askHex(euicc: SimulatedEuicc, request: string): string {
  return hex(ask(euicc, request).raw);
}

/** The status word of a command that has to fail. */
export function refused(euicc: SimulatedEuicc, request: Uint8Array | string): string {
  const { data, status } = es10(euicc, typeof request === 'string' ? fromHex(request) : request);
  expect(hex(data)).toBe('');
  return status.toString(16).toUpperCase();
}

/** Turns one bit of the last byte over. */
export function damaged(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 1]! ^= 1;
  return copy;
}

/** An element with one of its children replaced (or removed, by undefined), everything else as it was. */
export function withChild(element: Uint8Array, tag: number, replacement: Uint8Array | undefined): Uint8Array {
  const parsed = readTlv(element);
  const index = parsed.children.findIndex((each) => each.tag === tag);
  const parts = parsed.children.map((each, at) => (at === index ? (replacement ?? new Uint8Array(0)) : each.raw));
  return tlv(parsed.tag, ...parts);
}
