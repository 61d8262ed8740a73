// SPDX-License-Identifier: Apache-2.0
// The simulated SM-DP+: with HTTPS (SimulatedSmdp) or as functions in this process (SmdpService).
export type { JsonObject } from '../rsp/json-binding.js';
export type { Refusal } from '../rsp/status.js';
export type { Es9Function, SmdpEvent } from './log.js';
export type { InstallationOutcome, NotificationMetadata, ReceivedNotification } from './notifications.js';
export type { DownloadOrder, OrderRecord, OrderState } from './orders.js';
export { SimulatedSmdp, type SmdpServerOptions } from './server.js';
export { type SmdpOptions, SmdpService } from './service.js';
export { REFUSALS } from './status.js';
