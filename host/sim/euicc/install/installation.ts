// SPDX-License-Identifier: Apache-2.0
// The state of loading one bound profile package, and the codes an installation can fail with (SGP.22 v2.5 §2.5.6).
import type { BspChannel } from '../../crypto/bsp.js';
import type { ProfileMetadata } from '../domain/profile-metadata.js';
import type { Draft } from './elements/draft.js';

/** BppCommandId. */
export const BPP_COMMAND = {
  initialiseSecureChannel: 0,
  configureIsdp: 1,
  storeMetadata: 2,
  replaceSessionKeys: 4,
  loadProfileElements: 5,
} as const;

/** ErrorReason of a Profile Installation Result. */
export const INSTALL_ERROR = {
  incorrectInputValues: 1,
  invalidSignature: 2,
  invalidTransactionId: 3,
  unsupportedCrtValues: 4,
  unsupportedRemoteOperationType: 5,
  unsupportedProfileClass: 6,
  scp03tStructureError: 7,
  scp03tSecurityError: 8,
  iccidAlreadyExists: 9,
  insufficientMemory: 10,
  interruption: 11,
  profileElementProcessingError: 12,
  dataMismatch: 13,
  profilePolicyRulesNotAllowed: 15,
} as const;

/** Ends an installation; the command is the one in progress. */
export class InstallError extends Error {
  override readonly name = 'InstallError';
  /** @param reason one of INSTALL_ERROR. @param simaResponse EUICCResponse of the profile package interpreter, if it ended the installation. */
  constructor(
    readonly reason: number,
    readonly simaResponse?: Uint8Array,
  ) {
    super(`installation failed with reason ${reason}`);
  }
}

/** What has to come next. */
export type InstallationStage = 'configureIsdp' | 'metadataHeader' | 'metadata' | 'keysOrProfileHeader' | 'profileHeader' | 'profile';

/** A profile package of which elements come piece by piece; no more than one is held at a time. */
export interface ProfileInProgress {
  readonly draft: Draft;
  /** Bytes of the package so far. */
  packageBytes: number;
  /** Pieces of the element in progress. */
  pieces: Uint8Array[];
  pieceBytes: number;
  /** Length of the element in progress; undefined until its length octets are there. */
  elementBytes: number | undefined;
}

export interface Installation {
  stage: InstallationStage;
  /** Bytes of the BoundProfilePackage that have not come yet. */
  packageBytesLeft: number;
  /** Bytes of the sequence (A1 or A3) in progress that have not come yet. */
  sequenceBytesLeft: number;
  bsp: BspChannel;
  /** DpProprietaryData from ConfigureISDP, as received. */
  dpProprietaryData: Uint8Array | undefined;
  metadataParts: Uint8Array[];
  metadata: ProfileMetadata | undefined;
  /** Undefined until the first bytes of the profile package were decrypted. */
  profile: ProfileInProgress | undefined;
}
