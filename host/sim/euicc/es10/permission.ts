// SPDX-License-Identifier: Apache-2.0
// Whether an ES10 command may come now: which assistant the device declared, and whether the card waits for the terminal to look again after
// a profile switch (SGP.22 v2.5 §3.4.2, SGP.32 v1.2 §3.8.2).
import { CodecError } from '../../codec/ber.js';
import { STATUS, StatusWordError } from '../apdu/status-word.js';
import { readHeader } from '../domain/header.js';
import type { Euicc } from '../state/euicc.js';
import type { DeclaredAssistants } from '../state/session.js';
import { type Es10Interface, IPAE_ACTIVATION_TAG, interfaceOf } from './functions.js';

/** Throws StatusWordError. `firstBlock` begins with the tag of the command. */
export function checkPermitted(euicc: Euicc, firstBlock: Uint8Array): void {
  const { session, settings } = euicc;
  if (settings.refuseUntilReset && session.switchedSinceReset) throw new StatusWordError(STATUS.conditionsNotSatisfied);
  const tag = tagOf(firstBlock);
  // A device without any assistant may still hand the job over to the one in the eUICC.
  const enabled = !session.ipaeActive && (tag === IPAE_ACTIVATION_TAG || hasAssistant(euicc, interfaceOf(tag)));
  if (!enabled) throw new StatusWordError(settings.assistantMissingStatus);
}

function tagOf(firstBlock: Uint8Array): number | undefined {
  try {
    return readHeader(firstBlock).tag;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function hasAssistant({ session, settings }: Euicc, of: Es10Interface): boolean {
  const { assistants } = session;
  if (settings.assistantCheck === 'none') return true;
  if (settings.kind === 'consumer') return settings.assistantCheck === 'any' ? hasLpa(assistants) : hasMatchingLpa(assistants, of);
  const lpaIsEnough = settings.assistantCheck === 'any' && assistants.localProfileDownload;
  return assistants.iotProfileAssistant || lpaIsEnough;
}

function hasLpa({ localUserInterface, localProfileDownload, localDiscovery }: DeclaredAssistants): boolean {
  return localUserInterface || localProfileDownload || localDiscovery;
}

function hasMatchingLpa(assistants: DeclaredAssistants, of: Es10Interface): boolean {
  if (of === 'es10a') return assistants.localDiscovery;
  return of === 'es10b' ? assistants.localProfileDownload : assistants.localUserInterface;
}
