// SPDX-License-Identifier: Apache-2.0
// Builds profile metadata: StoreMetadataRequest, tag BF25 (SGP.22 v2.5 §5.5.3 with the SGP.32 v1.2 additions 9F7B and 9F67).
import { bitStringContent, integerContent, tlv } from '../codec/ber.js';
import { utf8 } from '../codec/bytes.js';
import { iccidContent, mccMncContent } from './iccid.js';

export type NotificationEvent = 'install' | 'enable' | 'disable' | 'delete';

/** Bit numbers of NotificationEvent. */
export const NOTIFICATION_EVENT_BITS: Readonly<Record<NotificationEvent, number>> = { install: 0, enable: 1, disable: 2, delete: 3 };

/** Values of ProfileClass. */
export const PROFILE_CLASSES = { test: 0, provisioning: 1, operational: 2 } as const;

/** Bit numbers of PprIds. */
export const PROFILE_POLICY_RULE_BITS = { pprUpdateControl: 0, ppr1: 1, ppr2: 2 } as const;

export interface NotificationConfiguration {
  readonly events: readonly NotificationEvent[];
  /** Host that wants these notifications. */
  readonly address: string;
}

export interface MetadataOptions {
  /** 18 to 20 digits. */
  readonly iccid: string;
  /** At most 32 bytes of UTF-8; default "Simulated Operator". */
  readonly serviceProviderName?: string;
  /** At most 64 bytes of UTF-8; default "Simulated Profile". */
  readonly profileName?: string;
  /** Default operational, which DER leaves out. */
  readonly profileClass?: keyof typeof PROFILE_CLASSES;
  /** One entry each, in order; default none. `notifyAll` makes the usual list. */
  readonly notifications?: readonly NotificationConfiguration[];
  readonly owner?: {
    /** 5 or 6 digits. */
    readonly mccMnc: string;
    readonly gid1?: Uint8Array;
    readonly gid2?: Uint8Array;
  };
  readonly profilePolicyRules?: readonly (keyof typeof PROFILE_POLICY_RULE_BITS)[];
  /** At most 1024 bytes. */
  readonly icon?: { readonly type: 'jpg' | 'png'; readonly bytes: Uint8Array };
  /** SGP.32: the profile may serve as the emergency profile. */
  readonly ecallIndication?: boolean;
  /** SGP.32: the profile may get the fallback attribute. */
  readonly fallbackAllowed?: boolean;
}

/** One entry per event, all for the same address, as SM-DP+ write them. */
export function notifyAll(address: string): NotificationConfiguration[] {
  return (Object.keys(NOTIFICATION_EVENT_BITS) as NotificationEvent[]).map((event) => ({ events: [event], address }));
}

/** The DER BF25. Throws RangeError for names, icons or digits beyond the limits of the specification. */
export function makeMetadata(options: MetadataOptions): Uint8Array {
  const { serviceProviderName = 'Simulated Operator', profileName = 'Simulated Profile', profileClass = 'operational' } = options;
  return tlv(
    0xbf25,
    tlv(0x5a, iccidContent(options.iccid)),
    tlv(0x91, limited(utf8(serviceProviderName), 32, 'serviceProviderName')),
    tlv(0x92, limited(utf8(profileName), 64, 'profileName')),
    ...optional(options.icon, (icon) => [
      tlv(0x93, integerContent(icon.type === 'jpg' ? 0 : 1)),
      tlv(0x94, limited(icon.bytes, 1024, 'icon')),
    ]),
    ...(profileClass === 'operational' ? [] : [tlv(0x95, integerContent(PROFILE_CLASSES[profileClass]))]),
    ...optional(options.notifications, (list) => [tlv(0xb6, ...list.map(notificationConfiguration))]),
    ...optional(options.owner, (owner) => [operatorId(owner)]),
    ...optional(options.profilePolicyRules, (rules) => [tlv(0x99, bitStringContent(rules.map((rule) => PROFILE_POLICY_RULE_BITS[rule])))]),
    ...optional(options.ecallIndication, (flag) => [boolean(0x9f7b, flag)]),
    ...optional(options.fallbackAllowed, (flag) => [boolean(0x9f67, flag)]),
  );
}

function notificationConfiguration(configuration: NotificationConfiguration): Uint8Array {
  const bits = bitStringContent(configuration.events.map((event) => NOTIFICATION_EVENT_BITS[event]));
  return tlv(0x30, tlv(0x80, bits), tlv(0x81, utf8(configuration.address)));
}

function operatorId(owner: NonNullable<MetadataOptions['owner']>): Uint8Array {
  return tlv(
    0xb7,
    tlv(0x80, mccMncContent(owner.mccMnc)),
    ...optional(owner.gid1, (gid) => [tlv(0x81, gid)]),
    ...optional(owner.gid2, (gid) => [tlv(0x82, gid)]),
  );
}

function boolean(tag: number, value: boolean): Uint8Array {
  return tlv(tag, Uint8Array.of(value ? 0xff : 0));
}

function limited(bytes: Uint8Array, limitBytes: number, what: string): Uint8Array {
  if (bytes.length > limitBytes) throw new RangeError(`${what} has ${bytes.length} bytes, at most ${limitBytes} are allowed`);
  return bytes;
}

function optional<T>(value: T | undefined, write: (value: T) => Uint8Array[]): Uint8Array[] {
  return value === undefined ? [] : write(value);
}
