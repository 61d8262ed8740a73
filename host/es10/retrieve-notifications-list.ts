// SPDX-License-Identifier: Apache-2.0
// ES10b.RetrieveNotificationsList (SGP.22 v2.5 §5.7.10; SGP.32 v1.2 §5.9.11).

import type { Element } from '../asn1/element.js';
import { tlv } from '../asn1/tlv.js';
import { bitContents, integerContents } from '../asn1/values.js';
import { defineEs10, requireAlternative } from './function.js';
import { NOTIFICATION_EVENTS, type NotificationEvent, type NotificationMetadata, readMetadata } from './notification-metadata.js';

const ERRORS = { 127: 'undefinedError' };

/** Which ones; default: all notifications. */
export type NotificationsQuery =
  | { readonly seqNumber: number }
  | { readonly events: readonly NotificationEvent[] }
  /** Results of eUICC packages instead of notifications (SGP.32). */
  | { readonly euiccPackageResults: true };

/** A signed notification, and what it is about. */
export interface PendingNotification {
  /** "compact" and "unknown" ones, which only an eIM can read, have no metadata. */
  readonly kind: 'profileInstallationResult' | 'otherSignedNotification' | 'compact' | 'unknown';
  readonly metadata: NotificationMetadata | undefined;
  /** As the eUICC signed it, in DER. */
  readonly bytes: Uint8Array;
}

/** What waits in the eUICC. */
export interface RetrievedNotifications {
  readonly notifications: readonly PendingNotification[];
  /** Each an EuiccPackageResult (BF51) in DER. */
  readonly euiccPackageResults: readonly Uint8Array[];
}

/** The signed notifications, or the results of eUICC packages. */
export const retrieveNotificationsList = defineEs10<NotificationsQuery | undefined, RetrievedNotifications>({
  name: 'RetrieveNotificationsList',
  tag: 0xbf2b,
  request: (query) => (query ? [tlv(0xa0, criterion(query))] : []),
  response: (response) => {
    const results = response.optional(0xa2, 'euiccPackageResultList');
    if (results) return { notifications: [], euiccPackageResults: results.list('euiccPackageResult').map(({ raw }) => raw) };
    const list = requireAlternative(response, [0xa0, 'notificationList'], [0x81, 'notificationsListResultError'], ERRORS);
    return { notifications: list.list('pendingNotification').map(readPending), euiccPackageResults: [] };
  },
});

function criterion(query: NotificationsQuery): Uint8Array {
  if ('seqNumber' in query) return tlv(0x80, integerContents('seqNumber', query.seqNumber));
  if ('events' in query) return tlv(0x81, bitContents(NOTIFICATION_EVENTS, query.events));
  return tlv(0x82);
}

function readPending(pending: Element): PendingNotification {
  const bytes = pending.raw;
  switch (pending.tag) {
    case 0xbf37: {
      const data = pending.required(0xbf27, 'profileInstallationResultData');
      return { kind: 'profileInstallationResult', metadata: readMetadata(data.required(0xbf2f, 'notificationMetadata')), bytes };
    }
    case 0x30:
      return { kind: 'otherSignedNotification', metadata: readMetadata(pending.required(0xbf2f, 'tbsOtherNotification')), bytes };
    case 0xa0:
    case 0xa1:
      return { kind: 'compact', metadata: undefined, bytes };
    default:
      return { kind: 'unknown', metadata: undefined, bytes };
  }
}
