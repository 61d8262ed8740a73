// SPDX-License-Identifier: Apache-2.0
// ES10b.ListNotification (SGP.22 v2.5 §5.7.9).

import { tlv } from '../asn1/tlv.js';
import { bitContents } from '../asn1/values.js';
import { defineEs10, requireAlternative } from './function.js';
import { NOTIFICATION_EVENTS, type NotificationEvent, type NotificationMetadata, readMetadata } from './notification-metadata.js';

const ERRORS = { 127: 'undefinedError' };

/** The notifications that wait in the eUICC, those of these events alone where some are named. */
export const listNotification = defineEs10<readonly NotificationEvent[] | undefined, NotificationMetadata[]>({
  name: 'ListNotification',
  tag: 0xbf28,
  request: (events) => (events ? [tlv(0x81, bitContents(NOTIFICATION_EVENTS, events))] : []),
  response: (response) =>
    requireAlternative(response, [0xa0, 'notificationMetadataList'], [0x81, 'listNotificationsResultError'], ERRORS)
      .list('notificationMetadata', 0xbf2f)
      .map(readMetadata),
});
