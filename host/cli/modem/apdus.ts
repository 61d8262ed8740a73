// SPDX-License-Identifier: Apache-2.0
// The few APDUs of a probe: none of them changes anything on the card (ETSI TS 102 221 §10.1, §11.1; SGP.22 v2.5 §5.7.20).

/** Of the ISD-R (SGP.02 §2.2.3). */
export const ISD_R = 'A0000005591010FFFFFFFF8900000100';
export const STATUS = '80F2000000';
export const OPEN_CHANNEL = '0070000001';
/** STORE DATA with GetEID; its channel is put in by AT+CGLA. */
export const GET_EID = '80E2910006BF3E035C015A';

/** TERMINAL CAPABILITY, without which an eUICC may run no function of ES10 (SGP.32 v1.2 §3.8.2, SGP.22 v2.5 §3.4.2). */
export const TERMINAL_CAPABILITY = { ipad: '80AA000005A903840101', lpad: '80AA000005A903830107' } as const;

const HIGHEST_STANDARD_CHANNEL = 3;
const HIGHEST_CHANNEL = 19;

export const closeChannel = (channel: number): string => `007080${hexByte(channel)}00`;

/** SELECT of the ISD-R on this channel. */
export const selectIsdR = (channel: number): string =>
  `${hexByte(channel <= HIGHEST_STANDARD_CHANNEL ? channel : 0x40 | (channel - 4))}A4040010${ISD_R}`;

/** The channel that MANAGE CHANNEL has opened; undefined when the response opens none. */
export function openedChannel(response: string): number | undefined {
  const [, digits] = /^([0-9A-F]{2})9000$/.exec(response) ?? [];
  const channel = Number.parseInt(digits ?? '', 16);
  return channel >= 1 && channel <= HIGHEST_CHANNEL ? channel : undefined;
}

/** SW1SW2 of a response. */
export const statusOf = (response: string): string => response.slice(-4);

/** Whether the command was carried out, perhaps with data to fetch or a proactive command behind it. */
export const isDone = (response: string): boolean => /(9000|61..|91..|9F..)$/.test(response);

function hexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
