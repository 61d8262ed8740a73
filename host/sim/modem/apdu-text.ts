// SPDX-License-Identifier: Apache-2.0
// APDUs as AT commands carry them: a length in hexadecimal characters, and the characters.

import { AtError, CmeError } from './at-error.js';
import type { AnswerQuirks } from './quirks.js';

/** A short APDU has 5 bytes of header, up to 255 of data and one Le; the shortest has 4 (ISO/IEC 7816-4 §5.1). */
const SHORTEST_CHARACTERS = 8;
const LONGEST_CHARACTERS = 522;

/** Reads `<length>,<command>` of AT+CSIM and AT+CGLA. @throws AtError when they do not fit each other or are no short APDU. */
export function readApdu(length: string | undefined, text: string | undefined): Uint8Array {
  const fits = text !== undefined && /^\d{1,3}$/.test(length ?? '') && Number(length) === text.length && text.length % 2 === 0;
  if (!fits || text.length < SHORTEST_CHARACTERS || text.length > LONGEST_CHARACTERS || !/^[0-9a-f]*$/i.test(text)) {
    throw new AtError(CmeError.IncorrectParameters);
  }
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Writes `<name>: <length>,"<response>"`, or what the modem has in its place. */
export function responseLine(name: string, response: Uint8Array, quirks: AnswerQuirks): string {
  const hex = Buffer.from(response).toString('hex');
  const digits = quirks.lowerCaseResponses ? hex : hex.toUpperCase();
  if (quirks.bareResponses === 'digits') return digits;
  const quoted = quirks.unquotedResponses ? digits : `"${digits}"`;
  const [colon, comma, end] = { standard: [': ', ',', ''], none: [':', ',', ''], many: [':  ', ' , ', ' '] }[quirks.blanks ?? 'standard'];
  const prefix = quirks.bareResponses === 'length' ? '' : `${name}${colon}`;
  return `${prefix}${digits.length}${comma}${quoted}${end}`;
}
