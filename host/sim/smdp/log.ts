// SPDX-License-Identifier: Apache-2.0
// What an SM-DP+ remembers of its calls, for tests and for people.
import type { RefusedEvent } from '../rsp/service.js';
import type { ReceivedNotification } from './notifications.js';

/** The ES9+ functions by their names in the URL. */
export type Es9Function =
  | 'initiateAuthentication'
  | 'authenticateClient'
  | 'getBoundProfilePackage'
  | 'handleNotification'
  | 'cancelSession';

/** One line of the log; transactionIds are upper-case hexadecimal. */
export type SmdpEvent =
  | { readonly kind: 'initiateAuthentication'; readonly transactionId: string; readonly serverAddress: string }
  | {
      readonly kind: 'authenticateClient';
      readonly transactionId: string;
      readonly eid: string;
      readonly matchingId: string;
      readonly iccid: string;
    }
  | {
      readonly kind: 'getBoundProfilePackage';
      readonly transactionId: string;
      readonly eid: string;
      readonly iccid: string;
      readonly sizeBytes: number;
      /** The package of an earlier session was sent again. */
      readonly reused: boolean;
    }
  | { readonly kind: 'handleNotification'; readonly notification: ReceivedNotification }
  | {
      readonly kind: 'cancelSession';
      readonly transactionId: string /** CancelSessionReason; absent when the eUICC gave an error instead. */;
      readonly reason?: number;
    }
  | RefusedEvent<Es9Function>;
