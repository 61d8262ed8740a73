// SPDX-License-Identifier: Apache-2.0
// ProfileHeader: whether this eUICC can do what the profile demands (Interoperable Format §8.2).
import { child, readOid, type Tlv } from '../../../codec/ber.js';
import { hex, text } from '../../../codec/bytes.js';
import type { Draft } from './draft.js';
import { aidOf, badValue, field, integerUpTo, malformed, sized } from './fields.js';
import { ELEMENT_STATUS, ElementError } from './status.js';
import { KNOWN_TEMPLATES } from './templates.js';

const OLDEST_MAJOR_VERSION = 2;
const ICCID_BYTES = 10;
const MOST_TYPE_CHARACTERS = 100;

/**
 * Tags of ServicesList that this eUICC has: all of version 2.3 but multos (8C). In order: contactless, usim, isim, csim, milenage, tuak128,
 * cave, gba-usim, gba-isim, mbms, eap, javacard, multiple-usim, -isim, -csim, tuak256, usim-test-algorithm, ber-tlv, dfLink, cat-tp,
 * get-identity, profile-a-x25519, profile-b-p256, suciCalculatorApi.
 */
const SERVICES: ReadonlySet<number> = new Set(Array.from({ length: 0x19 }, (_, number) => 0x80 + number).filter((tag) => tag !== 0x8c));

/** Libraries on the card: javacard.framework and security, uicc.access and toolkit (ETSI TS 101 220 Annex E). */
const LIBRARIES: ReadonlySet<string> = new Set([
  'A0000000620101',
  'A0000000620102',
  'A0000000090005FFFFFFFF8911000000',
  'A0000000090005FFFFFFFF8912000000',
]);

/** Throws ElementError when the profile needs a version, service, template or library that is not there. */
export function readProfileHeader(draft: Draft, header: Tlv): void {
  checkVersion(draft, header);
  checkProfileType(header);
  draft.iccid = iccidOf(field(header, 0x83));
  for (const { tag } of field(header, 0xa5).children)
    if (!SERVICES.has(tag)) throw new ElementError(ELEMENT_STATUS.featureNotSupported, `service ${tag.toString(16)}`);
  for (const template of field(header, 0xa6).children)
    if (!KNOWN_TEMPLATES.has(readOid(template))) throw new ElementError(ELEMENT_STATUS.templateNotSupported, readOid(template));
  for (const library of child(header, 0xa8)?.children ?? []) checkLibrary(library);
}

/** The minor version is information only. */
function checkVersion(draft: Draft, header: Tlv): void {
  const major = integerUpTo(field(header, 0x80), 0xff);
  integerUpTo(field(header, 0x81), 0xff);
  if (major < OLDEST_MAJOR_VERSION || major > draft.majorVersion)
    throw new ElementError(ELEMENT_STATUS.unsupportedProfileVersion, `version ${major}`);
}

function checkProfileType(header: Tlv): void {
  const type = child(header, 0x82);
  if (type === undefined) return;
  const length = [...text(type.value)].length;
  if (length < 1 || length > MOST_TYPE_CHARACTERS) throw badValue(`a profile type of ${length} characters`);
}

/** The digits: not swapped, filled with F. */
function iccidOf(element: Tlv): string {
  const digits = hex(sized(element, ICCID_BYTES));
  const iccid = /^(\d{18,20})F*$/.exec(digits)?.[1];
  if (iccid === undefined) throw badValue(`an ICCID of ${digits}`);
  return iccid;
}

function checkLibrary(library: Tlv): void {
  const [aid, version] = library.children;
  if (aid === undefined || version === undefined) throw malformed('a mandatory AID without version');
  if (!LIBRARIES.has(aidOf(aid))) throw new ElementError(ELEMENT_STATUS.libraryNotSupported, hex(aid.value));
}
