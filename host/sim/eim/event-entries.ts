// SPDX-License-Identifier: Apache-2.0
// When the server was an SM-DS: its events name the SM-DP+ (SGP.22 v2.5 §3.6.2, SGP.32 v1.2 §5.14.3, AuthenticateClientOkDSEsipa).
import { tlv } from '../codec/ber.js';
import { fromHex } from '../codec/bytes.js';
import type { EimContext } from './context.js';
import { defined } from './defined.js';
import { encodeTrigger } from './deliver.js';
import { profileDownloadTriggerRequest } from './packages/download-trigger.js';
import type { DownloadItem } from './packages/items.js';
import { QueuedItem } from './queue.js';
import { Refusal } from './relay/error-codes.js';
import type { JsonObject } from './relay/smdp-relay.js';
import type { Session } from './sessions.js';

const EVENT_ID_UNKNOWN = 56;

interface EventEntry {
  readonly eventId: string;
  readonly rspServerAddress: string;
}

/**
 * The components of AuthenticateClientOkDSEsipa: the transaction goes on with an activation code made of the first event; every further event
 * becomes a trigger of its own, to be fetched later. Throws Refusal when the SM-DS has no event.
 */
export function continueAtSmdp(answer: JsonObject, session: Session, eim: EimContext): Uint8Array[] {
  const entries: unknown = answer.eventEntries;
  const [first, ...others] = (Array.isArray(entries) ? entries : []).filter(isEventEntry);
  if (first === undefined) throw new Refusal(EVENT_ID_UNKNOWN, 'the SM-DS has no event for this eUICC');
  const transaction = tlv(0x80, fromHex(session.transactionId));
  const queued = session.item;
  if (queued?.item.kind !== 'download')
    return [transaction, profileDownloadTriggerRequest({ activationCode: activationCode(first) }, undefined)];
  const { item } = queued;
  // An IPA that repeats its request must not get the further events twice.
  if ('contactSmds' in item) for (const event of others) queueEvent(event, item, session, eim);
  const next = itemFor(first, item);
  queued.item = next;
  queued.encoded = encodeTrigger(next, queued);
  return [transaction, queued.encoded];
}

/** What the trigger said of the download holds for each of its events. */
function itemFor(event: EventEntry, { confirmationCode, deviceInfo, eimHoldsData }: DownloadItem): DownloadItem {
  return { kind: 'download', activationCode: activationCode(event), ...defined({ confirmationCode, deviceInfo, eimHoldsData }) };
}

function queueEvent(event: EventEntry, trigger: DownloadItem, session: Session, eim: EimContext): void {
  session.device?.queue.items.push(new QueuedItem(itemFor(event, trigger), eim.newTransactionId()));
}

function activationCode({ rspServerAddress, eventId }: EventEntry): string {
  return `1$${rspServerAddress}$${eventId}`;
}

function isEventEntry(value: unknown): value is EventEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { eventId, rspServerAddress } = value as { eventId?: unknown; rspServerAddress?: unknown };
  return typeof eventId === 'string' && typeof rspServerAddress === 'string';
}
