// SPDX-License-Identifier: Apache-2.0
// Makes unprotected profile packages of any wanted size, in the TCA eUICC Profile Package: Interoperable Format 2.3. An eUICC that reads
// its elements can install one; keys and filler are seeded, and no network would accept the subscription in it.
import { concat } from '../codec/bytes.js';
import { allElements, type ElementList, fewestElements } from './elements/element-lists.js';
import type { Subscription } from './elements/subscription.js';
import { endElement, fillers } from './filler.js';
import { SeededBytes } from './seeded-bytes.js';

export interface ProfilePackageOptions {
  /** 18 to 20 digits. */
  readonly iccid: string;
  /** Exact size of the result, in bytes: from 600 to some 8 MB, with every kind of element from some 2,000 on, and an application from 8,192 on. */
  readonly sizeBytes: number;
  /** Seed of keys and filler; default 1. */
  readonly seed?: number;
  /** 5 or 6 digits of the home network; default "00101", the test network. */
  readonly mccMnc?: string;
  /** 15 digits, beginning with `mccMnc`; by default followed by the last digits of the ICCID. */
  readonly imsi?: string;
  /** EF.SPN, at most 16 characters; default "Simulated". */
  readonly serviceProviderName?: string;
  /** Authentication algorithm of USIM and ISIM; default milenage. */
  readonly algorithm?: 'milenage' | 'tuak';
  /** Free text of the header, 1 to 100 characters; default "Simulated". */
  readonly profileType?: string;
}

const IMSI_DIGITS = 15;
/** From this size on a profile has an application, with a fourth of the package for its code. */
const APPLICATION_FROM_BYTES = 8_192;
const MOST_CODE_BYTES = 48_000;
const KEY_BYTES = 16;
const OPC_BYTES = { milenage: 16, tuak: 32 } as const;

/** The package; throws RangeError when it would be smaller than the fewest elements, or a number or text is none. */
export function makeProfilePackage(options: ProfilePackageOptions): Uint8Array {
  const { sizeBytes, seed = 1, profileType = 'Simulated' } = options;
  if (!/^.{1,100}$/u.test(profileType)) throw new RangeError('a profile type has 1 to 100 characters');
  const random = new SeededBytes(seed);
  const subscription = subscriptionOf(options, random);
  const codeBytes = sizeBytes < APPLICATION_FROM_BYTES ? 0 : Math.min(MOST_CODE_BYTES, Math.floor(sizeBytes / 4));
  const everything = allElements(subscription, profileType, random, codeBytes);
  const made = assemble(everything, sizeBytes, random) ?? assemble(fewestElements(subscription, profileType), sizeBytes, random);
  if (made === undefined) throw new RangeError(`a profile package has at least some 600 bytes, and cannot have ${sizeBytes}`);
  return made;
}

/** The elements, numbered from 1, with filler before the end; undefined when they need more room than there is. */
function assemble({ header, elements, fillerPath }: ElementList, sizeBytes: number, random: SeededBytes): Uint8Array | undefined {
  const fixed = [header, ...elements.map((element, index) => element(index + 1))];
  const roomBytes = sizeBytes - fixed.reduce((sum, element) => sum + element.length, 0);
  // The number in the end element depends on how many fillers there are; beyond 127 elements it takes a second byte.
  for (const endBytes of [9, 10]) {
    const filling = fillers(roomBytes - endBytes, { firstIdentification: fixed.length, path: fillerPath }, random);
    if (filling === undefined) return undefined;
    const end = endElement(fixed.length + filling.length);
    if (end.length === endBytes) return concat(...fixed, ...filling, end);
  }
  return undefined;
}

function subscriptionOf(options: ProfilePackageOptions, random: SeededBytes): Subscription {
  const { iccid, mccMnc = '00101', serviceProviderName = 'Simulated', algorithm = 'milenage' } = options;
  if (!/^\d{18,20}$/.test(iccid)) throw new RangeError(`an ICCID has 18 to 20 digits: ${iccid}`);
  if (!/^\d{5,6}$/.test(mccMnc)) throw new RangeError(`MCC and MNC have 5 or 6 digits together: ${mccMnc}`);
  const imsi = options.imsi ?? mccMnc + iccid.slice(mccMnc.length - IMSI_DIGITS);
  if (!/^\d{15}$/.test(imsi) || !imsi.startsWith(mccMnc))
    throw new RangeError(`an IMSI of network ${mccMnc} has 15 digits and begins with it: ${imsi}`);
  if (!/^[ -~]{0,16}$/.test(serviceProviderName))
    throw new RangeError(`a service provider name has up to 16 ASCII characters: ${serviceProviderName}`);
  return { iccid, imsi, mccMnc, serviceProviderName, algorithm, key: random.take(KEY_BYTES), opc: random.take(OPC_BYTES[algorithm]) };
}
