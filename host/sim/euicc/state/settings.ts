// SPDX-License-Identifier: Apache-2.0
// What a simulated eUICC can be set up with, and what it is without a setting.
import { randomBytes } from 'node:crypto';
import { bitStringContent, tlv } from '../../codec/ber.js';
import { fromHex } from '../../codec/bytes.js';
import type { RandomSource } from '../random.js';

export type EuiccKind = 'iot' | 'consumer';
export type AssistantCheck = 'none' | 'any' | 'matching';

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
  /** Most bytes of euiccResult; a list that does not fit ends the package with resultSizeOverflow(1). */
  readonly maximumResultBytes: number;
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
  /** Answers 6985 to ES10 commands after a profile switch until the terminal has looked again, as cards waiting for that do. */
  readonly refuseUntilReset: boolean;
  /**
   * Mode of the REFRESH that a profile switch with refreshFlag TRUE asks for by 91XX: 0x04 UICC reset, 0x09 eUICC profile state change.
   * Until its TERMINAL RESPONSE, further switches are answered catBusy(5). Undefined, the default: no proactive command is made.
   */
  readonly proactiveRefresh: number | undefined;
  /** Which eUICC this is: of SGP.32 for an IPA (the default), or of SGP.22 for an LPA, without the functions of SGP.32. */
  readonly kind: EuiccKind;
  /**
   * When ES10 functions are enabled. `any` (default): some assistant for this kind of eUICC was declared; on an IoT eUICC that may be an LPA
   * as well. `matching`: IPAd on an IoT eUICC; on a consumer eUICC the assistant of the function: LDSd for ES10a, LPDd for ES10b, LUId for
   * ES10c. `none`: always.
   */
  readonly assistantCheck: AssistantCheck;
  /** Status word for a function that is not enabled for the declared assistant. Default 6985. */
  readonly assistantMissingStatus: number;
  /** Status word for a tag that is no function of this eUICC. Default 6A80, on a consumer eUICC 6A88. */
  readonly unknownFunctionStatus: number;
  /** Answers 6A80, not incorrectInputValues(1), to a tag list of GetProfilesInfo with a tag a consumer eUICC does not know. Default false. */
  readonly unknownTagsByStatus: boolean;
  /** Whether there is an IPA in the eUICC that IpaeActivation can activate. Default false. */
  readonly ipaeSupported: boolean;
  /** Whether LoadCRL works. Default true. */
  readonly crlSupport: boolean;
  /** Room for revoked serial numbers, in bytes of the lists as loaded. */
  readonly revocationListBytes: number;
  /** Whether there are an emergency profile and a fallback profile at all; without, ecallNotAvailable(8) and fallbackNotAvailable(6). */
  readonly ecallSupported: boolean;
  readonly fallbackSupported: boolean;
  /** Whether eUICCMemoryReset can forget the eIMs, and the configuration of immediate enabling. */
  readonly eimResetSupported: boolean;
  readonly immediateEnableResetSupported: boolean;
  /** httpParams of profiles that bring none of their own; undefined: parametersNotAvailable(1). */
  readonly httpParams: Uint8Array | undefined;
  /**
   * Whether CancelSession is still accepted once a package is being loaded (its reason loadBppExecutionError is for that); then there is no
   * installation result. Default true; false: invalidTransactionId(5), and the interruption is reported after the next reset.
   */
  readonly cancelDuringInstallation: boolean;
  readonly random: RandomSource;
}

/** Both PPRs for every operator, subject to consent: mccMnc EEEEEE and empty group identifiers match all. */
function permissiveRules(): Uint8Array {
  const anyone = tlv(0x30, tlv(0x80, fromHex('EEEEEE')), tlv(0x81), tlv(0x82));
  return tlv(0x30, tlv(0x80, bitStringContent([1, 2])), tlv(0xa1, anyone), tlv(0x82, bitStringContent([0])));
}

/** The settings in use: those given, and the defaults for the rest. */
export function resolveSettings(given: Partial<EuiccSettings>): EuiccSettings {
  return { ...resourceSettings(given), ...behaviourSettings(given) };
}

function resourceSettings(given: Partial<EuiccSettings>): Pick<EuiccSettings, ResourceSetting> {
  return {
    svn: given.svn ?? Uint8Array.of(2, 5, 0),
    iotVersion: given.iotVersion ?? Uint8Array.of(1, 2, 0),
    profileVersion: given.profileVersion ?? Uint8Array.of(2, 3, 1),
    firmwareVersion: given.firmwareVersion ?? Uint8Array.of(1, 0, 0),
    memoryBytes: given.memoryBytes ?? 1_500_000,
    maximumEims: given.maximumEims ?? 8,
    maximumPackageResults: given.maximumPackageResults ?? 16,
    maximumPackageBytes: given.maximumPackageBytes ?? 65_280,
    maximumResultBytes: given.maximumResultBytes ?? 65_280,
    maximumCounterValue: given.maximumCounterValue ?? 0x7fff_ffff,
    rootSmdsAddress: given.rootSmdsAddress ?? 'lpa.ds.gsma.com',
    rulesAuthorisationTable: given.rulesAuthorisationTable ?? permissiveRules(),
    forbiddenProfilePolicyRules: given.forbiddenProfilePolicyRules ?? [],
    revocationListBytes: given.revocationListBytes ?? 16_384,
    httpParams: given.httpParams,
    random: given.random ?? ((lengthBytes) => Uint8Array.from(randomBytes(lengthBytes))),
  };
}

type ResourceSetting =
  | 'svn'
  | 'iotVersion'
  | 'profileVersion'
  | 'firmwareVersion'
  | 'memoryBytes'
  | 'maximumEims'
  | 'maximumPackageResults'
  | 'maximumPackageBytes'
  | 'maximumResultBytes'
  | 'maximumCounterValue'
  | 'rootSmdsAddress'
  | 'rulesAuthorisationTable'
  | 'forbiddenProfilePolicyRules'
  | 'revocationListBytes'
  | 'httpParams'
  | 'random';

function behaviourSettings(given: Partial<EuiccSettings>): Omit<EuiccSettings, ResourceSetting> {
  const kind = given.kind ?? 'iot';
  return {
    kind,
    testProfileSupport: given.testProfileSupport ?? true,
    inlineResponses: given.inlineResponses ?? false,
    refuseUntilReset: given.refuseUntilReset ?? false,
    proactiveRefresh: given.proactiveRefresh,
    assistantCheck: given.assistantCheck ?? 'any',
    assistantMissingStatus: given.assistantMissingStatus ?? 0x6985,
    unknownFunctionStatus: given.unknownFunctionStatus ?? (kind === 'consumer' ? 0x6a88 : 0x6a80),
    unknownTagsByStatus: given.unknownTagsByStatus ?? false,
    ipaeSupported: given.ipaeSupported ?? false,
    crlSupport: given.crlSupport ?? true,
    ecallSupported: given.ecallSupported ?? true,
    fallbackSupported: given.fallbackSupported ?? true,
    eimResetSupported: given.eimResetSupported ?? true,
    immediateEnableResetSupported: given.immediateEnableResetSupported ?? true,
    cancelDuringInstallation: given.cancelDuringInstallation ?? true,
  };
}
