// SPDX-License-Identifier: Apache-2.0
// When the server was an SM-DS: its events name the SM-DP+ (SGP.22 v2.5 §3.6.2, SGP.32 v1.2 §5.14.3, AuthenticateClientOkDSEsipa).
import { tlv } from '../codec/ber.js';
import { fromHex } from '../codec/bytes.js';
import { encodeTrigger } from './deliver.js';
import type { DownloadItem } from './packages/items.js';
import { Refusal } from './relay/error-codes.js';
import type { JsonObject } from './relay/smdp-relay.js';
import type { Session } from './sessions.js';

const EVENT_ID_UNKNOWN = 56;

/**
 * The components of AuthenticateClientOkDSEsipa: the same transaction goes on with an activation code made of the first event.
 * Throws Refusal when the SM-DS has no event.
 */
export function continueAtSmdp(answer: JsonObject, session: Session): Uint8Array[] {
  const entries: unknown = answer.eventEntries;
  const event = (Array.isArray(entries) ? entries : []).find(isEventEntry);
  if (event === undefined) throw new Refusal(EVENT_ID_UNKNOWN, 'the SM-DS has no event for this eUICC');
  const item: DownloadItem = { kind: 'download', activationCode: `1$${event.rspServerAddress}$${event.eventId}` };
  const transaction = tlv(0x80, fromHex(session.transactionId));
  if (session.item === undefined) return [transaction];
  session.item.item = item;
  session.item.encoded = encodeTrigger(item, session.item);
  return [transaction, session.item.encoded];
}

function isEventEntry(value: unknown): value is { eventId: string; rspServerAddress: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { eventId, rspServerAddress } = value as { eventId?: unknown; rspServerAddress?: unknown };
  return typeof eventId === 'string' && typeof rspServerAddress === 'string';
}
