// SPDX-License-Identifier: Apache-2.0
// What the ES11 functions share: identity, trust, events, sessions, log, clock and randomness of one SM-DS.
import type { AuthenticatingServer } from '../rsp/authenticating-server.js';
import type { EventBook } from './events.js';
import type { SmdsLogEvent } from './log.js';

/** Nothing is kept of an eUICC: its session ends with the answer. */
export interface SmdsContext extends AuthenticatingServer<never> {
  readonly events: EventBook;
  readonly log: SmdsLogEvent[];
}
