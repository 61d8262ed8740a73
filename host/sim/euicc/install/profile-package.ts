// SPDX-License-Identifier: Apache-2.0
// The decrypted profile package, read element by element as its bytes come: room for it, and what the interpreter says in the end
// (TCA eUICC Profile Package: Interoperable Format; SGP.22 v2.5 §2.5.3).
import { CodecError } from '../../codec/ber.js';
import { concat } from '../../codec/bytes.js';
import { readIccid } from '../../profile/iccid.js';
import { freeBytes } from '../domain/capacity.js';
import { readHeader } from '../domain/header.js';
import type { Euicc } from '../state/euicc.js';
import type { StoredFile } from '../state/non-volatile.js';
import { emptyDraft } from './elements/draft.js';
import { processElement } from './elements/process-element.js';
import { ELEMENT_STATUS, type ElementStatus, euiccResponse } from './elements/status.js';
import { INSTALL_ERROR, type Installation, InstallError, type ProfileInProgress } from './installation.js';

export interface FinishedProfile {
  /** Non-volatile memory the profile takes. */
  readonly sizeBytes: number;
  readonly files: readonly StoredFile[];
  readonly simaResponse: Uint8Array;
}

/** What an ISD-P needs besides its profile elements, in bytes. */
const ISDP_BYTES = 512;
const LONG_TAG = 0x1f;

/**
 * Reads on in the profile package; elements that are complete are processed at once. Throws InstallError: an element that fails, one that is
 * longer than the room left (as soon as its length is known), another ICCID than that of the metadata.
 */
export function acceptProfileBytes(euicc: Euicc, installation: Installation, bytes: Uint8Array): void {
  installation.profile ??= begin(euicc);
  const { profile } = installation;
  for (let rest = bytes; rest.length > 0; ) {
    rest = profile.elementBytes === undefined ? takeLength(profile, rest) : takeContents(profile, rest);
    if (profile.pieceBytes === profile.elementBytes) processPieces(installation, profile);
  }
}

/** What is installed now that all bytes have come. Throws InstallError when the end element has not. */
export function finishProfilePackage({ profile }: Installation): FinishedProfile {
  if (profile === undefined || profile.pieceBytes > 0 || !profile.draft.ended) throw failure(profile, malformed());
  const { draft } = profile;
  return { sizeBytes: neededBytes(profile, 0), files: draft.stored, simaResponse: euiccResponse(draft.warnings, false) };
}

function begin(euicc: Euicc): ProfileInProgress {
  const draft = emptyDraft(euicc.settings.profileVersion[0]!, freeBytes(euicc) - ISDP_BYTES);
  return { draft, packageBytes: 0, pieces: [], pieceBytes: 0, elementBytes: undefined };
}

/** Takes one byte, or with the last length octet learns how long the element is. The bytes that are left. */
function takeLength(profile: ProfileInProgress, bytes: Uint8Array): Uint8Array {
  takeContents(profile, bytes.subarray(0, 1));
  const start = concat(...profile.pieces);
  if (start.length < headerBytes(start)) return bytes.subarray(1);
  try {
    const header = readHeader(start);
    profile.elementBytes = header.headerBytes + header.contentBytes;
  } catch (error) {
    throw error instanceof CodecError ? failure(profile, malformed()) : error;
  }
  if (neededBytes(profile, profile.elementBytes - start.length) > profile.draft.memoryBytes + ISDP_BYTES)
    throw failure(profile, { status: ELEMENT_STATUS.notEnoughMemory, identification: undefined });
  return bytes.subarray(1);
}

/** How many bytes tag and length have, as far as these bytes can tell. */
function headerBytes(start: Uint8Array): number {
  const tagBytes = (start[0]! & LONG_TAG) === LONG_TAG ? 2 : 1;
  const first = start[tagBytes] ?? 0;
  return tagBytes + 1 + (first > 0x80 ? first & 0x7f : 0);
}

/** Takes what belongs to the element in progress; the bytes that are left. */
function takeContents(profile: ProfileInProgress, bytes: Uint8Array): Uint8Array {
  const piece = bytes.subarray(0, profile.elementBytes === undefined ? bytes.length : profile.elementBytes - profile.pieceBytes);
  profile.pieces.push(piece);
  profile.pieceBytes += piece.length;
  profile.packageBytes += piece.length;
  return bytes.subarray(piece.length);
}

function processPieces(installation: Installation, profile: ProfileInProgress): void {
  const { draft } = profile;
  const isFirst = draft.iccid === undefined;
  const failed = processElement(draft, concat(...profile.pieces));
  if (failed) throw failure(profile, failed);
  if (isFirst && draft.iccid !== readIccid(installation.metadata!.iccid)) throw new InstallError(INSTALL_ERROR.dataMismatch);
  profile.pieces = [];
  profile.pieceBytes = 0;
  profile.elementBytes = undefined;
}

/** Memory for the profile: its package, or its files and applications when they need more, and the ISD-P. */
function neededBytes({ packageBytes, draft }: ProfileInProgress, bytesToCome: number): number {
  return Math.max(packageBytes + bytesToCome, draft.neededBytes) + ISDP_BYTES;
}

function malformed(): ElementStatus {
  return { status: ELEMENT_STATUS.invalidRequestFormat, identification: undefined };
}

/** The end of the installation: warnings so far, and the element that failed. */
function failure(profile: ProfileInProgress | undefined, failed: ElementStatus): InstallError {
  const { insufficientMemory, profileElementProcessingError } = INSTALL_ERROR;
  const reason = failed.status === ELEMENT_STATUS.notEnoughMemory ? insufficientMemory : profileElementProcessingError;
  return new InstallError(reason, euiccResponse([...(profile?.draft.warnings ?? []), failed], true));
}
