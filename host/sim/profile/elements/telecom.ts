// SPDX-License-Identifier: Apache-2.0
// PE-TELECOM: DF.TELECOM with its access rules and the title of the set-up menu (3GPP TS 31.102 §4.6).
import { oidContent, tlv } from '../../codec/ber.js';
import { utf8 } from '../../codec/bytes.js';
import { PROFILE_ELEMENT, TEMPLATE } from '../interoperable-format.js';
import { accessRulesFile } from './access-rules.js';
import { describedFile, FILE_DESCRIPTOR } from './file.js';
import { type NumberedElement, numbered } from './numbered.js';

/** File identifier of DF.TELECOM. */
export const TELECOM_FILE_ID = 0x7f10;
const SUME_FILE_ID = 0x6f54;

/** @param pins key references of its PIN status template. */
export function telecom(pins: readonly number[], menuTitle: string): NumberedElement {
  const sume = tlv(0x85, utf8(menuTitle));
  return numbered(
    PROFILE_ELEMENT.telecom,
    tlv(0x81, oidContent(TEMPLATE.telecom)),
    describedFile(0xa2, { fileId: TELECOM_FILE_ID, pinStatusTemplate: pins }),
    accessRulesFile(0xa3),
    describedFile(0xa5, { fileDescriptor: FILE_DESCRIPTOR.transparent, fileId: SUME_FILE_ID, sizeBytes: sume.length }, sume),
  );
}
