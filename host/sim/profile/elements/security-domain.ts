// SPDX-License-Identifier: Apache-2.0
// PE-SecurityDomain: a security domain with keys for SCP80 and SCP81 (Interoperable Format §8.6; GlobalPlatform Card Specification, Amendment B).
import { tlv } from '../../codec/ber.js';
import { fromHex } from '../../codec/bytes.js';
import { PROFILE_ELEMENT } from '../interoperable-format.js';
import type { SeededBytes } from '../seeded-bytes.js';
import { type NumberedElement, numbered } from './numbered.js';

/** AID of the MNO-SD. */
export const MNO_SECURITY_DOMAIN_AID = fromHex('A000000151000000');

/** Executable load file and module of the security domains every card has (GlobalPlatform). */
const SECURITY_DOMAIN_PACKAGE = fromHex('A0000001515350');
const SECURITY_DOMAIN_CLASS = fromHex('A000000151535041');
/** Security domain, card reset, CVM management and their like: what an MNO-SD may do. */
const PRIVILEGES = fromHex('82DC00');
const PERSONALISED = 0x0f;
/** SCP80 with i=15, SCP81 with i=02, extradition and deletion accepted. */
const INSTALL_PARAMETERS = fromHex('81028015 81028102 8201F0 8301F0');
const KEY_TYPE = { aes: 0x88, preSharedKey: 0x85 } as const;
const KEY_BYTES = 16;

/** Usage qualifier, identifier, version number and type of each key: KIc, KID and DEK of version 1; PSK and DEK of version 40 hex. */
const KEYS: readonly (readonly [number, number, number, number])[] = [
  [0x18, 1, 0x01, KEY_TYPE.aes],
  [0x14, 2, 0x01, KEY_TYPE.aes],
  [0x48, 3, 0x01, KEY_TYPE.aes],
  [0x3c, 1, 0x40, KEY_TYPE.preSharedKey],
  [0x48, 2, 0x40, KEY_TYPE.aes],
];

export function securityDomain(random: SeededBytes): NumberedElement {
  const instance = tlv(
    0xa1,
    tlv(0x4f, SECURITY_DOMAIN_PACKAGE),
    tlv(0x4f, SECURITY_DOMAIN_CLASS),
    tlv(0x4f, MNO_SECURITY_DOMAIN_AID),
    tlv(0x82, PRIVILEGES),
    tlv(0x83, Uint8Array.of(PERSONALISED)),
    tlv(0xc9, INSTALL_PARAMETERS),
  );
  const keys = KEYS.map(([usage, identifier, version, type]) =>
    tlv(
      0x30,
      tlv(0x95, Uint8Array.of(usage)),
      tlv(0x82, Uint8Array.of(identifier)),
      tlv(0x83, Uint8Array.of(version)),
      tlv(0x30, tlv(0x30, tlv(0x80, Uint8Array.of(type)), tlv(0x86, random.take(KEY_BYTES)))),
    ),
  );
  return numbered(PROFILE_ELEMENT.securityDomain, instance, tlv(0xa2, ...keys));
}
