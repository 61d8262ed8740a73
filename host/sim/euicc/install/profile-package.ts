// SPDX-License-Identifier: Apache-2.0
// The decrypted profile package: room for it, and what is read of it (header, end). The other profile elements are opaque to the simulator
// (TCA eUICC Profile Package: Interoperable Format Technical Specification).
import { CodecError, need, readTlv } from '../../codec/ber.js';
import { concat, equal } from '../../codec/bytes.js';
import { freeBytes } from '../domain/capacity.js';
import { readHeader } from '../domain/header.js';
import type { Euicc } from '../state/euicc.js';
import { INSTALL_ERROR, type Installation, InstallError } from './installation.js';

const PROFILE_HEADER = 0xa0;
const PROFILE_END = 0xaa;

/** What an ISD-P needs besides its profile elements, in bytes. */
const ISDP_BYTES = 512;

/** Non-volatile memory the profile will take. */
export function installedBytes(installation: Installation): number {
  return installation.profileBytes + ISDP_BYTES;
}

/** Throws InstallError insufficientMemory as soon as what was loaded does not fit any more. */
export function checkRoom(euicc: Euicc, installation: Installation): void {
  if (installedBytes(installation) > freeBytes(euicc)) throw new InstallError(INSTALL_ERROR.insufficientMemory);
}

/** Checks that the package is a sequence of elements from header to end, and that its header names the ICCID of the metadata. Throws InstallError. */
export function checkProfilePackage(installation: Installation): void {
  const elements = split(concat(...installation.profileParts));
  const first = elements[0];
  if (first?.[0] !== PROFILE_HEADER || elements.at(-1)?.[0] !== PROFILE_END) throw processingError();
  if (!equal(iccidOf(first), installation.metadata!.iccid)) throw new InstallError(INSTALL_ERROR.dataMismatch);
}

function iccidOf(header: Uint8Array): Uint8Array {
  try {
    return need(readTlv(header), 0x83).value;
  } catch (error) {
    if (error instanceof CodecError) throw processingError();
    throw error;
  }
}

function split(bytes: Uint8Array): Uint8Array[] {
  const elements: Uint8Array[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const length = elementBytes(rest);
    if (length > rest.length) throw processingError();
    elements.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return elements;
}

function elementBytes(bytes: Uint8Array): number {
  try {
    const { headerBytes, contentBytes } = readHeader(bytes);
    return headerBytes + contentBytes;
  } catch {
    throw processingError();
  }
}

function processingError(): InstallError {
  return new InstallError(INSTALL_ERROR.profileElementProcessingError);
}
