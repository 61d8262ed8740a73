// SPDX-License-Identifier: Apache-2.0
// EuiccResultData (SGP.32 v1.2 §2.11.2.1): the outcome of one operation of a package.
import { CodecError, child, need, readInteger, type Tlv } from '../../codec/ber.js';
import { text } from '../../codec/bytes.js';
import { defined } from '../defined.js';
import { decodeProfileInfo, type ProfileInfo } from './profile-info.js';
import { RESULT_WORDS, type ResultOperation, wordFor } from './words.js';

/** An eIM as listEim names it. */
export interface EimIdInfo {
  readonly eimId: string;
  readonly eimIdType?: number;
}

/** One outcome. Code 0 is success, also for the operations that answer with data instead of a code. */
export interface EuiccResult {
  readonly operation: ResultOperation;
  readonly code: number;
  /** The specification's word for the code. */
  readonly word: string;
  /** Of listProfileInfo. */
  readonly profiles?: readonly ProfileInfo[];
  /** Of getRAT: each ProfilePolicyAuthorisationRule as received. */
  readonly rules?: readonly Uint8Array[];
  /** Of addEim, when a token was asked for. */
  readonly associationToken?: number;
  /** Of listEim. */
  readonly eims?: readonly EimIdInfo[];
  readonly raw: Uint8Array;
}

const CODED: Readonly<Record<number, ResultOperation>> = {
  131: 'enable',
  132: 'disable',
  133: 'delete',
  135: 'configureImmediateEnable',
  137: 'deleteEim',
  138: 'updateEim',
  140: 'rollback',
  141: 'setFallbackAttribute',
  142: 'unsetFallbackAttribute',
  2: 'processingTerminated',
};

/** Reads one alternative of EuiccResultData; one that is not known is kept as "unknown". Throws CodecError when a known one is damaged. */
export function decodeEuiccResult(result: Tlv): EuiccResult {
  const coded = CODED[result.tag];
  if (coded !== undefined) return outcome(coded, result, readInteger(result));
  switch (result.tag) {
    case 0xbf2d:
      return listProfileInfo(result);
    case 0xa6:
      return { ...outcome('getRAT', result), rules: result.children.map((rule) => rule.raw) };
    case 0xa8:
      return addEim(result);
    case 0xab:
      return listEim(result);
    case 0xbf65:
      return outcome('setDefaultDpAddress', result, readInteger(need(result, 0x80)));
    default:
      return { ...outcome('unknown', result, 127), word: `unknown result ${result.tag.toString(16).toUpperCase()}` };
  }
}

function outcome(operation: ResultOperation, result: Tlv, code = 0): EuiccResult {
  return { operation, code, word: wordFor(RESULT_WORDS[operation], code), raw: result.raw };
}

function listProfileInfo(result: Tlv): EuiccResult {
  const error = child(result, 0x81);
  if (error !== undefined) return outcome('listProfileInfo', result, readInteger(error));
  return { ...outcome('listProfileInfo', result), profiles: need(result, 0xa0).children.map(decodeProfileInfo) };
}

function addEim(result: Tlv): EuiccResult {
  const token = child(result, 0x84);
  if (token === undefined) return outcome('addEim', result, readInteger(need(result, 0x02)));
  return { ...outcome('addEim', result), associationToken: readInteger(token) };
}

function listEim(result: Tlv): EuiccResult {
  const error = child(result, 0x81);
  if (error !== undefined) return outcome('listEim', result, readInteger(error));
  return { ...outcome('listEim', result), eims: need(result, 0xa0).children.map(eimIdInfo) };
}

function eimIdInfo(info: Tlv): EimIdInfo {
  if (info.tag !== 0x30) throw new CodecError('an EimIdInfo that is no SEQUENCE');
  const type = child(info, 0x82);
  return { eimId: text(need(info, 0x80).value), ...defined({ eimIdType: type && readInteger(type) }) };
}
