// SPDX-License-Identifier: Apache-2.0
// What tests and the command line may look at: copies, in texts and numbers instead of bytes.
import { hex, text } from '../codec/bytes.js';
import { readIccid, readImsi } from '../profile/iccid.js';
import { EVENT } from './domain/notifications.js';
import { fieldOf, PROFILE_CLASS } from './domain/profile-metadata.js';
import type { NonVolatileMemory, ProfileState, StoredProfile } from './state/non-volatile.js';

type ProfileClassName = keyof typeof PROFILE_CLASS;
type NotificationEventName = keyof typeof EVENT;

export interface ProfileView {
  /** Digits without filler. */
  readonly iccid: string;
  /** Upper-case hexadecimal. */
  readonly aid: string;
  readonly state: ProfileState;
  readonly name: string;
  readonly serviceProviderName: string;
  readonly nickname: string | undefined;
  readonly profileClass: ProfileClassName;
  readonly fallbackAttribute: boolean;
  readonly sizeBytes: number;
  /** Digits of EF.IMSI below ADF USIM; undefined when the profile has none. */
  readonly imsi: string | undefined;
}

export interface NotificationView {
  readonly seqNumber: number;
  readonly event: NotificationEventName;
  readonly address: string;
  readonly iccid: string | undefined;
}

export interface PackageResultView {
  readonly seqNumber: number;
  readonly eimId: string;
  readonly counterValue: number;
  /** `BF51…`. */
  readonly raw: Uint8Array;
}

export interface EimView {
  readonly eimId: string;
  readonly counterValue: number;
  readonly associationToken: number | undefined;
}

function nameOf<Name extends string>(names: Readonly<Record<Name, number>>, value: number): Name {
  return (Object.keys(names) as Name[]).find((name) => names[name] === value)!;
}

/** File identifier. */
const EF_IMSI = '6F07';

/** Installed profiles, oldest first. */
export function profileViews({ profiles }: NonVolatileMemory): ProfileView[] {
  return profiles.map((profile) => ({
    iccid: readIccid(profile.iccid),
    aid: hex(profile.aid),
    state: profile.state,
    name: text(fieldOf(profile, 0x92)?.value ?? new Uint8Array(0)),
    serviceProviderName: text(fieldOf(profile, 0x91)?.value ?? new Uint8Array(0)),
    nickname: profile.nickname,
    profileClass: nameOf(PROFILE_CLASS, profile.profileClass),
    fallbackAttribute: profile.fallbackAttribute,
    sizeBytes: profile.sizeBytes,
    imsi: imsiOf(profile),
  }));
}

/** The content of an elementary file of an installed profile; undefined when there is none, or the profile was not downloaded. */
export function fileContent({ profiles }: NonVolatileMemory, iccid: string, path: string): Uint8Array | undefined {
  return profiles
    .find((profile) => readIccid(profile.iccid) === iccid)
    ?.files?.find((file) => file.path === path.toUpperCase())
    ?.content.slice();
}

function imsiOf({ files }: StoredProfile): string | undefined {
  const file = files?.find(({ path }) => path.startsWith('7F') && path.length === 8 && path.endsWith(EF_IMSI));
  return file && readImsi(file.content);
}

/** Pending notifications, oldest first. */
export function notificationViews({ notifications }: NonVolatileMemory): NotificationView[] {
  return notifications.map(({ seqNumber, event, address, iccid }) => ({
    seqNumber,
    event: nameOf(EVENT, event),
    address,
    iccid: iccid && readIccid(iccid),
  }));
}

/** Pending eUICC package results, oldest first. */
export function packageResultViews({ packageResults }: NonVolatileMemory): PackageResultView[] {
  return packageResults.map((result) => ({ ...result, raw: result.raw.slice() }));
}

/** Associated eIMs, oldest first. */
export function eimViews({ eims }: NonVolatileMemory): EimView[] {
  return eims.map(({ eimId, counterValue, associationToken }) => ({ eimId, counterValue, associationToken }));
}
