// SPDX-License-Identifier: Apache-2.0
// What an SM-DS remembers of its calls, for tests and for people.
import type { RspEvent } from '../rsp/events.js';
import type { RefusedEvent } from '../rsp/service.js';

/** The ES11 functions by their names in the URL. */
export type Es11Function = 'initiateAuthentication' | 'authenticateClient';

/** One line of the log; transactionIds are upper-case hexadecimal. */
export type SmdsLogEvent =
  | { readonly kind: 'initiateAuthentication'; readonly transactionId: string; readonly serverAddress: string }
  | {
      readonly kind: 'authenticateClient';
      readonly transactionId: string;
      readonly eid: string;
      /** Empty when the eUICC gave none. */
      readonly matchingId: string;
      readonly eventIds: readonly string[];
    }
  | ({ readonly kind: 'registerEvent' } & RspEvent)
  | { readonly kind: 'deleteEvent'; readonly eid: string; readonly eventId: string }
  | RefusedEvent<Es11Function>;
