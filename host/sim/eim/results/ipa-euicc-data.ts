// SPDX-License-Identifier: Apache-2.0
// IpaEuiccDataResponse (SGP.32 v1.2 §2.11.2.2).
import { CodecError, child, need, readBits, readInteger, type Tlv, tlv } from '../../codec/ber.js';
import { hex, text } from '../../codec/bytes.js';
import { defined } from '../defined.js';
import { readField } from './read-field.js';
import { DATA_ERROR_WORDS, wordFor } from './words.js';

/** ipaFeatures, by bit number. */
const FEATURES = [
  'directRspServerCommunication',
  'indirectRspServerCommunication',
  'eimDownloadDataHandling',
  'eimCtxParams1Generation',
  'eimProfileMetadataVerification',
  'minimizeEsipaBytes',
] as const;
/** ipaSupportedProtocols, by bit number. */
const PROTOCOLS = ['retrieveHttps', 'retrieveCoaps', 'injectHttps', 'injectCoaps', 'proprietary'] as const;

export interface IpaCapabilities {
  readonly features: readonly (typeof FEATURES)[number][];
  readonly protocols?: readonly (typeof PROTOCOLS)[number][];
}

/** What the IPA told; an object that it left out is left out here. */
export interface IpaEuiccData {
  readonly form: 'data';
  /** Upper-case hexadecimal. */
  readonly eimTransactionId?: string;
  /** Each PendingNotification, to be decoded and checked on its own. */
  readonly notifications?: readonly Tlv[];
  /** Each EuiccPackageResult, to be decoded and checked on its own. */
  readonly packageResults?: readonly Tlv[];
  readonly defaultSmdpAddress?: string;
  readonly rootSmdsAddress?: string;
  /** EUICCInfo1 as received, tag BF20. */
  readonly euiccInfo1?: Uint8Array;
  /** EUICCInfo2 as received, tag BF22. */
  readonly euiccInfo2?: Uint8Array;
  readonly associationToken?: number;
  /** DER Certificate. */
  readonly eumCertificate?: Uint8Array;
  /** DER Certificate. */
  readonly euiccCertificate?: Uint8Array;
  readonly ipaCapabilities?: IpaCapabilities;
  /** DeviceInfo as received, tag A9. */
  readonly deviceInfo?: Uint8Array;
}

/** Why the IPA could not tell. */
export interface IpaEuiccDataError {
  readonly form: 'error';
  readonly eimTransactionId?: string;
  readonly errorCode: number;
  readonly errorWord: string;
}

/** Reads an IpaEuiccDataResponse (tag BF52). Throws CodecError. */
export function decodeIpaEuiccDataResponse(response: Tlv): IpaEuiccData | IpaEuiccDataError {
  const error = child(response, 0xa1);
  return error === undefined ? dataOf(need(response, 0xa0)) : errorOf(error);
}

function errorOf(error: Tlv): IpaEuiccDataError {
  const errorCode = readInteger(need(error, 0x02));
  return {
    form: 'error',
    ...defined({ eimTransactionId: readField(error, 0x80, (field) => hex(field.value)) }),
    errorCode,
    errorWord: wordFor(DATA_ERROR_WORDS, errorCode),
  };
}

function dataOf(data: Tlv): IpaEuiccData {
  return {
    form: 'data',
    ...defined({
      eimTransactionId: readField(data, 0x87, (field) => hex(field.value)),
      notifications: readField(data, 0xa0, (field) => field.children),
      packageResults: readField(data, 0xa2, (field) => field.children),
      defaultSmdpAddress: readField(data, 0x81, (field) => text(field.value)),
      rootSmdsAddress: readField(data, 0x83, (field) => text(field.value)),
      euiccInfo1: readField(data, 0xbf20, (field) => field.raw),
      euiccInfo2: readField(data, 0xbf22, (field) => field.raw),
      associationToken: readField(data, 0x84, readInteger),
      eumCertificate: readField(data, 0xa5, certificateOf),
      euiccCertificate: readField(data, 0xa6, certificateOf),
      ipaCapabilities: readField(data, 0xa8, capabilitiesOf),
      deviceInfo: readField(data, 0xa9, (field) => field.raw),
    }),
  };
}

/** The field's tag replaces the certificate's own 30 (implicit tagging); peers that keep the 30 inside are understood too. */
function certificateOf(field: Tlv): Uint8Array {
  const [first, ...others] = field.children;
  if (first === undefined) throw new CodecError('an empty certificate');
  return others.length === 0 && first.tag === 0x30 ? first.raw : tlv(0x30, field.value);
}

function capabilitiesOf(field: Tlv): IpaCapabilities {
  return {
    features: readBits(need(field, 0x80)).flatMap((bit) => FEATURES[bit] ?? []),
    ...defined({ protocols: readField(field, 0x81, (bits) => readBits(bits).flatMap((bit) => PROTOCOLS[bit] ?? [])) }),
  };
}
