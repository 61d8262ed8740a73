// SPDX-License-Identifier: Apache-2.0
// PE-USIM: ADF USIM with its mandatory files, and on request those a phone writes to (3GPP TS 31.102 §4.2).
import { oidContent, tlv } from '../../codec/ber.js';
import { concat, fromHex, utf8 } from '../../codec/bytes.js';
import { imsiContent, mccMncContent } from '../iccid.js';
import { PROFILE_ELEMENT, TEMPLATE } from '../interoperable-format.js';
import { accessRulesFile } from './access-rules.js';
import { describedFile, padded, serviceTable, templateFile, transparentFile, twoBytes } from './file.js';
import { type NumberedElement, numbered } from './numbered.js';
import { ADF_FILE_ID, type Subscription, USIM_AID } from './subscription.js';

const NAME_BYTES = 16;
const NO_LOCATION = fromHex('FFFE');
/** Service numbers of EF.UST: SMS 10, service provider name 19; GID1 17, GID2 18, OPLMNwAcT 42, HPLMNwAcT 43, MSISDN 21, EPS mobility 85. */
const SERVICES = { always: [10, 19, 33], optional: [17, 18, 21, 42, 43, 85] };

/** @param pins key references of its PIN status template. @param complete with EF.KEYS, EF.HPPLMN, EF.LOCI and their like, and PE-OPT-USIM to come. */
export function usim(subscription: Subscription, pins: readonly number[], complete: boolean): NumberedElement {
  const more = (file: () => Uint8Array): Uint8Array[] => (complete ? [file()] : []);
  const home = mccMncContent(subscription.mccMnc);
  return numbered(
    PROFILE_ELEMENT.usim,
    tlv(0x81, oidContent(TEMPLATE.usim)),
    describedFile(0xa2, { fileId: ADF_FILE_ID.usim, dfName: USIM_AID, pinStatusTemplate: pins }),
    templateFile(0xa3, imsiContent(subscription.imsi)),
    accessRulesFile(0xa4),
    ...more(() => templateFile(0xa5, noKeys())),
    ...more(() => templateFile(0xa6, noKeys())),
    ...more(() => templateFile(0xa7, Uint8Array.of(5))),
    transparentFile(0xa8, serviceTable(complete ? [...SERVICES.always, ...SERVICES.optional] : SERVICES.always)),
    templateFile(0xad, concat(Uint8Array.of(0), padded(utf8(subscription.serviceProviderName), NAME_BYTES))),
    templateFile(0xae, Uint8Array.of(0)),
    ...more(() => templateFile(0xb1, concat(fromHex('FFFFFFFF FFFFFF'), home, NO_LOCATION, fromHex('FF01')))),
    templateFile(0xb2, accessControlClass(subscription.imsi)),
    ...more(() => templateFile(0xb3, padded(new Uint8Array(0), 12))),
    ...more(() => templateFile(0xb4, concat(fromHex('FFFFFFFF'), home, NO_LOCATION, fromHex('FF01')))),
    templateFile(0xb5, Uint8Array.of(0, 0, 0, subscription.mccMnc.length - 3)),
    templateFile(0xb6, fromHex('11F2FF00')),
    ...more(() => templateFile(0xb8, concat(new Uint8Array(12).fill(0xff), home, NO_LOCATION, Uint8Array.of(1)))),
  );
}

/** EF.KEYS and EF.KEYSPS before the first authentication: key set identifier 7, no keys. */
function noKeys(): Uint8Array {
  return padded(Uint8Array.of(7), 33);
}

/** EF.ACC: classes 0 to 9 are given out by the last digit of the IMSI (3GPP TS 22.011 §4.2). */
function accessControlClass(imsi: string): Uint8Array {
  return twoBytes(1 << Number(imsi.at(-1)));
}
