// SPDX-License-Identifier: Apache-2.0
// Fcp, the description of a file, together with the defaults of its template (Interoperable Format §8.3).
import { child, type Tlv } from '../../../codec/ber.js';
import { hex } from '../../../codec/bytes.js';
import { aidOf, badValue, malformed, sized } from './fields.js';
import type { TemplateFile } from './templates.js';

/** What the eUICC takes from a description. */
export interface FileParameters {
  /** Four hexadecimal digits. */
  readonly fileId: string | undefined;
  readonly directory: boolean;
  readonly sizeBytes: number | undefined;
  /** AID of an ADF in hexadecimal. */
  readonly dfName: string | undefined;
  /** Key references of the PIN status template. */
  readonly pins: readonly number[];
  /** Path of the file whose content this one shares; an empty linkPath makes the file an independent one. */
  readonly link: string | undefined;
  /** What the file is filled with where there is no content: a pattern, its last byte or all of it repeated. */
  readonly filling: { readonly pattern: Uint8Array; readonly repeated: boolean };
}

const LARGEST_FILE_BYTES = 0xff_ffff;
const FILE_TYPE_MASK = 0x3f;
const DIRECTORY_TYPE = 0x38;
const ERASED = { pattern: Uint8Array.of(0xff), repeated: true };

/** @param fcp the description, or undefined for a file that is all as in its template. Throws ElementError. */
export function readFileParameters(fcp: Tlv | undefined, defaults: TemplateFile | undefined): FileParameters {
  const descriptor = fcp && optionalField(fcp, 0x82, 2, 4);
  const pinTemplate = fcp && child(fcp, 0xc6);
  const name = fcp && child(fcp, 0x84);
  const link = fcp && child(fcp, 0xc7);
  const fileId = fcp && child(fcp, 0x83);
  return {
    fileId: fileId ? hex(sized(fileId, 2)) : defaults?.fileId,
    directory: pinTemplate !== undefined || (descriptor !== undefined && (descriptor[0]! & FILE_TYPE_MASK) === DIRECTORY_TYPE),
    sizeBytes: fileBytes(fcp, descriptor, defaults),
    dfName: name && aidOf(name),
    pins: pinTemplate ? [...pinTemplate.value] : [],
    link: link && link.value.length > 0 ? hex(link.value) : undefined,
    filling: fillingOf(fcp),
  };
}

function fileBytes(fcp: Tlv | undefined, descriptor: Uint8Array | undefined, defaults: TemplateFile | undefined): number | undefined {
  const declared = fcp && optionalField(fcp, 0x80, 1, 4);
  const recordBytes = descriptor?.length === 4 ? descriptor[2]! * 256 + descriptor[3]! : defaults?.recordBytes;
  if (recordBytes === 0) throw badValue('records of no bytes');
  if (declared === undefined) return defaultBytes(defaults, recordBytes);
  if (declared.length > 1 && declared[0] === 0) throw malformed('a file size with leading zeros');
  const size = declared.reduce((sum, byte) => sum * 256 + byte, 0);
  if (size > LARGEST_FILE_BYTES) throw badValue(`a file of ${size} bytes`);
  if (recordBytes !== undefined && size % recordBytes !== 0) throw badValue(`${size} bytes are no whole records of ${recordBytes}`);
  return size;
}

/** The size in the template; with records of another length there are as many as in the template. */
function defaultBytes(defaults: TemplateFile | undefined, recordBytes: number | undefined): number | undefined {
  if (defaults?.sizeBytes === undefined || defaults.recordBytes === undefined || recordBytes === undefined) return defaults?.sizeBytes;
  return (defaults.sizeBytes / defaults.recordBytes) * recordBytes;
}

/** fillPattern (C1) and repeatPattern (C2) in proprietaryEFInfo; an erased file is all FF. */
function fillingOf(fcp: Tlv | undefined): FileParameters['filling'] {
  const information = fcp && child(fcp, 0xa5);
  const repeated = information && child(information, 0xc2);
  const filled = information && child(information, 0xc1);
  if (repeated && filled) throw badValue('two patterns to fill a file with');
  const pattern = (repeated ?? filled)?.value;
  if (pattern === undefined) return ERASED;
  if (pattern.length === 0) throw malformed('an empty pattern to fill a file with');
  return { pattern, repeated: repeated !== undefined };
}

function optionalField(parent: Tlv, tag: number, minimumBytes: number, maximumBytes: number): Uint8Array | undefined {
  const value = child(parent, tag)?.value;
  if (value !== undefined && (value.length < minimumBytes || value.length > maximumBytes))
    throw malformed(`${value.length} bytes in ${tag.toString(16)}`);
  return value;
}
