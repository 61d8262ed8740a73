// SPDX-License-Identifier: Apache-2.0
// How much room the eUICC has, and how it says so (extended card resources, ETSI TS 102 226 §8.2.1.7).
import { tlv } from '../../codec/ber.js';
import type { Euicc } from '../state/euicc.js';
import { integerElement } from './elements.js';

const FREE_VOLATILE_BYTES = 9_216;

/** Non-volatile bytes left for profiles; never below zero. */
export function freeBytes({ memory, settings }: Euicc): number {
  const used = memory.profiles.reduce((sum, profile) => sum + profile.sizeBytes, 0);
  return Math.max(0, settings.memoryBytes - used);
}

/** Contents of extCardResource: `81` number of applications, `82` free non-volatile, `83` free volatile bytes. */
export function extendedCardResource(euicc: Euicc): Uint8Array {
  const free = new Uint8Array(4);
  new DataView(free.buffer).setUint32(0, Math.min(freeBytes(euicc), 0xffff_ffff));
  const applications = integerElement(0x81, euicc.memory.profiles.length);
  return Uint8Array.of(
    ...applications,
    ...tlv(0x82, free),
    ...tlv(0x83, Uint8Array.of(FREE_VOLATILE_BYTES >> 8, FREE_VOLATILE_BYTES & 0xff)),
  );
}
