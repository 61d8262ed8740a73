// SPDX-License-Identifier: Apache-2.0
// HandleNotification of ESipa (SGP.32 v1.2 §6.3.2.4) and ES9+ (SGP.22 v2.5 §5.6.4): notifications; answered without a body.

import { S } from '../abi/state';
import { PREFIX } from './prefix';
import { requestBegin, requestRest } from './request';

/** Starts BF3D{A0{…}} with `notificationBytes` of PendingNotification to follow. */
export function beginHandleNotification(notificationBytes: u32): void {
  S.restIsResult = false;
  requestBegin(0xbf3d, PREFIX, 0xa0, notificationBytes);
}

/** Sends the notification that lies in memory from `at` to `end`, as it is. */
export function sendHandleNotification(at: usize, end: usize): void {
  beginHandleNotification(end - at);
  requestRest(at, end);
}
