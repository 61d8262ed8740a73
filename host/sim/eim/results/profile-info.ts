// SPDX-License-Identifier: Apache-2.0
// SGP32-ProfileInfo (SGP.32 v1.2 §2.11.2.1): a profile as listProfileInfo shows it.
import { readInteger, type Tlv } from '../../codec/ber.js';
import { hex, text } from '../../codec/bytes.js';
import { readIccid } from '../../profile/iccid.js';
import { defined } from '../defined.js';
import { readField } from './read-field.js';

/** The fields the eUICC chose to give; `raw` keeps those that are not spelt out here. */
export interface ProfileInfo {
  /** Digits. */
  readonly iccid?: string;
  /** Upper-case hexadecimal. */
  readonly isdpAid?: string;
  readonly state?: 'disabled' | 'enabled';
  readonly nickname?: string;
  readonly serviceProviderName?: string;
  readonly profileName?: string;
  readonly profileClass?: 'test' | 'provisioning' | 'operational';
  readonly ecallIndication?: boolean;
  readonly fallbackAttribute?: boolean;
  readonly fallbackAllowed?: boolean;
  readonly raw: Uint8Array;
}

const STATES = ['disabled', 'enabled'] as const;
const CLASSES = ['test', 'provisioning', 'operational'] as const;

/** Reads one ProfileInfo (tag E3). Throws CodecError for a damaged integer. */
export function decodeProfileInfo(info: Tlv): ProfileInfo {
  const string = (tag: number) => readField(info, tag, (field) => text(field.value));
  const boolean = (tag: number) => readField(info, tag, (field) => field.value.some((byte) => byte !== 0));
  const fields = {
    iccid: readField(info, 0x5a, (field) => readIccid(field.value)),
    isdpAid: readField(info, 0x4f, (field) => hex(field.value)),
    state: readField(info, 0x9f70, (field) => STATES[readInteger(field)]),
    nickname: string(0x90),
    serviceProviderName: string(0x91),
    profileName: string(0x92),
    profileClass: readField(info, 0x95, (field) => CLASSES[readInteger(field)]),
    ecallIndication: boolean(0x9f7b),
    fallbackAttribute: boolean(0x9f26),
    fallbackAllowed: boolean(0x9f67),
  };
  return { ...defined(fields), raw: info.raw };
}
