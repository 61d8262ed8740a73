// SPDX-License-Identifier: Apache-2.0
// PE-Application: a load package and one instance of its applet (Interoperable Format §8.7). The package has the components of a CAP file
// (Java Card Virtual Machine Specification §6) with seeded bytes for code; it could be loaded, and would do nothing sensible.
import { createHash } from 'node:crypto';
import { tlv } from '../../codec/ber.js';
import { concat, fromHex } from '../../codec/bytes.js';
import { PROFILE_ELEMENT } from '../interoperable-format.js';
import type { SeededBytes } from '../seeded-bytes.js';
import { twoBytes } from './file.js';
import { type NumberedElement, numbered } from './numbered.js';
import { MNO_SECURITY_DOMAIN_AID } from './security-domain.js';

const PACKAGE_AID = fromHex('F053494D504B47');
const APPLET_AID = fromHex('F053494D504B4701');
const FRAMEWORK_AID = fromHex('A0000000620101');
const COMPONENT = { header: 1, directory: 2, applet: 3, import: 4, method: 7 } as const;
const COMPONENTS = 11;
const NO_PRIVILEGES = fromHex('000000');
const RESERVED_BYTES = twoBytes(256);

/** The instance is selectable, which is the default. @param codeBytes size of the method component, at most 65,535. */
export function application(codeBytes: number, random: SeededBytes): NumberedElement {
  const loadBlock = executableLoadFile(random.take(codeBytes));
  const loadPackage = tlv(
    0xa1,
    tlv(0x4f, PACKAGE_AID),
    tlv(0x4f, MNO_SECURITY_DOMAIN_AID),
    tlv(0xc6, lengthBytes(loadBlock.length)),
    tlv(0xc7, RESERVED_BYTES),
    tlv(0xc8, RESERVED_BYTES),
    tlv(0xc1, createHash('sha256').update(loadBlock).digest()),
    tlv(0xc4, loadBlock),
  );
  const instance = tlv(
    0x30,
    tlv(0x4f, PACKAGE_AID),
    tlv(0x4f, APPLET_AID),
    tlv(0x4f, APPLET_AID),
    tlv(0x4f, MNO_SECURITY_DOMAIN_AID),
    tlv(0x82, NO_PRIVILEGES),
    tlv(0xc9),
  );
  return numbered(PROFILE_ELEMENT.application, loadPackage, tlv(0xa2, instance));
}

/** Two bytes, or four for what two cannot say. */
function lengthBytes(length: number): Uint8Array {
  return length <= 0xffff ? twoBytes(length) : concat(twoBytes(length >>> 16), twoBytes(length & 0xffff));
}

function executableLoadFile(code: Uint8Array): Uint8Array {
  const header = concat(fromHex('DECAFFED 0102 04'), packageInfo(PACKAGE_AID));
  const imported = concat(Uint8Array.of(1), packageInfo(FRAMEWORK_AID));
  const applet = concat(Uint8Array.of(1, APPLET_AID.length), APPLET_AID, twoBytes(0));
  const sizes = { [COMPONENT.header]: header, [COMPONENT.applet]: applet, [COMPONENT.import]: imported, [COMPONENT.method]: code };
  return concat(
    component(COMPONENT.header, header),
    component(COMPONENT.directory, directory(sizes)),
    component(COMPONENT.import, imported),
    component(COMPONENT.applet, applet),
    component(COMPONENT.method, code),
  );
}

/** Minor and major version of a package, and its AID. */
function packageInfo(aid: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0, 1, aid.length), aid);
}

/** Sizes of all components, no static fields, one imported package, one applet, no custom components. */
function directory(contents: Readonly<Record<number, Uint8Array>>): Uint8Array {
  const counts = fromHex('000000000000 01 01 00');
  const ownBytes = COMPONENTS * 2 + counts.length;
  const sizes = Array.from({ length: COMPONENTS }, (_, index) =>
    twoBytes(index + 1 === COMPONENT.directory ? ownBytes : (contents[index + 1]?.length ?? 0)),
  );
  return concat(...sizes, counts);
}

function component(tag: number, contents: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(tag), twoBytes(contents.length), contents);
}
