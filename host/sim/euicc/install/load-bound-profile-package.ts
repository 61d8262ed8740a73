// SPDX-License-Identifier: Apache-2.0
// LoadBoundProfilePackage (SGP.22 v2.5 §5.7.6): takes a package segment by segment. Segments that are not the last answer nothing; the one
// that finishes or fails answers the Profile Installation Result.
import { CodecError } from '../../codec/ber.js';
import { STATUS, StatusWordError } from '../apdu/status-word.js';
import { readHeader } from '../domain/header.js';
import { freeIsdpAid } from '../domain/identifiers.js';
import { EVENT, notifyEvent } from '../domain/notifications.js';
import type { Euicc } from '../state/euicc.js';
import type { InstallationIdentity, StoredProfile } from '../state/non-volatile.js';
import type { RspSession } from '../state/session.js';
import { BPP_COMMAND, INSTALL_ERROR, type Installation, type InstallationStage, InstallError } from './installation.js';
import { concludeInstallation, errorResult, successResult } from './installation-result.js';
import { type FinishedProfile, finishProfilePackage } from './profile-package.js';
import { openSecureChannel } from './secure-channel.js';
import { STEPS } from './segments.js';

const BOUND_PROFILE_PACKAGE = 0xbf36;

/** First tags of the segments: package header, sequences, and their parts. */
export const SEGMENT_TAGS: ReadonlySet<number> = new Set([BOUND_PROFILE_PACKAGE, 0xa0, 0xa1, 0xa2, 0xa3, 0x86, 0x88]);

/** BppCommandId of each stage. */
const COMMANDS: Readonly<Record<InstallationStage, number>> = {
  configureIsdp: BPP_COMMAND.configureIsdp,
  metadataHeader: BPP_COMMAND.storeMetadata,
  metadata: BPP_COMMAND.storeMetadata,
  keysOrProfileHeader: BPP_COMMAND.replaceSessionKeys,
  profileHeader: BPP_COMMAND.loadProfileElements,
  profile: BPP_COMMAND.loadProfileElements,
};

/** Nothing, or `BF37…`. Throws StatusWordError 6985 when no download was prepared. */
export function loadBoundProfilePackage(euicc: Euicc, segment: Uint8Array): Uint8Array {
  const { rsp } = euicc.session;
  const first = readHeader(segment).tag === BOUND_PROFILE_PACKAGE;
  if (first && rsp?.phase === 'prepared') return guarded(euicc, () => begin(euicc, rsp, segment));
  if (!first && rsp?.phase === 'loading') return guarded(euicc, () => proceed(euicc, rsp.installation, segment));
  throw new StatusWordError(STATUS.conditionsNotSatisfied);
}

/** Runs a step; when it refuses, the installation ends with a signed error result. */
function guarded(euicc: Euicc, step: () => Uint8Array): Uint8Array {
  try {
    return step();
  } catch (error) {
    const { installation } = euicc.memory;
    if (installation === undefined || !(error instanceof InstallError || error instanceof CodecError)) throw error;
    euicc.session.rsp = undefined;
    const { reason, simaResponse } = error instanceof InstallError ? error : new InstallError(INSTALL_ERROR.incorrectInputValues);
    return concludeInstallation(euicc, installation, errorResult(installation.command, reason, simaResponse));
  }
}

function begin(euicc: Euicc, rsp: RspSession & { phase: 'prepared' }, segment: Uint8Array): Uint8Array {
  const { transactionId, serverOid, serverAddress } = rsp.server;
  euicc.memory.installation = {
    transactionId,
    smdpOid: serverOid,
    smdpAddress: serverAddress,
    iccid: undefined,
    command: BPP_COMMAND.initialiseSecureChannel,
  };
  const header = readHeader(segment);
  const request = segment.subarray(header.headerBytes);
  const context = { transactionId, euiccKey: rsp.key, smdpKey: rsp.smdpKey, eid: euicc.identity.eidBytes };
  const bsp = openSecureChannel(context, request);
  const installation = newInstallation(bsp, header.contentBytes - request.length);
  euicc.session.rsp = { phase: 'loading', server: rsp.server, installation };
  return new Uint8Array(0);
}

function newInstallation(bsp: Installation['bsp'], packageBytesLeft: number): Installation {
  if (packageBytesLeft <= 0) throw new InstallError(INSTALL_ERROR.incorrectInputValues);
  return {
    stage: 'configureIsdp',
    packageBytesLeft,
    sequenceBytesLeft: 0,
    bsp,
    dpProprietaryData: undefined,
    metadataParts: [],
    metadata: undefined,
    profile: undefined,
  };
}

function proceed(euicc: Euicc, installation: Installation, segment: Uint8Array): Uint8Array {
  const identity = euicc.memory.installation!;
  identity.command = commandOf(installation.stage, segment);
  if (segment.length > installation.packageBytesLeft) throw new InstallError(INSTALL_ERROR.scp03tStructureError);
  installation.packageBytesLeft -= segment.length;
  try {
    STEPS[installation.stage](euicc, installation, segment);
  } finally {
    identity.iccid = installation.metadata?.iccid;
  }
  if (installation.packageBytesLeft > 0) return new Uint8Array(0);
  if (installation.stage !== 'profile' || installation.sequenceBytesLeft > 0) throw new InstallError(INSTALL_ERROR.scp03tStructureError);
  return complete(euicc, installation, identity, finishProfilePackage(installation));
}

function commandOf(stage: InstallationStage, segment: Uint8Array): number {
  const skipsKeys = stage === 'keysOrProfileHeader' && readHeader(segment).tag !== 0xa2;
  return skipsKeys ? BPP_COMMAND.loadProfileElements : COMMANDS[stage];
}

function complete(euicc: Euicc, installation: Installation, identity: InstallationIdentity, finished: FinishedProfile): Uint8Array {
  const profile = storeProfile(euicc, installation, finished);
  const result = concludeInstallation(euicc, identity, successResult(profile.aid, finished.simaResponse));
  // The installation result tells the SM-DP+; other addresses that want to know get their own notification.
  notifyEvent(euicc, { profile, event: EVENT.install }, identity.smdpAddress);
  euicc.memory.retainedKey = undefined;
  euicc.session.rsp = undefined;
  euicc.session.installed = { iccid: profile.iccid, smdpOid: identity.smdpOid, smdpAddress: identity.smdpAddress };
  return result;
}

function storeProfile(euicc: Euicc, installation: Installation, finished: FinishedProfile): StoredProfile {
  const metadata = installation.metadata!;
  const { dpProprietaryData } = installation;
  const profile: StoredProfile = {
    iccid: metadata.iccid,
    aid: freeIsdpAid(euicc.memory),
    state: 'disabled',
    profileClass: metadata.profileClass,
    fields: dpProprietaryData ? [...metadata.fields, { tag: 0xb8, raw: dpProprietaryData }] : metadata.fields,
    sizeBytes: finished.sizeBytes,
    files: finished.files,
    nickname: undefined,
    fallbackAttribute: false,
    preloaded: false,
  };
  euicc.memory.profiles.push(profile);
  return profile;
}
