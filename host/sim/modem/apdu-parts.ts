// SPDX-License-Identifier: Apache-2.0
// The parts of APDUs that a modem looks at (ISO/IEC 7816-4 §5.1, ETSI TS 102 221 §10.1).

export const FETCH = 0x12;
export const TERMINAL_RESPONSE = 0x14;
export const SELECT = 0xa4;
export const GET_RESPONSE = 0xc0;
export const STORE_DATA = 0xe2;

/** SW1 of "so many more bytes wait". */
export const MORE_DATA = 0x61;
/** SW1 of "a proactive command waits". */
export const PROACTIVE_COMMAND = 0x91;

/** SW1 of a response. */
export function statusHigh(response: Uint8Array): number {
  return response.at(-2)!;
}

/** Whether a SELECT was answered that there is no such application, 6A82. */
export function isMissing(response: Uint8Array): boolean {
  return statusHigh(response) === 0x6a && response.at(-1) === 0x82;
}

/** The interindustry class byte of the same logical channel (ETSI TS 102 221 §10.1.1); 00 for the basic channel. */
export function channelBits(classByte: number): number {
  return (classByte & 0x40) === 0 ? classByte & 0x03 : classByte & 0x4f;
}
