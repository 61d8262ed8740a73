// SPDX-License-Identifier: Apache-2.0
// Status words the simulated eUICC answers with (ISO/IEC 7816-4, ETSI TS 102 221 §10.2.1), and the error that carries one.

/** Status words, by what they say. */
export const STATUS = {
  ok: 0x9000,
  noInformation: 0x6200,
  wrongLength: 0x6700,
  channelNotSupported: 0x6881,
  conditionsNotSatisfied: 0x6985,
  incorrectData: 0x6a80,
  functionNotSupported: 0x6a81,
  notFound: 0x6a82,
  incorrectParameters: 0x6a86,
  instructionNotSupported: 0x6d00,
  classNotSupported: 0x6e00,
  technicalProblem: 0x6f00,
} as const;

/** Ends a command with a status word and no data. */
export class StatusWordError extends Error {
  override readonly name = 'StatusWordError';
  /** @param statusWord SW1SW2 as one number, for example 0x6A80. */
  constructor(readonly statusWord: number) {
    super(`status word ${statusWord.toString(16).toUpperCase()}`);
  }
}

/** SW1SW2 as two bytes. */
export function statusBytes(statusWord: number): Uint8Array {
  return Uint8Array.of(statusWord >> 8, statusWord & 0xff);
}
