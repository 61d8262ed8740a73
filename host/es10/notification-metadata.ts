// SPDX-License-Identifier: Apache-2.0
// What a notification is about (SGP.22 v2.5 §5.7.9, NotificationMetadata).

import type { Element } from '../asn1/element.js';

/** NotificationEvent from bit 0 on, without the "notification" that each begins with. */
export const NOTIFICATION_EVENTS = ['install', 'enable', 'disable', 'delete'] as const;

/** What happened to a profile. */
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number];

/** A notification without its signature. */
export interface NotificationMetadata {
  readonly seqNumber: number;
  readonly events: readonly (NotificationEvent | `bit${number}`)[];
  /** Of the server that it is for: "host" or "host:port". */
  readonly address: string;
  /** 18 to 20 digits. */
  readonly iccid: string | undefined;
}

/** NotificationMetadata. @throws FieldError */
export function readMetadata(metadata: Element): NotificationMetadata {
  return {
    seqNumber: metadata.required(0x80, 'seqNumber').integer(),
    events: metadata.required(0x81, 'profileManagementOperation').bits(NOTIFICATION_EVENTS),
    address: metadata.required(0x0c, 'notificationAddress').text(),
    iccid: metadata.optional(0x5a, 'iccid')?.iccid(),
  };
}
