// SPDX-License-Identifier: Apache-2.0
// Changing which profile is enabled. Profiles are marked first and announced afterwards, because a package result has to be signed in
// between (SGP.32 v1.2 §3.3.1).
import type { Euicc } from '../state/euicc.js';
import type { NonVolatileMemory, StoredProfile } from '../state/non-volatile.js';
import { EVENT, notifyEvent, type ProfileEvent } from './notifications.js';
import { requestRefresh } from './proactive.js';
import { hasFlag } from './profile-metadata.js';

/** The enabled profile, if there is one. */
export function enabledProfile(memory: NonVolatileMemory): StoredProfile | undefined {
  return memory.profiles.find((profile) => profile.state === 'enabled');
}

/** The profile with ecallIndication, if one is installed (SGP.32 v1.2 §5.9.22). */
export function emergencyProfile(memory: NonVolatileMemory): StoredProfile | undefined {
  return memory.profiles.find((profile) => hasFlag(profile, 0x9f7b));
}

/** Whether the emergency profile is in use; packages, downloads and fallback are refused then (ecallActive). Some eUICCs have none. */
export function emergencyActive({ memory, settings }: Euicc): boolean {
  if (settings.kind === 'consumer' || !settings.ecallSupported) return false;
  const enabled = enabledProfile(memory);
  return enabled !== undefined && enabled === emergencyProfile(memory);
}

/** Marks a profile enabled, and the one that was enabled before disabled. */
export function markEnabled(memory: NonVolatileMemory, profile: StoredProfile): ProfileEvent[] {
  const previous = enabledProfile(memory);
  const events = previous ? markDisabled(previous) : [];
  profile.state = 'enabled';
  return [...events, { profile, event: EVENT.enable }];
}

/** Marks a profile disabled. */
export function markDisabled(profile: StoredProfile): ProfileEvent[] {
  profile.state = 'disabled';
  return [{ profile, event: EVENT.disable }];
}

/**
 * Makes the marked states those that count: notifications are made, and the modem has to look again. With `refresh`, the card asks it to
 * (SGP.22 v2.5 §5.7.16, refreshFlag); without, the terminal resets the card on its own.
 */
export function announce(euicc: Euicc, events: readonly ProfileEvent[], refresh: boolean): void {
  for (const event of events) notifyEvent(euicc, event);
  if (!events.some(({ event }) => event === EVENT.enable || event === EVENT.disable)) return;
  euicc.session.switchedSinceReset = true;
  if (refresh) requestRefresh(euicc);
}

/** Enables a profile at once, outside a package; a rollback allowed earlier is no longer possible. */
export function switchTo(euicc: Euicc, profile: StoredProfile, refresh: boolean): void {
  euicc.memory.rollback = undefined;
  announce(euicc, markEnabled(euicc.memory, profile), refresh);
}
