// SPDX-License-Identifier: Apache-2.0
// StoreMetadataRequest, BF25 (SGP.22 v2.5 §5.5.3, with the SGP.32 v1.2 additions 9F7B and 9F67): what the eUICC checks and keeps.
import { CodecError, child, readBits, readInteger, readTlv, type Tlv } from '../../codec/ber.js';
import { text } from '../../codec/bytes.js';
import type { RawField, StoredProfile } from '../state/non-volatile.js';
import { octets } from './elements.js';

/** ProfileClass values. */
export const PROFILE_CLASS = { test: 0, provisioning: 1, operational: 2 } as const;

export interface ProfileMetadata {
  /** 10 bytes. */
  readonly iccid: Uint8Array;
  readonly profileClass: number;
  /** PprIds bits: 0 pprUpdateControl, 1 PPR1, 2 PPR2. */
  readonly policyRules: readonly number[];
  readonly profileOwner: Tlv | undefined;
  readonly fields: readonly RawField[];
}

export interface NotificationConfiguration {
  /** NotificationEvent bits. */
  readonly events: readonly number[];
  readonly address: string;
}

/** Longest contents of each element kept, in bytes. */
const KEPT: ReadonlyMap<number, number> = new Map([
  [0x91, 32],
  [0x92, 64],
  [0x93, 1],
  [0x94, 1024],
  [0xb6, 4096],
  [0xb7, 64],
  [0x99, 3],
  [0xbf22, 4096],
  [0x9f7b, 1],
  [0x9f67, 1],
]);

/** Reads and checks BF25. Throws CodecError for anything that is not complete or within its limits. */
export function readProfileMetadata(bytes: Uint8Array): ProfileMetadata {
  const request = readTlv(bytes);
  if (request.tag !== 0xbf25) throw new CodecError('not StoreMetadataRequest');
  octets(request, 0x91, 0, 32);
  octets(request, 0x92, 0, 64);
  const classElement = child(request, 0x95);
  const policyRules = child(request, 0x99);
  const fields = request.children.filter((each) => KEPT.has(each.tag)).map(checkedField);
  configurations(fields);
  return {
    iccid: octets(request, 0x5a, 10).slice(),
    profileClass: classElement ? readInteger(classElement) : PROFILE_CLASS.operational,
    policyRules: policyRules ? readBits(policyRules) : [],
    profileOwner: child(request, 0xb7),
    fields,
  };
}

function checkedField(element: Tlv): RawField {
  if (element.value.length > KEPT.get(element.tag)!) throw new CodecError(`element ${element.tag.toString(16)} is too long`);
  return { tag: element.tag, raw: element.raw.slice() };
}

function configurations(fields: readonly RawField[]): NotificationConfiguration[] {
  const list = fields.find((field) => field.tag === 0xb6);
  if (list === undefined) return [];
  return readTlv(list.raw).children.map((entry) => ({
    events: readBits(requireChild(entry, 0x80)),
    address: text(octets(entry, 0x81, 1, 255)),
  }));
}

function requireChild(parent: Tlv, tag: number): Tlv {
  const found = child(parent, tag);
  if (found === undefined) throw new CodecError('a notification configuration without events');
  return found;
}

/** Addresses to tell about an event on this profile (notificationConfigurationInfo), each once. */
export function notificationAddresses(profile: StoredProfile, event: number): string[] {
  const entries = configurations(profile.fields).filter((entry) => entry.events.includes(event));
  return [...new Set(entries.map((entry) => entry.address))];
}

/** One of the kept elements of a profile, as received. */
export function fieldOf(profile: StoredProfile, tag: number): Tlv | undefined {
  const field = profile.fields.find((each) => each.tag === tag);
  return field && readTlv(field.raw);
}

/** Whether a BOOLEAN among the kept elements is TRUE; absent is FALSE. */
export function hasFlag(profile: StoredProfile, tag: number): boolean {
  return (fieldOf(profile, tag)?.value[0] ?? 0) !== 0;
}

/** PprIds bits of an installed profile. */
export function policyRulesOf(profile: StoredProfile): number[] {
  const element = fieldOf(profile, 0x99);
  return element ? readBits(element) : [];
}
