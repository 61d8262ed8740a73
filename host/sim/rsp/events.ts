// SPDX-License-Identifier: Apache-2.0
// Events as SM-DP+ register them with an SM-DS (ES12, SGP.22 v2.5 §5.9), called in this process here.
import type { EventEntry } from './response.js';

/** Something waits for an eUICC at a server. */
export interface RspEvent extends EventEntry {
  /** 32 digits. */
  readonly eid: string;
}

/** What an SM-DP+ needs of an SM-DS. */
export interface EventRegistry {
  /** ES12.RegisterEvent. Throws RangeError for an EID that is not 32 digits, an empty field, and an eventId that this EID has already (8.9.5/3.3). */
  registerEvent(event: RspEvent): void;
  /** ES12.DeleteEvent; false when there is no such event (8.9.5/3.9). */
  deleteEvent(eid: string, eventId: string): boolean;
}
