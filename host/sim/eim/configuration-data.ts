// SPDX-License-Identifier: Apache-2.0
// EimConfigurationData (SGP.32 v1.2 §2.11.1.1.1): what an eUICC stores about an eIM; in AddInitialEim, addEim and updateEim.
import { bitStringContent, integerContent, readTlv, tlv } from '../codec/ber.js';
import { utf8 } from '../codec/bytes.js';

/** eimIdType: how the eIM identifier is to be read. */
export const EimIdType = { Oid: 1, Fqdn: 2, Proprietary: 3 } as const;
export type EimIdType = (typeof EimIdType)[keyof typeof EimIdType];

/** Bits of eimSupportedProtocol. */
export const EimProtocol = { RetrieveHttps: 0, RetrieveCoaps: 1, InjectHttps: 2, InjectCoaps: 3, Proprietary: 4 } as const;
export type EimProtocol = (typeof EimProtocol)[keyof typeof EimProtocol];

/** A public key, bare or in a certificate. */
export type KeyData =
  | { readonly spki: Uint8Array /** DER SubjectPublicKeyInfo. */ }
  | { readonly certificate: Uint8Array /** DER Certificate. */ };

/** The fields of EimConfigurationData; each one left out is left out of the encoding. */
export interface EimConfiguration {
  /** 1 to 128 bytes of UTF-8. */
  readonly eimId: string;
  /** "host" or "host:port". */
  readonly eimFqdn?: string;
  readonly eimIdType?: EimIdType;
  /** The eUICC will take only packages with a greater counter. */
  readonly counterValue?: number;
  /** -1 asks the eUICC to assign a token; any other value is refused by a correct eUICC. */
  readonly associationToken?: number;
  readonly eimPublicKeyData?: KeyData;
  /** The key or certificate that the IPA must find in TLS. */
  readonly trustedPublicKeyDataTls?: KeyData;
  readonly eimSupportedProtocol?: readonly EimProtocol[];
  /** CI key identifier, 20 bytes. */
  readonly euiccCiPkId?: Uint8Array;
  readonly indirectProfileDownload?: boolean;
}

/** The components of EimConfigurationData in order, for a SEQUENCE whose tag depends on where it stands (30, A8, AA). */
export function eimConfigurationContents(fields: EimConfiguration): Uint8Array[] {
  const {
    eimFqdn,
    eimIdType,
    counterValue,
    associationToken,
    eimPublicKeyData,
    trustedPublicKeyDataTls,
    eimSupportedProtocol,
    euiccCiPkId,
  } = fields;
  return [
    tlv(0x80, utf8(fields.eimId)),
    ...present(eimFqdn, (value) => tlv(0x81, utf8(value))),
    ...present(eimIdType, (value) => tlv(0x82, integerContent(value))),
    ...present(counterValue, (value) => tlv(0x83, integerContent(value))),
    ...present(associationToken, (value) => tlv(0x84, integerContent(value))),
    ...present(eimPublicKeyData, (value) => tlv(0xa5, keyData(value))),
    ...present(trustedPublicKeyDataTls, (value) => tlv(0xa6, keyData(value))),
    ...present(eimSupportedProtocol, (value) => tlv(0x87, bitStringContent(value))),
    ...present(euiccCiPkId, (value) => tlv(0x88, value)),
    ...(fields.indirectProfileDownload ? [tlv(0x89)] : []),
  ];
}

/** EimConfigurationData as a SEQUENCE. */
export function encodeEimConfigurationData(fields: EimConfiguration): Uint8Array {
  return tlv(0x30, ...eimConfigurationContents(fields));
}

/** AddInitialEimRequest (SGP.32 v1.2 §5.9.4) with these EimConfigurationData, as ES10b takes it. */
export function addInitialEimRequest(...configurations: readonly Uint8Array[]): Uint8Array {
  return tlv(0xbf57, tlv(0xa0, ...configurations));
}

/** Implicit tagging: the context tag stands in the place of the SEQUENCE's own 30. */
function keyData(data: KeyData): Uint8Array {
  return 'spki' in data ? tlv(0xa0, readTlv(data.spki).value) : tlv(0xa1, readTlv(data.certificate).value);
}

function present<Value>(value: Value | undefined, encode: (value: Value) => Uint8Array): Uint8Array[] {
  return value === undefined ? [] : [encode(value)];
}
