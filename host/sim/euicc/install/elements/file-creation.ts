// SPDX-License-Identifier: Apache-2.0
// Creates directories and files in the profile that comes to be, and checks what they are filled with.
import type { Tlv } from '../../../codec/ber.js';
import { type Draft, reserve } from './draft.js';
import { badValue, integerUpTo, malformed, unknownReference } from './fields.js';
import type { FileParameters } from './file-parameters.js';

/** Largest offset in a file (UInt16). */
const LARGEST_OFFSET = 0xffff;
const FILE_ID_DIGITS = 4;

/** One piece of content, and where it begins in the file. */
export interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The directory a path ends in lies below this one. */
export function parentOf(path: string): string {
  return path.slice(0, -FILE_ID_DIGITS);
}

/** Adds a directory. Throws ElementError: there already, or nothing to put it in. */
export function createDirectory(draft: Draft, path: string, parameters: FileParameters, identification: number): void {
  if (parameters.pins.length === 0) throw malformed('a directory without PIN status template');
  addFile(draft, path, { directory: true, sizeBytes: undefined });
  if (parameters.dfName !== undefined) draft.adfAids.add(parameters.dfName);
  draft.pinDemands.push({ path, references: parameters.pins, identification });
}

/** Adds a file with these pieces of content, and takes memory for it. Throws ElementError when the content is not within the file. */
export function createFile(draft: Draft, path: string, parameters: FileParameters, pieces: readonly Piece[]): void {
  const { link, sizeBytes } = parameters;
  addFile(draft, path, { directory: false, sizeBytes: link === undefined ? sizeBytes : undefined });
  if (link === undefined) {
    checkFill(path, sizeBytes, pieces);
    reserve(draft, sizeBytes ?? endOf(pieces));
  } else checkLink(draft, link, pieces);
}

/** Throws ElementError badValues when a piece ends behind the end of the file. */
export function checkFill(path: string, sizeBytes: number | undefined, pieces: readonly Piece[]): void {
  const end = endOf(pieces);
  if (sizeBytes !== undefined && end > sizeBytes) throw badValue(`${end} bytes of content in file ${path} of ${sizeBytes}`);
}

/** The pieces of a list of fillFileOffset and fillFileContent; each offset counts from the end of the piece before. Throws ElementError. */
export function piecesOf(fills: readonly Tlv[], tags: { readonly content: number; readonly offset: number }): Piece[] {
  const pieces: Piece[] = [];
  let offset = 0;
  for (const fill of fills) {
    if (fill.tag === tags.offset) offset += integerUpTo(fill, LARGEST_OFFSET);
    else if (fill.tag === tags.content) {
      pieces.push({ offset, bytes: fill.value });
      offset += fill.value.length;
    } else throw malformed(`${fill.tag.toString(16)} in the content of a file`);
  }
  return pieces;
}

/** The whole content of a file: its pieces, and the pattern around them. */
export function contentOfPieces({ sizeBytes, filling }: FileParameters, pieces: readonly Piece[]): Uint8Array {
  const { pattern, repeated } = filling;
  const content = Uint8Array.from(
    { length: sizeBytes ?? endOf(pieces) },
    (_, index) => pattern[repeated ? index % pattern.length : Math.min(index, pattern.length - 1)]!,
  );
  for (const { offset, bytes } of pieces) content.set(bytes, offset);
  return content;
}

function endOf(pieces: readonly Piece[]): number {
  return pieces.reduce((end, { offset, bytes }) => Math.max(end, offset + bytes.length), 0);
}

function addFile(draft: Draft, path: string, file: { readonly directory: boolean; readonly sizeBytes: number | undefined }): void {
  if (draft.files.has(path)) throw badValue(`file ${path} twice`);
  if (path !== '' && draft.files.get(parentOf(path))?.directory !== true) throw unknownReference(`no directory for file ${path}`);
  draft.files.set(path, file);
}

function checkLink(draft: Draft, link: string, pieces: readonly Piece[]): void {
  if (pieces.length > 0) throw badValue('content for a file that shares the content of another');
  if (draft.files.get(link)?.directory !== false) throw unknownReference(`no file ${link} to share`);
}
