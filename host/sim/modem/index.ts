// SPDX-License-Identifier: Apache-2.0
// The simulated modem's public names.

export type { CardQuirks, LostLastBlocks } from './card-quirks.js';
export type { Disturbance, DisturbanceAction } from './disturbance.js';
export { KNOWN_MODEMS, type KnownModem, type ModemProfile } from './known-modems.js';
export {
  describeMixture,
  type MixtureOptions,
  type MixtureOutcome,
  type MixturePlace,
  type ModemMixture,
  mixedModem,
  randomMixture,
} from './mixture.js';
export { type ModemCounters, SimulatedModem } from './modem.js';
export type { ModemIdentity, SimulatedModemOptions } from './options.js';
export { PlainSim } from './plain-sim.js';
export type { ModemDevice } from './pty-device.js';
export type { ModemQuirks } from './quirks.js';
export type { ModemServer } from './tcp-server.js';
