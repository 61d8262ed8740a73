// SPDX-License-Identifier: Apache-2.0
// ES10b.GetEimConfigurationData (SGP.32 v1.2 §5.9.18; §2.11.1.1.1, EimConfigurationData).

import type { Element } from '../asn1/element.js';
import { tlv } from '../asn1/tlv.js';
import { defineEs10 } from './function.js';

const ID_TYPES = { 1: 'oid', 2: 'fqdn', 3: 'proprietary' } as const;
const PROTOCOLS = ['eimRetrieveHttps', 'eimRetrieveCoaps', 'eimInjectHttps', 'eimInjectCoaps', 'eimProprietary'] as const;
const CI_ID_BYTES = 20;

/** How an eIM is recognised. */
export interface EimKey {
  readonly kind: 'publicKey' | 'certificate';
  /** DER SubjectPublicKeyInfo or Certificate. */
  readonly bytes: Uint8Array;
}

/** An eIM that the eUICC knows; undefined is what it does not tell. */
export interface EimConfiguration {
  readonly eimId: string;
  /** "host" or "host:port"; where it is left out and the type is fqdn, the eimId is the address. */
  readonly eimFqdn: string | undefined;
  readonly eimIdType: 'oid' | 'fqdn' | 'proprietary' | `unknown(${number})`;
  /** Of the last package; eUICCs tell it to nobody. */
  readonly counterValue: number | undefined;
  readonly associationToken: number | undefined;
  /** Signs packages. */
  readonly publicKey: EimKey | undefined;
  /** Shown in TLS. */
  readonly trustedKeyTls: EimKey | undefined;
  readonly supportedProtocols: readonly string[] | undefined;
  /** 40 hexadecimal digits. */
  readonly euiccCiPKId: string | undefined;
  readonly indirectProfileDownload: boolean;
}

/** The eIMs that the eUICC knows; the one with this eimId alone where it is named. */
export const getEimConfigurationData = defineEs10<string | undefined, EimConfiguration[]>({
  name: 'GetEimConfigurationData',
  tag: 0xbf55,
  request: (eimId) => (eimId === undefined ? [] : [tlv(0xa0, tlv(0x80, Buffer.from(eimId)))]),
  response: (response) => response.required(0xa0, 'eimConfigurationDataList').list('eimConfigurationData', 0x30).map(readConfiguration),
});

function readConfiguration(data: Element): EimConfiguration {
  return {
    eimId: data.required(0x80, 'eimId').text(),
    eimFqdn: data.optional(0x81, 'eimFqdn')?.text(),
    eimIdType: data.optional(0x82, 'eimIdType')?.named(ID_TYPES) ?? 'proprietary',
    counterValue: data.optional(0x83, 'counterValue')?.integer(),
    associationToken: data.optional(0x84, 'associationToken')?.integer(),
    publicKey: readKey(data.optional(0xa5, 'eimPublicKeyData')),
    trustedKeyTls: readKey(data.optional(0xa6, 'trustedPublicKeyDataTls')),
    supportedProtocols: data.optional(0x87, 'eimSupportedProtocol')?.bits(PROTOCOLS),
    euiccCiPKId: data.optional(0x88, 'euiccCiPKId')?.hex(CI_ID_BYTES),
    indirectProfileDownload: data.optional(0x89, 'indirectProfileDownload') !== undefined,
  };
}

function readKey(key: Element | undefined): EimKey | undefined {
  if (!key) return undefined;
  const [choice] = key.list('choice');
  if (!choice) throw key.refuse('is empty');
  return { kind: choice.tag === 0xa0 ? 'publicKey' : 'certificate', bytes: choice.sequence() };
}
