// SPDX-License-Identifier: Apache-2.0
// PE-AKAParameter of the NAA created before it: Milenage or TUAK with its keys (3GPP TS 35.206, TS 35.231).
import { tlv } from '../../codec/ber.js';
import { fromHex } from '../../codec/bytes.js';
import { PROFILE_ELEMENT } from '../interoperable-format.js';
import { integerElement, type NumberedElement, numbered } from './numbered.js';
import type { Subscription } from './subscription.js';

const ALGORITHM_ID = { milenage: 1, tuak: 2 } as const;
/** RES and MAC of 8 bytes, CK and IK of 16. */
const ALGORITHM_OPTIONS = { milenage: 0x01, tuak: 0x09 } as const;
const KECCAK_ROUNDS = 2;
/** r1 to r5 in bits and c1 to c5 (3GPP TS 35.206 §5.3), chosen by the operator: DER has no room for values that are the default. */
const ROTATION_CONSTANTS = fromHex('4008284868');
const XORING_CONSTANTS = fromHex([0x00, 0x10, 0x20, 0x40, 0x80].map((constant) => constant.toString(16).padStart(32, '0')).join(''));
const SEQUENCE_NUMBERS = 32;

/** What is other than the default besides the keys: nothing, the constants of the algorithm, or also the sequence numbers. */
export type AkaDetail = 'keys' | 'constants' | 'sequenceNumbers';

export function akaParameter({ algorithm, key, opc }: Subscription, detail: AkaDetail): NumberedElement {
  const constants = [tlv(0x84, ROTATION_CONSTANTS), tlv(0x85, XORING_CONSTANTS)];
  const parameters = tlv(
    0xa1,
    integerElement(0x80, ALGORITHM_ID[algorithm]),
    tlv(0x81, Uint8Array.of(ALGORITHM_OPTIONS[algorithm])),
    tlv(0x82, key),
    tlv(0x83, opc),
    ...(detail !== 'keys' && algorithm === 'milenage' ? constants : []),
    ...(detail !== 'keys' && algorithm === 'tuak' ? [integerElement(0x87, KECCAK_ROUNDS)] : []),
  );
  return numbered(PROFILE_ELEMENT.akaParameter, tlv(0xa1, parameters), ...(detail === 'sequenceNumbers' ? sequenceNumbers() : []));
}

/** sqnDelta, and the array of sequence numbers. */
function sequenceNumbers(): Uint8Array[] {
  const used = tlv(0x04, fromHex('000000000001'));
  return [tlv(0x83, fromHex('000020000000')), tlv(0xa5, ...Array.from({ length: SEQUENCE_NUMBERS }, () => used))];
}
