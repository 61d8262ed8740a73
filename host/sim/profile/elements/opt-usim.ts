// SPDX-License-Identifier: Apache-2.0
// PE-OPT-USIM: optional files of the USIM created before it (3GPP TS 31.102 §4.2).
import { oidContent, tlv } from '../../codec/ber.js';
import { concat, fromHex, utf8 } from '../../codec/bytes.js';
import { mccMncContent } from '../iccid.js';
import { PROFILE_ELEMENT, TEMPLATE } from '../interoperable-format.js';
import { describedFile, FILE_DESCRIPTOR, padded, recordFile } from './file.js';
import { type NumberedElement, numbered } from './numbered.js';
import type { Subscription } from './subscription.js';

/** A record of EF.MSISDN: 20 bytes of name, then length, type of number, 10 bytes of digits, two references. */
const DIALLING_NUMBER_BYTES = 34;
const NAME_BYTES = 20;
/** E-UTRAN and NG-RAN. */
const ACCESS_TECHNOLOGIES = fromHex('4800');

/** EF.LI, EF.GID1, EF.GID2, EF.MSISDN, EF.OPLMNwACT and EF.HPLMNwACT. */
export function optUsim({ mccMnc, imsi }: Subscription): NumberedElement {
  const network = concat(mccMncContent(mccMnc), ACCESS_TECHNOLOGIES);
  return numbered(
    PROFILE_ELEMENT.optUsim,
    tlv(0x81, oidContent(TEMPLATE.optUsim)),
    transparent(0xa2, 0x6f05, utf8('ende')),
    transparent(0xa5, 0x6f3e, fromHex('01FF')),
    transparent(0xa6, 0x6f3f, fromHex('02FF')),
    recordFile(0xa7, [ownNumber(imsi)], { fileId: 0x6f40 }),
    transparent(0xb0, 0x6f61, network),
    transparent(0xb1, 0x6f62, network),
  );
}

function transparent(tag: number, fileId: number, content: Uint8Array): Uint8Array {
  return describedFile(tag, { fileDescriptor: FILE_DESCRIPTOR.transparent, fileId, sizeBytes: content.length }, content);
}

/** The MSIN as an international number without a name. */
function ownNumber(imsi: string): Uint8Array {
  const digits = fromHex(imsi.slice(-10).replace(/(.)(.)/g, '$2$1'));
  const number = concat(new Uint8Array(NAME_BYTES).fill(0xff), Uint8Array.of(1 + digits.length, 0x91), digits);
  return padded(number, DIALLING_NUMBER_BYTES);
}
