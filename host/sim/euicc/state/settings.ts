// SPDX-License-Identifier: Apache-2.0
// What a simulated eUICC can be set up with, and what it is without a setting.
import { randomBytes } from 'node:crypto';
import { bitStringContent, tlv } from '../../codec/ber.js';
import { fromHex } from '../../codec/bytes.js';
import type { RandomSource } from '../random.js';

/** How the card behaves; fixed for its life. */
export interface EuiccSettings {
  /** SGP.22 version the eUICC reports: major, minor, revision. */
  readonly svn: Uint8Array;
  /** SGP.32 version in iotSpecificInfo. */
  readonly iotVersion: Uint8Array;
  /** Profile package version. */
  readonly profileVersion: Uint8Array;
  readonly firmwareVersion: Uint8Array;
  /** Non-volatile room for profiles, in bytes. */
  readonly memoryBytes: number;
  /** Most eIMs that can be associated. */
  readonly maximumEims: number;
  /** Most signed package results kept; then the oldest is dropped (SGP.32 v1.2 §2.11.2). */
  readonly maximumPackageResults: number;
  /** Largest EuiccPackageRequest in bytes; above, sizeOverflow(15). */
  readonly maximumPackageBytes: number;
  /** Largest counterValue; above, counterValueOutOfRange(6). */
  readonly maximumCounterValue: number;
  readonly rootSmdsAddress: string;
  /** Contents of RulesAuthorisationTable: ProfilePolicyAuthorisationRule elements. */
  readonly rulesAuthorisationTable: Uint8Array;
  /** PPR numbers (1, 2) no profile may bring. */
  readonly forbiddenProfilePolicyRules: readonly number[];
  /** Whether profiles of class test can be installed. */
  readonly testProfileSupport: boolean;
  /** Gives response data with its status in one response when it fits, instead of 61XX. */
  readonly inlineResponses: boolean;
  /** Answers 6985 to ES10 commands after a profile switch until the card is reset, as cards waiting for REFRESH do. */
  readonly refuseUntilReset: boolean;
  readonly random: RandomSource;
}

/** Both PPRs for every operator, subject to consent: mccMnc EEEEEE and empty group identifiers match all. */
function permissiveRules(): Uint8Array {
  const anyone = tlv(0x30, tlv(0x80, fromHex('EEEEEE')), tlv(0x81), tlv(0x82));
  return tlv(0x30, tlv(0x80, bitStringContent([1, 2])), tlv(0xa1, anyone), tlv(0x82, bitStringContent([0])));
}

/** The settings in use: those given, and the defaults for the rest. */
export function resolveSettings(given: Partial<EuiccSettings>): EuiccSettings {
  return {
    svn: given.svn ?? Uint8Array.of(2, 5, 0),
    iotVersion: given.iotVersion ?? Uint8Array.of(1, 2, 0),
    profileVersion: given.profileVersion ?? Uint8Array.of(2, 3, 1),
    firmwareVersion: given.firmwareVersion ?? Uint8Array.of(1, 0, 0),
    memoryBytes: given.memoryBytes ?? 1_500_000,
    maximumEims: given.maximumEims ?? 8,
    maximumPackageResults: given.maximumPackageResults ?? 16,
    maximumPackageBytes: given.maximumPackageBytes ?? 65_280,
    maximumCounterValue: given.maximumCounterValue ?? 0x7fff_ffff,
    rootSmdsAddress: given.rootSmdsAddress ?? 'lpa.ds.gsma.com',
    rulesAuthorisationTable: given.rulesAuthorisationTable ?? permissiveRules(),
    forbiddenProfilePolicyRules: given.forbiddenProfilePolicyRules ?? [],
    testProfileSupport: given.testProfileSupport ?? true,
    inlineResponses: given.inlineResponses ?? false,
    refuseUntilReset: given.refuseUntilReset ?? false,
    random: given.random ?? ((lengthBytes) => Uint8Array.from(randomBytes(lengthBytes))),
  };
}
