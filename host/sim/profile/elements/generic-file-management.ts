// SPDX-License-Identifier: Apache-2.0
// PE-GenericFileManagement: creates and fills a file that is in no template (Interoperable Format §8.3.5).
import { tlv } from '../../codec/ber.js';
import { PROFILE_ELEMENT } from '../interoperable-format.js';
import { FILE_DESCRIPTOR, fcp } from './file.js';
import { type NumberedElement, numbered } from './numbered.js';

export interface NewFile {
  /** File identifiers from below the MF to the directory; nothing for the MF. */
  readonly path: Uint8Array;
  readonly fileId: number;
  readonly content: Uint8Array;
}

/** One transparent file as large as its content: filePath, createFCP, fillFileContent. */
export function genericFile({ path, fileId, content }: NewFile): NumberedElement {
  const description = {
    fileDescriptor: FILE_DESCRIPTOR.transparent,
    fileId,
    accessRule: { arrFileId: 0x2f06, record: 1 },
    sizeBytes: content.length,
    shortFileId: 0,
  };
  const commands = tlv(0x30, tlv(0x80, path), fcp(0x62, description), tlv(0x81, content));
  return numbered(PROFILE_ELEMENT.genericFileManagement, tlv(0xa1, commands));
}
