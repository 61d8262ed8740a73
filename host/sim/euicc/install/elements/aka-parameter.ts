// SPDX-License-Identifier: Apache-2.0
// PE-AKAParameter and PE-CDMAParameter: the keys of the network access application created last (Interoperable Format).
import { child, type Tlv } from '../../../codec/ber.js';
import { PROFILE_ELEMENT } from '../../../profile/interoperable-format.js';
import type { Draft, Naa } from './draft.js';
import { aidOf, badValue, field, integerUpTo, malformed, optionalInteger, sized, unknownReference } from './fields.js';

/** Lengths of K and OPc (or TOPc) in bytes by algorithmID: Milenage, TUAK and the USIM test algorithm, which ignores OPc. */
const ALGORITHMS: ReadonlyMap<number, { readonly key: readonly number[]; readonly opc?: readonly number[] }> = new Map([
  [1, { key: [16], opc: [16] }],
  [2, { key: [16, 32], opc: [32] }],
  [3, { key: [16] }],
]);
const ROTATION_CONSTANTS = 5;
const LARGEST_ROTATION = 127;
const XORING_BYTES = 80;
const SEQUENCE_NUMBERS = 32;
const SEQUENCE_NUMBER_BYTES = 6;
const LARGEST_FIRST_BYTE = 0x07;

/** Throws ElementError: no application to belong to, an algorithm that does not exist, keys or constants of a wrong length. */
export function readAkaParameter(draft: Draft, element: Tlv): void {
  const naa = lastNaa(draft, [PROFILE_ELEMENT.usim, PROFILE_ELEMENT.isim]);
  const [choice] = field(element, 0xa1).children;
  if (choice?.tag === 0xa0) checkMapping(draft, choice);
  else if (choice?.tag === 0xa1) checkAlgorithm(choice);
  else throw malformed('neither an algorithm nor another application that has one');
  checkSequenceNumbers(element);
  naa.hasAlgorithm = true;
}

/** authenticationKey of 8 bytes; ssd, HRPD and IP data are taken as they are. Throws ElementError. */
export function readCdmaParameter(draft: Draft, element: Tlv): void {
  const naa = lastNaa(draft, [PROFILE_ELEMENT.csim]);
  sized(field(element, 0x81), 8);
  const ssd = child(element, 0x82);
  if (ssd) sized(ssd, 16);
  naa.hasAlgorithm = true;
}

function lastNaa(draft: Draft, elements: readonly number[]): Naa {
  const naa = draft.naas.at(-1);
  if (naa === undefined || !elements.includes(naa.element)) throw unknownReference('no application for these parameters');
  return naa;
}

function checkMapping(draft: Draft, mapping: Tlv): void {
  sized(field(mapping, 0x80), 1);
  const source = aidOf(field(mapping, 0x81));
  if (!draft.adfAids.has(source)) throw unknownReference(`no application ${source}`);
}

function checkAlgorithm(parameters: Tlv): void {
  const number = integerUpTo(field(parameters, 0x80), 0xff);
  const lengths = ALGORITHMS.get(number);
  if (lengths === undefined) throw badValue(`algorithm ${number}`);
  sized(field(parameters, 0x81), 1);
  sized(field(parameters, 0x82), ...lengths.key);
  const opc = field(parameters, 0x83);
  if (lengths.opc) sized(opc, ...lengths.opc);
  const rotations = child(parameters, 0x84);
  if (rotations && sized(rotations, ROTATION_CONSTANTS).some((bits) => bits > LARGEST_ROTATION))
    throw badValue('a rotation beyond 127 bits');
  const xoring = child(parameters, 0x85);
  if (xoring) sized(xoring, XORING_BYTES);
  const counter = child(parameters, 0x86);
  if (counter) sized(counter, 3);
  if (optionalInteger(parameters, 0x87, 0xff) === 0) throw badValue('no round of Keccak');
}

function checkSequenceNumbers(element: Tlv): void {
  for (const tag of [0x83, 0x84]) {
    const limit = child(element, tag);
    if (limit) checkSequenceNumber(limit);
  }
  const list = child(element, 0xa5);
  if (list === undefined) return;
  if (list.children.length !== SEQUENCE_NUMBERS) throw malformed(`${list.children.length} sequence numbers`);
  for (const number of list.children) checkSequenceNumber(number);
}

/** At most 07FFFFFFFFFF: the index is no part of it. */
function checkSequenceNumber(number: Tlv): void {
  if (sized(number, SEQUENCE_NUMBER_BYTES)[0]! > LARGEST_FIRST_BYTE) throw badValue('a sequence number of more than 43 bits');
}
