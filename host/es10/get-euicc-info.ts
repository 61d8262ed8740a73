// SPDX-License-Identifier: Apache-2.0
// ES10b.GetEUICCInfo (SGP.22 v2.5 §5.7.8; SGP.32 v1.2 §5.9.2): what the eUICC is and can.

import { type Element, Element as ElementReader } from '../asn1/element.js';
import { tlv } from '../asn1/tlv.js';
import { POLICY_RULES, type PolicyRule } from '../profile-fields.js';
import { defineEs10 } from './function.js';

const CI_ID_BYTES = 20;

const UICC_CAPABILITIES = [
  'contactlessSupport',
  'usimSupport',
  'isimSupport',
  'csimSupport',
  'akaMilenage',
  'akaCave',
  'akaTuak128',
  'akaTuak256',
  'usimTestAlgorithm',
  'rfu2',
  'gbaAuthenUsim',
  'gbaAuthenISim',
  'mbmsAuthenUsim',
  'eapClient',
  'javacard',
  'multos',
  'multipleUsimSupport',
  'multipleIsimSupport',
  'multipleCsimSupport',
  'berTlvFileSupport',
  'dfLinkSupport',
  'catTp',
  'getIdentity',
  'profileAX25519',
  'profileBP256',
  'suciCalculatorApi',
  'dnsResolution',
  'scp11ac',
  'scp11cAuthorizationMechanism',
  's16mode',
  'eaka',
  'iotminimal',
] as const;

const RSP_CAPABILITIES = [
  'additionalProfile',
  'crlSupport',
  'rpmSupport',
  'testProfileSupport',
  'deviceInfoExtensibilitySupport',
  'serviceSpecificDataSupport',
] as const;

const EUICC_CATEGORIES = { 0: 'other', 1: 'basicEuicc', 2: 'mediumEuicc', 3: 'contactlessEuicc' } as const;
const IPA_MODES = { 0: 'ipad', 1: 'ipae' } as const;

/** Which versions and which CIs. Versions are "2.5.0"; identifiers of CIs are 40 hexadecimal digits. */
export interface EuiccInfo1 {
  readonly svn: string;
  readonly euiccCiPKIdListForVerification: readonly string[];
  readonly euiccCiPKIdListForSigning: readonly string[];
}

/** Memory of the eUICC (extCardResource); undefined is what it does not tell. */
export interface CardResource {
  readonly installedApplications: number | undefined;
  readonly freeNonVolatileBytes: number | undefined;
  readonly freeVolatileBytes: number | undefined;
}

/** All that the eUICC tells of itself; the fields of an IoT eUICC are undefined with others. */
export interface EuiccInfo2 extends EuiccInfo1 {
  /** Of the profile package interpreter (SIMalliance, TCA). */
  readonly profileVersion: string;
  readonly euiccFirmwareVersion: string;
  readonly resource: CardResource;
  readonly uiccCapabilities: readonly string[];
  readonly ts102241Version: string | undefined;
  readonly globalplatformVersion: string | undefined;
  readonly rspCapabilities: readonly string[];
  readonly euiccCategory: string | undefined;
  readonly forbiddenProfilePolicyRules: readonly PolicyRule[];
  /** Of the protection profile. */
  readonly ppVersion: string;
  readonly sasAccreditationNumber: string;
  readonly platformLabel: string | undefined;
  readonly discoveryBaseUrl: string | undefined;
  readonly ipaMode: string | undefined;
  readonly highestSvn: string | undefined;
  /** Versions of SGP.32. */
  readonly iotVersions: readonly string[];
  readonly ecallSupported: boolean;
  readonly fallbackSupported: boolean;
}

/** The short form. */
export const getEuiccInfo1 = defineEs10<void, EuiccInfo1>({ name: 'GetEUICCInfo1', tag: 0xbf20, response: readInfo1 });

/** The whole form. */
export const getEuiccInfo2 = defineEs10<void, EuiccInfo2>({
  name: 'GetEUICCInfo2',
  tag: 0xbf22,
  response: (info) => ({
    profileVersion: info.required(0x81, 'profileVersion').version(),
    ...readInfo1(info),
    euiccFirmwareVersion: info.required(0x83, 'euiccFirmwareVer').version(),
    resource: readResource(info.required(0x84, 'extCardResource')),
    uiccCapabilities: info.required(0x85, 'uiccCapability').bits(UICC_CAPABILITIES),
    ts102241Version: info.optional(0x86, 'ts102241Version')?.version(),
    globalplatformVersion: info.optional(0x87, 'globalplatformVersion')?.version(),
    rspCapabilities: info.required(0x88, 'rspCapability').bits(RSP_CAPABILITIES),
    euiccCategory: info.optional(0x8b, 'euiccCategory')?.named(EUICC_CATEGORIES),
    forbiddenProfilePolicyRules: info.optional(0x99, 'forbiddenProfilePolicyRules')?.bits(POLICY_RULES) ?? [],
    ppVersion: info.required(0x04, 'ppVersion').version(),
    sasAccreditationNumber: info.required(0x0c, 'sasAcreditationNumber').text(),
    platformLabel: info.optional(0xac, 'certificationDataObject')?.optional(0x80, 'platformLabel')?.text(),
    discoveryBaseUrl: info.optional(0xac, 'certificationDataObject')?.optional(0x81, 'discoveryBaseURL')?.text(),
    ipaMode: info.optional(0x90, 'ipaMode')?.named(IPA_MODES),
    highestSvn: info.optional(0x93, 'highestSvn')?.version(),
    ...readIot(info.optional(0xb4, 'iotSpecificInfo')),
  }),
});

function readInfo1(info: Element): EuiccInfo1 {
  const ids = (tag: number, name: string) =>
    info
      .required(tag, name)
      .list('subjectKeyIdentifier', 0x04)
      .map((id) => id.hex(CI_ID_BYTES));
  return {
    svn: info.required(0x82, 'svn').version(),
    euiccCiPKIdListForVerification: ids(0xa9, 'euiccCiPKIdListForVerification'),
    euiccCiPKIdListForSigning: ids(0xaa, 'euiccCiPKIdListForSigning'),
  };
}

/** The octets are elements of GlobalPlatform themselves; their numbers have no sign (B.2). */
function readResource(octets: Element): CardResource {
  const inner = ElementReader.read(tlv(0x30, octets.value), 'response.extCardResource');
  const number = (tag: number, name: string) => inner.optional(tag, name)?.unsigned();
  return {
    installedApplications: number(0x81, 'numberOfApplications'),
    freeNonVolatileBytes: number(0x82, 'freeNonVolatileMemory'),
    freeVolatileBytes: number(0x83, 'freeVolatileMemory'),
  };
}

function readIot(iot: Element | undefined): Pick<EuiccInfo2, 'iotVersions' | 'ecallSupported' | 'fallbackSupported'> {
  const versions = iot?.required(0xa0, 'iotVersion').list('version', 0x04) ?? [];
  return {
    iotVersions: versions.map((version) => version.version()),
    ecallSupported: iot?.optional(0x81, 'ecallSupported') !== undefined,
    fallbackSupported: iot?.optional(0x82, 'fallbackSupported') !== undefined,
  };
}
