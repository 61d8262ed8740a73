// SPDX-License-Identifier: Apache-2.0
// The steps after the secure channel is open: ConfigureISDP, StoreMetadata, ReplaceSessionKeys and the profile elements, each from its
// segments (SGP.22 v2.5 §2.5.5, §5.5.2 to §5.5.5).
import { child, readTlv, type Tlv } from '../../codec/ber.js';
import { concat } from '../../codec/bytes.js';
import { BspChannel, BspError } from '../../crypto/bsp.js';
import { octets } from '../domain/elements.js';
import { readHeader } from '../domain/header.js';
import { findProfile } from '../domain/identifiers.js';
import { PROFILE_CLASS, type ProfileMetadata, readProfileMetadata } from '../domain/profile-metadata.js';
import { policyRulesAllowed } from '../domain/profile-policy.js';
import type { Euicc } from '../state/euicc.js';
import { INSTALL_ERROR, type Installation, type InstallationStage, InstallError } from './installation.js';
import { acceptProfileBytes } from './profile-package.js';

const KEY_BYTES = 16;

type Step = (euicc: Euicc, installation: Installation, segment: Uint8Array) => void;

/** What a segment does at each stage. Every step throws InstallError or CodecError when the segment is not the one that has to come. */
export const STEPS: Readonly<Record<InstallationStage, Step>> = {
  configureIsdp,
  metadataHeader: (_, installation, segment) => openSequence(installation, segment, 0xa1, 'metadata'),
  metadata: storeMetadata,
  keysOrProfileHeader: (_, installation, segment) => {
    if (readHeader(segment).tag === 0xa2) replaceSessionKeys(installation, segment);
    else openSequence(installation, segment, 0xa3, 'profile');
  },
  profileHeader: (_, installation, segment) => openSequence(installation, segment, 0xa3, 'profile'),
  profile: loadProfileElements,
};

function structureError(): InstallError {
  return new InstallError(INSTALL_ERROR.scp03tStructureError);
}

function configureIsdp(_: Euicc, installation: Installation, segment: Uint8Array): void {
  const plain = readTlv(unprotectSequence(installation, segment, 0xa0));
  if (plain.tag !== 0xbf24) throw new InstallError(INSTALL_ERROR.incorrectInputValues);
  installation.dpProprietaryData = child(plain, 0xb8)?.raw.slice();
  installation.stage = 'metadataHeader';
}

function replaceSessionKeys(installation: Installation, segment: Uint8Array): void {
  const request = readTlv(unprotectSequence(installation, segment, 0xa2));
  if (request.tag !== 0xbf26) throw new InstallError(INSTALL_ERROR.incorrectInputValues);
  installation.bsp = new BspChannel({
    initialMacChainingValue: octets(request, 0x80, KEY_BYTES),
    encryptionKey: octets(request, 0x81, KEY_BYTES),
    macKey: octets(request, 0x82, KEY_BYTES),
  });
  installation.stage = 'profileHeader';
}

/** The plaintext of a sequence of 87 that comes as one segment. */
function unprotectSequence(installation: Installation, segment: Uint8Array, tag: number): Uint8Array {
  const sequence = wellFormed(segment);
  if (sequence.tag !== tag || sequence.children.length === 0) throw structureError();
  if (sequence.children.some((part) => part.tag !== 0x87)) throw structureError();
  return concat(...sequence.children.map((part) => unprotected(() => installation.bsp.unprotect(part))));
}

/** The header of A1 or A3, which comes alone. */
function openSequence(installation: Installation, segment: Uint8Array, tag: number, next: InstallationStage): void {
  const header = readHeader(segment);
  if (header.tag !== tag || segment.length !== header.headerBytes) throw structureError();
  if (header.contentBytes === 0 || header.contentBytes > installation.packageBytesLeft) throw structureError();
  installation.sequenceBytesLeft = header.contentBytes;
  installation.stage = next;
}

function storeMetadata(euicc: Euicc, installation: Installation, segment: Uint8Array): void {
  const part = sequencePart(installation, segment, 0x88);
  installation.metadataParts.push(unprotected(() => installation.bsp.unprotectMacOnly(part)).slice());
  if (installation.sequenceBytesLeft > 0) return;
  installation.metadata = readProfileMetadata(concat(...installation.metadataParts));
  checkMetadata(euicc, installation.metadata);
  installation.stage = 'keysOrProfileHeader';
}

function checkMetadata(euicc: Euicc, metadata: ProfileMetadata): void {
  const { test, provisioning, operational } = PROFILE_CLASS;
  const classes: number[] = euicc.settings.testProfileSupport ? [test, provisioning, operational] : [provisioning, operational];
  if (!classes.includes(metadata.profileClass)) throw new InstallError(INSTALL_ERROR.unsupportedProfileClass);
  if (findProfile(euicc.memory, metadata.iccid)) throw new InstallError(INSTALL_ERROR.iccidAlreadyExists);
  if (!policyRulesAllowed(euicc, metadata)) throw new InstallError(INSTALL_ERROR.profilePolicyRulesNotAllowed);
}

function loadProfileElements(euicc: Euicc, installation: Installation, segment: Uint8Array): void {
  const part = sequencePart(installation, segment, 0x86);
  acceptProfileBytes(euicc, installation, unprotected(() => installation.bsp.unprotect(part)).slice());
  if (installation.sequenceBytesLeft === 0 && installation.packageBytesLeft > 0) throw structureError();
}

/** One 86 or 88 that still fits into its sequence. */
function sequencePart(installation: Installation, segment: Uint8Array, tag: number): Tlv {
  const part = wellFormed(segment);
  if (part.tag !== tag || segment.length > installation.sequenceBytesLeft) throw structureError();
  installation.sequenceBytesLeft -= segment.length;
  return part;
}

function wellFormed(segment: Uint8Array): Tlv {
  try {
    return readTlv(segment);
  } catch {
    throw structureError();
  }
}

function unprotected(read: () => Uint8Array): Uint8Array {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BspError)) throw error;
    throw new InstallError(error.failure === 'structure' ? INSTALL_ERROR.scp03tStructureError : INSTALL_ERROR.scp03tSecurityError);
  }
}
