// SPDX-License-Identifier: Apache-2.0
// What the elements of one profile have in common: who the subscriber is and which keys the network would share with it.
import { fromHex } from '../../codec/bytes.js';

/** AIDs of the NAAs (ETSI TS 101 220 Annex E), with a made-up application provider code. */
export const USIM_AID = fromHex('A0000000871002FF49FF0189');
export const ISIM_AID = fromHex('A0000000871004FF49FF0189');

/** File identifiers by which paths in the package name the ADFs. */
export const ADF_FILE_ID = { usim: 0x7fd0, isim: 0x7fb0 } as const;

export interface Subscription {
  /** 18 to 20 digits. */
  readonly iccid: string;
  /** 15 digits, beginning with `mccMnc`. */
  readonly imsi: string;
  /** 5 or 6 digits. */
  readonly mccMnc: string;
  /** At most 16 characters. */
  readonly serviceProviderName: string;
  readonly algorithm: 'milenage' | 'tuak';
  /** K, 16 bytes. */
  readonly key: Uint8Array;
  /** OPc (16 bytes) or TOPc (32 bytes). */
  readonly opc: Uint8Array;
}

/** "ims.mnc001.mcc001.3gppnetwork.org" (3GPP TS 23.003 §13.2). */
export function homeDomain({ mccMnc }: Subscription): string {
  return `ims.mnc${mccMnc.slice(3).padStart(3, '0')}.mcc${mccMnc.slice(0, 3)}.3gppnetwork.org`;
}
