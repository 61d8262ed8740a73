// SPDX-License-Identifier: Apache-2.0
// GetEUICCInfo1 and 2: `BF20`, `BF22` (SGP.22 v2.5 §5.7.8, with the additions of SGP.32 v1.2 §5.9.2).
import { bitStringContent, type Tlv, tlv } from '../../codec/ber.js';
import { extendedCardResource } from '../domain/capacity.js';
import { integerElement, textElement } from '../domain/elements.js';
import type { Euicc } from '../state/euicc.js';
import type { EuiccSettings } from '../state/settings.js';

/** UICCCapability bits: usim, isim, csim, milenage, tuak128, tuak256, gbaUsim, eapClient, javacard, berTlv, dfLink, getIdentity, profile A and B. */
const UICC_CAPABILITY = [1, 2, 3, 4, 6, 7, 10, 13, 14, 19, 20, 22, 23, 24];

/** RspCapability bits. */
const RSP_CAPABILITY = { additionalProfile: 0, crlSupport: 1, testProfileSupport: 3 } as const;

const VERSIONS = {
  ts102241: Uint8Array.of(15, 0, 0),
  globalPlatform: Uint8Array.of(2, 3, 0),
  protectionProfile: Uint8Array.of(1, 0, 0),
};

const MEDIUM_EUICC = 2;
const IPA_MODE_IPAD = 0;

/** `BF20{82 svn, A9 CIs for verification, AA CIs for signing}`. */
export function getEuiccInfo1(euicc: Euicc, _request: Tlv): Uint8Array {
  return tlv(0xbf20, tlv(0x82, euicc.settings.svn), ...ciKeyIdentifiers(euicc));
}

/** `BF22{…}`; the memory it reports is what is free now. */
export function getEuiccInfo2(euicc: Euicc, _request: Tlv): Uint8Array {
  const { settings } = euicc;
  return tlv(
    0xbf22,
    tlv(0x81, settings.profileVersion),
    tlv(0x82, settings.svn),
    tlv(0x83, settings.firmwareVersion),
    tlv(0x84, extendedCardResource(euicc)),
    tlv(0x85, bitStringContent(UICC_CAPABILITY)),
    tlv(0x86, VERSIONS.ts102241),
    tlv(0x87, VERSIONS.globalPlatform),
    tlv(0x88, bitStringContent(rspCapability(settings))),
    ...ciKeyIdentifiers(euicc),
    integerElement(0x8b, MEDIUM_EUICC),
    tlv(0x99, bitStringContent(settings.forbiddenProfilePolicyRules)),
    tlv(0x04, VERSIONS.protectionProfile),
    textElement(0x0c, 'SIM-EUICC-0001'),
    ...(settings.kind === 'iot' ? iotElements(settings) : []),
  );
}

/** What SGP.32 adds: ipaMode and iotSpecificInfo. */
function iotElements({ iotVersion, ecallSupported, fallbackSupported }: EuiccSettings): Uint8Array[] {
  const ecall = ecallSupported ? [tlv(0x81)] : [];
  const fallback = fallbackSupported ? [tlv(0x82)] : [];
  return [integerElement(0x90, IPA_MODE_IPAD), tlv(0xb4, tlv(0xa0, tlv(0x04, iotVersion)), ...ecall, ...fallback)];
}

function rspCapability({ crlSupport, testProfileSupport }: EuiccSettings): number[] {
  const optional = [...(crlSupport ? [RSP_CAPABILITY.crlSupport] : []), ...(testProfileSupport ? [RSP_CAPABILITY.testProfileSupport] : [])];
  return [RSP_CAPABILITY.additionalProfile, ...optional];
}

function ciKeyIdentifiers({ identity }: Euicc): Uint8Array[] {
  const verification = identity.trustedCis.map((ci) => tlv(0x04, ci.subjectKeyId));
  const signing = identity.signingCiPkIds.map((ciPkId) => tlv(0x04, ciPkId));
  return [tlv(0xa9, ...verification), tlv(0xaa, ...signing)];
}
