// SPDX-License-Identifier: Apache-2.0
// File and Fcp: how a file of a template, or a new one, is described and filled (Interoperable Format §8.3).
import { tlv } from '../../codec/ber.js';
import { concat } from '../../codec/bytes.js';
import { integerElement } from './numbered.js';

/** File descriptor bytes (ETSI TS 102 221 §11.1.1.4.3) with the data coding byte. */
export const FILE_DESCRIPTOR = { transparent: [0x41, 0x21], linearFixed: [0x42, 0x21], directory: [0x78, 0x21] } as const;

/** Fields of Fcp; those left out are the template's. */
export interface FileDescription {
  /** Bytes of tag 82. */
  readonly fileDescriptor?: readonly number[];
  readonly fileId?: number;
  /** AID of an ADF. */
  readonly dfName?: Uint8Array;
  /** File identifier and record number of the access rule in EF.ARR. */
  readonly accessRule?: { readonly arrFileId: number; readonly record: number };
  readonly sizeBytes?: number;
  /** Key references of the PINs in the PIN status template. */
  readonly pinStatusTemplate?: readonly number[];
  /** 1 to 30; 0 for a file that has none. */
  readonly shortFileId?: number;
}

/** The fields in the order of Fcp, under any tag: A1 in a File, 62 in a command of generic file management. */
export function fcp(tag: number, description: FileDescription): Uint8Array {
  const { fileDescriptor, fileId, dfName, accessRule, sizeBytes, pinStatusTemplate, shortFileId } = description;
  return tlv(
    tag,
    ...(fileDescriptor ? [tlv(0x82, Uint8Array.from(fileDescriptor))] : []),
    ...(fileId === undefined ? [] : [tlv(0x83, twoBytes(fileId))]),
    ...(dfName ? [tlv(0x84, dfName)] : []),
    ...(accessRule ? [tlv(0x8b, twoBytes(accessRule.arrFileId), Uint8Array.of(accessRule.record))] : []),
    ...(sizeBytes === undefined ? [] : [tlv(0x80, sizeBytes < 0x100 ? Uint8Array.of(sizeBytes) : twoBytes(sizeBytes))]),
    ...(pinStatusTemplate ? [tlv(0xc6, Uint8Array.from(pinStatusTemplate))] : []),
    ...(shortFileId === undefined ? [] : [tlv(0x88, shortFileId === 0 ? new Uint8Array(0) : Uint8Array.of(shortFileId << 3))]),
  );
}

/** A File as the template has it, with this content. */
export function templateFile(tag: number, content: Uint8Array): Uint8Array {
  return tlv(tag, tlv(0x83, content));
}

/** A File with its own description, and content if any. */
export function describedFile(tag: number, description: FileDescription, content?: Uint8Array): Uint8Array {
  return tlv(tag, fcp(0xa1, description), ...(content ? [tlv(0x83, content)] : []));
}

/** A transparent File as large as its content. */
export function transparentFile(tag: number, content: Uint8Array): Uint8Array {
  return describedFile(tag, { sizeBytes: content.length }, content);
}

/** A linear fixed File whose records are as long as the longest; shorter ones are skipped over to the next (fillFileOffset). */
export function recordFile(tag: number, records: readonly Uint8Array[], more: FileDescription = {}): Uint8Array {
  const recordBytes = Math.max(...records.map((record) => record.length));
  const fileDescriptor = [...FILE_DESCRIPTOR.linearFixed, recordBytes >> 8, recordBytes & 0xff];
  const fills = records.flatMap((record, index) => {
    const gapBytes = index === records.length - 1 ? 0 : recordBytes - record.length;
    return [tlv(0x83, record), ...(gapBytes === 0 ? [] : [integerElement(0x82, gapBytes)])];
  });
  return tlv(tag, fcp(0xa1, { ...more, fileDescriptor, sizeBytes: recordBytes * records.length }), ...fills);
}

/** `length` bytes of FF behind what is there. */
export function padded(content: Uint8Array, length: number): Uint8Array {
  return concat(content, new Uint8Array(length - content.length).fill(0xff));
}

/** Contents of a service table (EF.UST, EF.IST): the bits of these service numbers, counted from 1. */
export function serviceTable(services: readonly number[]): Uint8Array {
  const table = new Uint8Array(Math.ceil(Math.max(...services) / 8));
  for (const service of services) table[(service - 1) >> 3]! |= 1 << ((service - 1) & 7);
  return table;
}

/** A two-byte big-endian number. */
export function twoBytes(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
