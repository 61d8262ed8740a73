// SPDX-License-Identifier: Apache-2.0
// ES10b.RemoveNotificationFromList (SGP.22 v2.5 §5.7.11), which removes results of eUICC packages, too (SGP.32 v1.2).

import { tlv } from '../asn1/tlv.js';
import { integerContents } from '../asn1/values.js';
import { defineEs10, refusalOf } from './function.js';

const RESULTS = { 0: 'ok', 1: 'nothingToDelete', 127: 'undefinedError' };

/** Removes the notification with this sequence number; tells whether there was one. */
export const removeNotificationFromList = defineEs10<number, boolean>({
  name: 'RemoveNotificationFromList',
  tag: 0xbf30,
  request: (seqNumber) => [tlv(0x80, integerContents('seqNumber', seqNumber))],
  response: (response) => {
    const status = response.required(0x80, 'deleteNotificationStatus').integer();
    if (status > 1 || status < 0) throw refusalOf(status, 'response.deleteNotificationStatus', RESULTS);
    return status === 0;
  },
});
