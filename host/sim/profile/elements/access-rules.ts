// SPDX-License-Identifier: Apache-2.0
// The two access rules every EF.ARR of a made profile holds (ETSI TS 102 221 §9.2.4, expanded format).
import { fromHex } from '../../codec/bytes.js';
import { recordFile } from './file.js';

/** Record 1: READ always, UPDATE never. Record 2: READ and UPDATE with PIN 1. */
const RECORDS = [fromHex('800101 9000 800102 9700'), fromHex('800103 A406 830101 950108')];

/** EF.ARR under the tag it has in its profile element. */
export function accessRulesFile(tag: number): Uint8Array {
  return recordFile(tag, RECORDS);
}
