// SPDX-License-Identifier: Apache-2.0
// ProfileInfo, E3 (SGP.22 v2.5 §5.7.15, SGP.32 v1.2 §5.9 additions), and the search that GetProfilesInfo and listProfileInfo share.
import { CodecError, child, readInteger, type Tlv, tlv } from '../../codec/ber.js';
import { concat, equal } from '../../codec/bytes.js';
import type { StoredProfile } from '../state/non-volatile.js';
import { integerElement, optional, textElement } from './elements.js';

/** All elements of ProfileInfo in the order of its definition. */
const ORDER = [0x5a, 0x4f, 0x9f70, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0xb6, 0xb7, 0xb8, 0x99, 0xbf22, 0x9f7b, 0x9f26, 0x9f67];

/** ProfileInfoListError; the second one is of SGP.32. */
export const PROFILE_INFO_LIST_ERROR = { incorrectInputValues: 1, profileChangeOngoing: 11 } as const;

type Encoder = (profile: StoredProfile) => Uint8Array;
const NOTHING = new Uint8Array(0);

/** Elements not taken from the metadata as received. */
const ENCODERS: ReadonlyMap<number, Encoder> = new Map<number, Encoder>([
  [0x5a, (profile) => tlv(0x5a, profile.iccid)],
  [0x4f, (profile) => tlv(0x4f, profile.aid)],
  [0x9f70, (profile) => integerElement(0x9f70, profile.state === 'enabled' ? 1 : 0)],
  [0x90, (profile) => optional(profile.nickname, (nickname) => textElement(0x90, nickname))],
  [0x95, (profile) => integerElement(0x95, profile.profileClass)],
  // DEFAULT FALSE: only written when TRUE.
  [0x9f26, (profile) => (profile.fallbackAttribute ? tlv(0x9f26, Uint8Array.of(0xff)) : NOTHING)],
]);

/** Elements that SGP.32 added; a consumer eUICC does not know them. */
const IOT_TAGS = [0x9f7b, 0x9f26, 0x9f67];

/** One E3 with the wanted elements, as far as the profile has them. */
function profileInfo(profile: StoredProfile, wantedTags: readonly number[]): Uint8Array {
  const parts = ORDER.filter((tag) => wantedTags.includes(tag)).map((tag) => {
    const received = profile.fields.find((field) => field.tag === tag);
    return ENCODERS.get(tag)?.(profile) ?? received?.raw ?? NOTHING;
  });
  return tlv(0xe3, ...parts);
}

/** `BF2D{A0{E3…}}` for a ProfileInfoListRequest, or `BF2D{81 01}` (incorrectInputValues) when it cannot be understood. */
export function profileInfoList(profiles: readonly StoredProfile[], request: Tlv, defaultTags: readonly number[]): Uint8Array {
  try {
    const tagList = child(request, 0x5c);
    const wantedTags = tagList ? readTagList(tagList.value) : defaultTags;
    const matches = searchCriterion(child(request, 0xa0));
    return tlv(0xbf2d, tlv(0xa0, concat(...profiles.filter(matches).map((profile) => profileInfo(profile, wantedTags)))));
  } catch (error) {
    if (error instanceof CodecError) return profileInfoListError(PROFILE_INFO_LIST_ERROR.incorrectInputValues);
    throw error;
  }
}

/** Whether a request asks for elements that a ProfileInfo of SGP.22 cannot have. Throws CodecError when its tag list cannot be read. */
export function asksForUnknownTags(request: Tlv): boolean {
  const tagList = child(request, 0x5c);
  return tagList !== undefined && readTagList(tagList.value).some((tag) => !ORDER.includes(tag) || IOT_TAGS.includes(tag));
}

/** ProfileInfoListResponse with an error. */
export function profileInfoListError(code: number): Uint8Array {
  return tlv(0xbf2d, integerElement(0x81, code));
}

/** Tags written one after the other, of one or two bytes each. */
function readTagList(bytes: Uint8Array): number[] {
  const tags: number[] = [];
  for (let index = 0; index < bytes.length; index++) {
    const first = bytes[index]!;
    if ((first & 0x1f) !== 0x1f) tags.push(first);
    else if (index + 1 < bytes.length) tags.push(first * 256 + bytes[++index]!);
    else throw new CodecError('the tag list ends within a tag');
  }
  return tags;
}

function searchCriterion(search: Tlv | undefined): (profile: StoredProfile) => boolean {
  if (search === undefined) return () => true;
  const [criterion] = search.children;
  if (criterion?.tag === 0x4f) return (profile) => equal(profile.aid, criterion.value);
  if (criterion?.tag === 0x5a) return (profile) => equal(profile.iccid, criterion.value);
  if (criterion?.tag !== 0x95) throw new CodecError('a search criterion that does not exist');
  const wanted = readInteger(criterion);
  return (profile) => profile.profileClass === wanted;
}
