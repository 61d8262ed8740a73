// SPDX-License-Identifier: Apache-2.0
// PE-MF: the master file with EF.PL, EF.ICCID, EF.DIR and EF.ARR (ETSI TS 102 221 §13).
import { oidContent, tlv } from '../../codec/ber.js';
import { utf8 } from '../../codec/bytes.js';
import { iccidContent } from '../iccid.js';
import { PROFILE_ELEMENT, TEMPLATE } from '../interoperable-format.js';
import { accessRulesFile } from './access-rules.js';
import { describedFile, recordFile, templateFile } from './file.js';
import { type NumberedElement, numbered } from './numbered.js';

export interface MfOptions {
  readonly iccid: string;
  /** Key references of the global PINs. */
  readonly pins: readonly number[];
  /** Applications in EF.DIR: AID and label. */
  readonly applications: readonly (readonly [Uint8Array, string])[];
  /** EF.PL: language codes of two letters; without them there is no EF.PL. */
  readonly languages: readonly string[];
}

export function mf({ iccid, pins, applications, languages }: MfOptions): NumberedElement {
  const directory = applications.map(([aid, label]) => tlv(0x61, tlv(0x4f, aid), tlv(0x50, utf8(label))));
  return numbered(
    PROFILE_ELEMENT.mf,
    tlv(0x81, oidContent(TEMPLATE.mf)),
    describedFile(0xa2, { pinStatusTemplate: pins }),
    ...(languages.length === 0 ? [] : [describedFile(0xa3, { sizeBytes: languages.length * 2 }, utf8(languages.join('')))]),
    templateFile(0xa4, iccidContent(iccid)),
    recordFile(0xa5, directory),
    accessRulesFile(0xa6),
  );
}
