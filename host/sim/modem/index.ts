// SPDX-License-Identifier: Apache-2.0
// The simulated modem's public names.

export type { Disturbance, DisturbanceAction } from './disturbance.js';
export { KNOWN_MODEMS, type KnownModem } from './known-modems.js';
export { type ModemCounters, SimulatedModem } from './modem.js';
export type { ModemIdentity, ModemQuirks, SimulatedModemOptions } from './options.js';
export type { ModemDevice } from './pty-device.js';
export type { ModemServer } from './tcp-server.js';
