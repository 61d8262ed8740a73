// SPDX-License-Identifier: Apache-2.0
// Profile state management operations (SGP.32 v1.2 §2.11.1.1.3), one builder each. An eUICC runs them in order until one fails.
import { oidContent, tlv } from '../../codec/ber.js';
import { concat, utf8 } from '../../codec/bytes.js';
import { iccidContent } from '../../profile/iccid.js';
import { tagBytes } from './tags.js';

/** One encoded operation. */
export interface Psmo {
  /** The operation's name in the specification, for logs. */
  readonly operation: string;
  readonly bytes: Uint8Array;
}

const NULL = tlv(0x05);

/** Enables the profile; with `rollback` the IPA may go back to the present one should it lose the network. `iccid` in digits. */
export function enable(iccid: string, options: { readonly rollback?: boolean } = {}): Psmo {
  return { operation: 'enable', bytes: tlv(0xa3, iccidField(iccid), ...(options.rollback ? [NULL] : [])) };
}

/** Disables the profile. `iccid` in digits. */
export function disable(iccid: string): Psmo {
  return { operation: 'disable', bytes: tlv(0xa4, iccidField(iccid)) };
}

/** Deletes the profile, which must be disabled. `iccid` in digits. */
export function deleteProfile(iccid: string): Psmo {
  return { operation: 'delete', bytes: tlv(0xa5, iccidField(iccid)) };
}

/** Which profiles to list: by ICCID in digits, by ISD-P AID, or by class (0 test, 1 provisioning, 2 operational). */
export type ProfileSearch = { readonly iccid: string } | { readonly isdpAid: Uint8Array } | { readonly profileClass: 0 | 1 | 2 };

/** What listProfileInfo asks for; everything left out is left out of the encoding. */
export interface ProfileQuery {
  readonly search?: ProfileSearch;
  /** Which fields to give (such as 0x5A, 0x9F70); without them the eUICC gives its default set. */
  readonly tags?: readonly number[];
  /** The same for iotSpecificProfileInfo, since v1.3. */
  readonly iotSpecificTags?: readonly number[];
}

/** Lists profiles. */
export function listProfileInfo({ search, tags, iotSpecificTags }: ProfileQuery = {}): Psmo {
  const criterion = search === undefined ? [] : [tlv(0xa0, searchField(search))];
  return { operation: 'listProfileInfo', bytes: tlv(0xbf2d, ...criterion, ...tagList(0x5c, tags), ...tagList(0x5d, iotSpecificTags)) };
}

function tagList(tag: number, tags: readonly number[] | undefined): Uint8Array[] {
  return tags === undefined ? [] : [tlv(tag, concat(...tags.map(tagBytes)))];
}

/** Asks for the Rules Authorisation Table. */
export function getRat(): Psmo {
  return { operation: 'getRAT', bytes: tlv(0xa6) };
}

/** What configureImmediateEnable sets; nothing at all switches immediate enabling off. */
export interface ImmediateEnable {
  readonly enable?: boolean;
  /** Dotted OID of the SM-DP+ whose profiles may be enabled at once. */
  readonly smdpOid?: string;
  readonly smdpAddress?: string;
}

/** Lets the IPA enable a profile of the given SM-DP+ as soon as it is installed, or forbids it. */
export function configureImmediateEnable(settings: ImmediateEnable = {}): Psmo {
  const flag = settings.enable ? [tlv(0x80)] : [];
  const oid = settings.smdpOid === undefined ? [] : [tlv(0x81, oidContent(settings.smdpOid))];
  const address = settings.smdpAddress === undefined ? [] : [tlv(0x82, utf8(settings.smdpAddress))];
  return { operation: 'configureImmediateEnable', bytes: tlv(0xa7, ...flag, ...oid, ...address) };
}

/** Makes this profile the fallback profile. `iccid` in digits. */
export function setFallbackAttribute(iccid: string): Psmo {
  return { operation: 'setFallbackAttribute', bytes: tlv(0xa8, iccidField(iccid)) };
}

/** Leaves the eUICC without a fallback profile. */
export function unsetFallbackAttribute(): Psmo {
  return { operation: 'unsetFallbackAttribute', bytes: tlv(0xa9) };
}

/** Sets the default SM-DP+ address; an empty text clears it. */
export function setDefaultDpAddress(address: string): Psmo {
  return { operation: 'setDefaultDpAddress', bytes: tlv(0xbf65, tlv(0x80, utf8(address))) };
}

function iccidField(iccid: string): Uint8Array {
  return tlv(0x5a, iccidContent(iccid));
}

function searchField(search: ProfileSearch): Uint8Array {
  if ('iccid' in search) return iccidField(search.iccid);
  return 'isdpAid' in search ? tlv(0x4f, search.isdpAid) : tlv(0x95, Uint8Array.of(search.profileClass));
}
