// SPDX-License-Identifier: Apache-2.0
// The simulated eIM and what is needed to drive it.
export type { CoapFault } from './coap/faults.js';
export {
  addInitialEimRequest,
  type EimConfiguration,
  EimIdType,
  EimProtocol,
  encodeEimConfigurationData,
  type KeyData,
} from './configuration-data.js';
export type { MetadataPolicy } from './context.js';
export type { Device, DeviceRegistration } from './device.js';
export { type EimCoapOptions, type EimConfigurationOptions, SimulatedEim, type SimulatedEimOptions } from './eim.js';
export type { Fault, FaultPlan } from './faults.js';
export type { EsipaFunctionName } from './functions.js';
export type { JsonStyle } from './json/style.js';
export type { EimEvent, NotificationEvent, SessionEvent } from './log.js';
export { DataTag } from './packages/data-request.js';
export * as eco from './packages/eco.js';
export type { DownloadItem, EimItem, EuiccPackageItem } from './packages/items.js';
export * as psmo from './packages/psmo.js';
export type { CarryToDevice, PushedItem } from './push.js';
export type { QueuedItem } from './queue.js';
export type { ResolveSmdp, SmdpTarget } from './relay/smdp-relay.js';
export type { IpaCapabilities } from './results/ipa-euicc-data.js';
export { EimService, type EimServiceOptions, type EsipaResponse } from './service.js';
export type { UnknownElementPlace } from './unknown-elements.js';
export type { EimVersion } from './version.js';
