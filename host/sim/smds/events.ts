// SPDX-License-Identifier: Apache-2.0
// The events an SM-DS keeps for each EID, in the order of their registration.
import type { RspEvent } from '../rsp/events.js';
import type { EventEntry } from '../rsp/response.js';
import { RspError } from '../rsp/status.js';
import { SMDS_REFUSALS } from './status.js';

export class EventBook {
  private events: RspEvent[] = [];

  /** Throws RangeError. */
  register(event: RspEvent): void {
    const { eid, eventId, rspServerAddress } = event;
    if (!/^\d{32}$/.test(eid)) throw new RangeError(`an EID has 32 digits: ${eid}`);
    if (eventId === '' || rspServerAddress === '') throw new RangeError('an event has an eventId and the address of a server');
    if (this.find(eid, eventId)) throw new RangeError(`EID ${eid} has an event ${eventId}`);
    this.events.push({ eid, eventId, rspServerAddress });
  }

  /** False when there is none. */
  delete(eid: string, eventId: string): boolean {
    const event = this.find(eid, eventId);
    this.events = this.events.filter((each) => each !== event);
    return event !== undefined;
  }

  /** The events of an EID; all, or the one with this eventId. Throws RspError 8.9.5/3.9 when there is none (SGP.22 v2.5 §5.8.2). */
  of(eid: string, eventId: string): EventEntry[] {
    const events = this.events.filter((event) => event.eid === eid && (eventId === '' || event.eventId === eventId));
    if (events.length === 0) throw new RspError(SMDS_REFUSALS.eventUnknown, eventId || undefined);
    return events.map(({ eventId: id, rspServerAddress }) => ({ eventId: id, rspServerAddress }));
  }

  get all(): readonly RspEvent[] {
    return this.events;
  }

  private find(eid: string, eventId: string): RspEvent | undefined {
    return this.events.find((event) => event.eid === eid && event.eventId === eventId);
  }
}
