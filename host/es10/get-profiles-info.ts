// SPDX-License-Identifier: Apache-2.0
// ES10c.GetProfilesInfo (SGP.22 v2.5 §5.7.15), with the fields that SGP.32 v1.2 adds.

import type { Element } from '../asn1/element.js';
import { tlv } from '../asn1/tlv.js';
import { hexBytes, iccidBytes } from '../asn1/values.js';
import { type Operator, POLICY_RULES, type PolicyRule, PROFILE_CLASSES, type ProfileClass, readOperator } from '../profile-fields.js';
import { defineEs10, requireAlternative } from './function.js';
import { NOTIFICATION_EVENTS, type NotificationEvent } from './notification-metadata.js';

const ERRORS = { 1: 'incorrectInputValues', 11: 'profileChangeOngoing', 127: 'undefinedError' };
const STATES = { 0: 'disabled', 1: 'enabled' } as const;
const ICON_TYPES = { 0: 'jpg', 1: 'png' } as const;

/** Fields of ProfileInfo by their tags, for `fields`. */
const FIELD_TAGS = {
  iccid: [0x5a],
  isdpAid: [0x4f],
  state: [0x9f, 0x70],
  nickname: [0x90],
  serviceProviderName: [0x91],
  profileName: [0x92],
  iconType: [0x93],
  icon: [0x94],
  profileClass: [0x95],
  notificationConfigurations: [0xb6],
  owner: [0xb7],
  smdpOid: [0xb8],
  policyRules: [0x99],
  ecallIndication: [0x9f, 0x7b],
  fallbackAttribute: [0x9f, 0x26],
  fallbackAllowed: [0x9f, 0x67],
} as const;

/** A profile; undefined is what the eUICC does not tell or was not asked for. */
export interface ProfileInfo {
  /** 18 to 20 digits. */
  readonly iccid: string | undefined;
  /** Upper-case hexadecimal digits. */
  readonly isdpAid: string | undefined;
  readonly state: 'disabled' | 'enabled' | `unknown(${number})` | undefined;
  readonly nickname: string | undefined;
  readonly serviceProviderName: string | undefined;
  readonly profileName: string | undefined;
  readonly iconType: string | undefined;
  readonly icon: Uint8Array | undefined;
  readonly profileClass: ProfileClass | undefined;
  readonly notificationConfigurations: readonly NotificationConfiguration[] | undefined;
  readonly owner: Operator | undefined;
  /** Of the SM-DP+ that the profile comes from, dotted. */
  readonly smdpOid: string | undefined;
  readonly policyRules: readonly PolicyRule[] | undefined;
  readonly ecallIndication: boolean | undefined;
  /** Left out, as a rule, where it is false. */
  readonly fallbackAttribute: boolean | undefined;
  readonly fallbackAllowed: boolean | undefined;
}

/** Who is notified of what. */
export interface NotificationConfiguration {
  readonly events: readonly (NotificationEvent | `bit${number}`)[];
  readonly address: string;
}

/** Which profiles, and what of them. */
export interface ProfilesQuery {
  /** At most one of these; default: all profiles. */
  readonly iccid?: string;
  /** Hexadecimal digits. */
  readonly isdpAid?: string;
  readonly profileClass?: 'test' | 'provisioning' | 'operational';
  /** Default as the eUICC has it: iccid, isdpAid, state, names, icon and class. An eUICC refuses fields that it does not know. */
  readonly fields?: readonly (keyof typeof FIELD_TAGS)[];
}

/** The profiles of the eUICC. */
export const getProfilesInfo = defineEs10<ProfilesQuery | undefined, ProfileInfo[]>({
  name: 'GetProfilesInfo',
  tag: 0xbf2d,
  request: (query = {}) => [...searchCriteria(query), ...tagList(query.fields)],
  response: (response) =>
    requireAlternative(response, [0xa0, 'profileInfoListOk'], [0x81, 'profileInfoListError'], ERRORS)
      .list('profileInfo', 0xe3)
      .map(readProfile),
});

function searchCriteria({ iccid, isdpAid, profileClass }: ProfilesQuery): Uint8Array[] {
  const criteria = [
    ...(iccid === undefined ? [] : [tlv(0x5a, iccidBytes(iccid))]),
    ...(isdpAid === undefined ? [] : [tlv(0x4f, hexBytes('isdpAid', isdpAid))]),
    ...(profileClass === undefined ? [] : [tlv(0x95, [Object.values(PROFILE_CLASSES).indexOf(profileClass)])]),
  ];
  if (criteria.length > 1) throw new RangeError('at most one of iccid, isdpAid and profileClass can be searched for');
  return criteria.map((criterion) => tlv(0xa0, criterion));
}

function tagList(fields: ProfilesQuery['fields']): Uint8Array[] {
  return fields ? [tlv(0x5c, ...fields.map((field) => FIELD_TAGS[field]))] : [];
}

function readProfile(profile: Element): ProfileInfo {
  return {
    iccid: profile.optional(0x5a, 'iccid')?.iccid(),
    isdpAid: profile.optional(0x4f, 'isdpAid')?.hex(),
    state: profile.optional(0x9f70, 'profileState')?.named(STATES),
    nickname: profile.optional(0x90, 'profileNickname')?.text(),
    serviceProviderName: profile.optional(0x91, 'serviceProviderName')?.text(),
    profileName: profile.optional(0x92, 'profileName')?.text(),
    iconType: profile.optional(0x93, 'iconType')?.named(ICON_TYPES),
    icon: profile.optional(0x94, 'icon')?.value,
    profileClass: profile.optional(0x95, 'profileClass')?.named(PROFILE_CLASSES),
    notificationConfigurations: profile.optional(0xb6, 'notificationConfigurationInfo')?.list('item', 0x30).map(readConfiguration),
    owner: readOperator(profile.optional(0xb7, 'profileOwner')),
    smdpOid: profile.optional(0xb8, 'dpProprietaryData')?.required(0x80, 'dpOid').oid(),
    policyRules: profile.optional(0x99, 'profilePolicyRules')?.bits(POLICY_RULES),
    ecallIndication: profile.optional(0x9f7b, 'ecallIndication')?.boolean(),
    fallbackAttribute: profile.optional(0x9f26, 'fallbackAttribute')?.boolean(),
    fallbackAllowed: profile.optional(0x9f67, 'fallbackAllowed')?.boolean(),
  };
}

function readConfiguration(item: Element): NotificationConfiguration {
  return {
    events: item.required(0x80, 'profileManagementOperation').bits(NOTIFICATION_EVENTS),
    address: item.required(0x81, 'notificationAddress').text(),
  };
}
