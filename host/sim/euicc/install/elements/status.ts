// SPDX-License-Identifier: Apache-2.0
// How processing a profile package ends: PEStatus and EUICCResponse (Interoperable Format §8.11), which travel as simaResponse.
import { tlv } from '../../../codec/ber.js';
import { integerElement } from '../../domain/elements.js';

/** Status of a profile element. */
export const ELEMENT_STATUS = {
  ok: 0,
  notSupported: 1,
  /** A value out of its range, or one that contradicts another. */
  badValues: 3,
  notEnoughMemory: 4,
  /** Not BER, a field missing or of a wrong length, an element out of order. */
  invalidRequestFormat: 5,
  /** Names something that is not there. */
  invalidParameter: 6,
  libraryNotSupported: 8,
  templateNotSupported: 9,
  featureNotSupported: 10,
  pinCodeMissing: 11,
  unsupportedProfileVersion: 31,
} as const;

/** What became of one profile element. */
export interface ElementStatus {
  readonly status: number;
  /** Absent for the profile header, and for elements whose number could not be read. */
  readonly identification: number | undefined;
}

/** Ends the processing of a profile element. */
export class ElementError extends Error {
  override readonly name = 'ElementError';
  /** @param status one of ELEMENT_STATUS. @param identification of another element than the one in progress. */
  constructor(
    readonly status: number,
    what: string,
    readonly identification?: number,
  ) {
    super(`${what} (status ${status})`);
  }
}

/** `30{A0{30{80 status, 81 identification}}, 81 aborted}`; one plain ok when there is nothing to tell. */
export function euiccResponse(statuses: readonly ElementStatus[], aborted: boolean): Uint8Array {
  const list = statuses.length > 0 ? statuses : [{ status: ELEMENT_STATUS.ok, identification: undefined }];
  const elements = list.map(({ status, identification }) =>
    tlv(0x30, integerElement(0x80, status), ...(identification === undefined ? [] : [integerElement(0x81, identification)])),
  );
  return tlv(0x30, tlv(0xa0, ...elements), ...(aborted ? [tlv(0x81)] : []));
}
