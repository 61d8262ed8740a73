// SPDX-License-Identifier: Apache-2.0
// The simulated SM-DS: with HTTPS (SimulatedSmds) or as functions in this process (SmdsService).
export type { EventRegistry, RspEvent } from '../rsp/events.js';
export type { Es11Function, SmdsLogEvent } from './log.js';
export { SimulatedSmds, type SmdsServerOptions } from './server.js';
export { type SmdsOptions, SmdsService } from './service.js';
export { SMDS_REFUSALS } from './status.js';
