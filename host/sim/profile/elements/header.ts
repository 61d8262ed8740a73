// SPDX-License-Identifier: Apache-2.0
// ProfileHeader: version 2.3, type, ICCID, mandatory services and templates (Interoperable Format §8.2).
import { oidContent, tlv } from '../../codec/ber.js';
import { fromHex, utf8 } from '../../codec/bytes.js';
import { PROFILE_ELEMENT, SERVICE, TEMPLATE } from '../interoperable-format.js';

const ICCID_DIGITS = 20;

export interface HeaderOptions {
  /** 18 to 20 digits; here they are not swapped. */
  readonly iccid: string;
  readonly profileType: string;
  readonly services: readonly (keyof typeof SERVICE)[];
  readonly templates: readonly (keyof typeof TEMPLATE)[];
}

export function profileHeader({ iccid, profileType, services, templates }: HeaderOptions): Uint8Array {
  const tags = services.map((service) => SERVICE[service]).sort((a, b) => a - b);
  return tlv(
    PROFILE_ELEMENT.header,
    tlv(0x80, Uint8Array.of(2)),
    tlv(0x81, Uint8Array.of(3)),
    tlv(0x82, utf8(profileType)),
    tlv(0x83, fromHex(iccid.padEnd(ICCID_DIGITS, 'F'))),
    tlv(0xa5, ...tags.map((tag) => tlv(tag))),
    tlv(0xa6, ...templates.map((template) => tlv(0x06, oidContent(TEMPLATE[template])))),
  );
}
