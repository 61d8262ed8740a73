// SPDX-License-Identifier: Apache-2.0
// PE-ISIM: ADF ISIM with the identities that follow from the IMSI (3GPP TS 31.103 §4.2, TS 23.003 §13).
import { oidContent, tlv } from '../../codec/ber.js';
import { utf8 } from '../../codec/bytes.js';
import { PROFILE_ELEMENT, TEMPLATE } from '../interoperable-format.js';
import { accessRulesFile } from './access-rules.js';
import { describedFile, recordFile, serviceTable, templateFile, transparentFile } from './file.js';
import { type NumberedElement, numbered } from './numbered.js';
import { ADF_FILE_ID, homeDomain, ISIM_AID, type Subscription } from './subscription.js';

/** EF.IST: P-CSCF address 1. */
const SERVICES = [1];

/** @param pins key references of its PIN status template. */
export function isim(subscription: Subscription, pins: readonly number[]): NumberedElement {
  const domain = homeDomain(subscription);
  const privateIdentity = `${subscription.imsi}@${domain}`;
  return numbered(
    PROFILE_ELEMENT.isim,
    tlv(0x81, oidContent(TEMPLATE.isim)),
    describedFile(0xa2, { fileId: ADF_FILE_ID.isim, dfName: ISIM_AID, pinStatusTemplate: pins }),
    transparentFile(0xa3, tlv(0x80, utf8(privateIdentity))),
    recordFile(0xa4, [tlv(0x80, utf8(`sip:${privateIdentity}`))]),
    transparentFile(0xa5, tlv(0x80, utf8(domain))),
    transparentFile(0xa6, serviceTable(SERVICES)),
    templateFile(0xa7, new Uint8Array(3)),
    accessRulesFile(0xa8),
  );
}
