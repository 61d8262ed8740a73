// SPDX-License-Identifier: Apache-2.0
// The simulated SM-DP+: with HTTPS (SimulatedSmdp) or as functions in this process (SmdpService).
export { ES9_FUNCTIONS, type Es9Function, type SmdpEvent } from './log.js';
export type { InstallationOutcome, NotificationMetadata, ReceivedNotification } from './notifications.js';
export type { DownloadOrder, OrderRecord, OrderState } from './orders.js';
export { SimulatedSmdp, type SmdpServerOptions } from './server.js';
export { type SmdpOptions, SmdpService } from './service.js';
export { type JsonObject, REFUSALS, type Refusal } from './status.js';
