// SPDX-License-Identifier: Apache-2.0
// The simulated peers: a modem with an eUICC in it, an eIM, an SM-DP+, an SM-DS, one by one or as a Testbed; the networks between them;
// and the way of the eUICC into a virtual card reader.

export { systemClock } from '../clock.js';
export {
  createDatagramLink,
  type DatagramLink,
  type LinkOptions,
  type LinkParameters,
  wrapDatagramChannel,
} from '../wrap/datagram-link.js';
export type { LinkCounters, LinkDirectionParameters, Outage } from '../wrap/link-direction.js';
export type { LineRate } from '../wrap/link-line.js';
export { type LinkPreset, linkPresets } from '../wrap/link-presets.js';
export { type StreamOptions, type StreamRun, type StreamTiming, type StreamTraffic, streamTiming } from '../wrap/stream-timing.js';
export { VirtualClock } from '../wrap/virtual-clock.js';
export * from './card/index.js';
export * from './eim/index.js';
export {
  type AssistantCheck,
  type EimView,
  type EuiccCredentials,
  type EuiccKind,
  type NotificationView,
  type PackageResultView,
  type PreinstalledProfile,
  type ProfileView,
  type RandomSource,
  SimulatedEuicc,
  type SimulatedEuiccOptions,
  seededRandom,
} from './euicc/index.js';
export * from './modem/index.js';
export {
  createTestPki,
  DEFAULT_EID,
  DEFAULT_EIM_FQDN,
  DEFAULT_SMDP_ADDRESS,
  DEFAULT_SMDS_ADDRESS,
  issueServerCertificate,
  type KeyAndCertificate,
  loadSgp26,
  type TestPki,
  type TestPkiOptions,
} from './pki/index.js';
export { type MetadataOptions, makeMetadata, makeProfilePackage, notifyAll, type ProfilePackageOptions } from './profile/index.js';
export type { AuthenticationDeviations } from './rsp/authenticating-server.js';
export type { JsonStyle } from './rsp/json-style.js';
export {
  type DownloadOrder,
  type OrderRecord,
  type OrderState,
  SimulatedSmdp,
  type SmdpEvent,
  type SmdpOptions,
  type SmdpServerOptions,
  SmdpService,
} from './smdp/index.js';
export { type RspEvent, SimulatedSmds, type SmdsLogEvent, type SmdsOptions, type SmdsServerOptions, SmdsService } from './smds/index.js';
export { type PreparedDownload, type PreparedEvent, type PreparedProfile, Testbed, type TestbedOptions } from './testbed.js';
