// SPDX-License-Identifier: Apache-2.0
// Delivery of everything that is owed by way of the eIM alone, of a variant that knows nothing else; proc/notification-delivery.ts
// has the whole. What cannot be delivered stays where it is.

import { IS_INDIRECT } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const FindResult: u8 = 1;
  export const NoResult: u8 = 2;
  export const Retrieved: u8 = 4;
  export const RemoveAcknowledged: u8 = 6;
  export const FindNotification: u8 = 7;
  export const NoNotification: u8 = 8;
  export const NotificationRetrieved: u8 = 10;
  export const RemoveNotification: u8 = 12;
  export const CountNotification: u8 = 13;
  export const SkipNotification: u8 = 14;
  export const DeliveryDone: u8 = 15;
  export const Poll: u8 = 16;
}

// biome-ignore format: a row a line
export const INDIRECT_DELIVERY: usize = !IS_INDIRECT ? 0 : memory.data<u8>([
  /* 0 */ Do.SendOwed, Step.FindResult, Go.End,
  /* 1 */ Do.FindResult, Step.NoResult, Step.FindNotification,
  /* 2 too many */ Do.Goto, Step.FindNotification, Go.End,
  /* 3 */ Do.RetrieveResults, Step.Retrieved, Step.FindNotification,
  /* 4 none */ Do.Goto, Step.FindNotification, Go.End,
  /* 5 */ Do.ProvideStoredResult, Step.RemoveAcknowledged, Go.End,
  /* 6 */ Do.RemoveAcknowledged, Step.FindResult, Go.End,
  /* 7 */ Do.FindNotification, Step.NoNotification, Step.DeliveryDone,
  /* 8 too many */ Do.Goto, Step.DeliveryDone, Go.End,
  /* 9 */ Do.RetrieveNotifications, Step.NotificationRetrieved, Step.DeliveryDone,
  /* 10 none */ Do.Goto, Step.DeliveryDone, Go.End,
  /* 11 */ Do.HandleStoredNotification, Step.RemoveNotification, Step.SkipNotification,
  /* 12 */ Do.RemoveNotification, Step.CountNotification, Go.End,
  /* 13 */ Do.CountNotification, Step.FindNotification, Go.End,
  /* 14 refused */ Do.SkipNotification, Step.FindNotification, Step.DeliveryDone,
  /* 15 */ Do.DeliveryDone, Step.Poll, Go.End,
  /* 16 packages first */ Do.Goto, Go.Retrieval, Go.End,
  /* 17 all done */ Do.Goto, Go.End, Go.End,
]);
