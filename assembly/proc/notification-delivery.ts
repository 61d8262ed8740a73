// SPDX-License-Identifier: Apache-2.0
// Delivery of everything that is owed to the eIM: a report that only this module holds, package results that the eUICC still
// keeps (SGP.32 v1.2 §2.11.2), notifications (§3.7). What cannot be delivered stays where it is.

import { Do, Go } from './functions';

namespace Step {
  export const RetrieveResults: u8 = 1;
  export const NoResult: u8 = 2;
  export const RemoveAcknowledged: u8 = 4;
  export const RetrieveNotifications: u8 = 5;
  export const NoNotification: u8 = 6;
  export const RemoveNotification: u8 = 8;
  export const CountNotification: u8 = 9;
  export const SkipNotification: u8 = 10;
  export const Done: u8 = 11;
  export const Poll: u8 = 12;
}

// biome-ignore format: a row a line
export const DELIVERY: usize = memory.data<u8>([
  /* 0 */ Do.SendOwed, Step.RetrieveResults, Go.End,
  /* 1 */ Do.RetrieveResults, Step.NoResult, Step.RetrieveNotifications,
  /* 2 none */ Do.Goto, Step.RetrieveNotifications, Go.End,
  /* 3 one */ Do.ProvideStoredResult, Step.RemoveAcknowledged, Go.End,
  /* 4 */ Do.RemoveAcknowledged, Step.RetrieveResults, Go.End,
  /* 5 */ Do.RetrieveNotifications, Step.NoNotification, Step.Done,
  /* 6 none */ Do.Goto, Step.Done, Go.End,
  /* 7 one */ Do.HandleStoredNotification, Step.RemoveNotification, Step.SkipNotification,
  /* 8 */ Do.RemoveNotification, Step.CountNotification, Go.End,
  /* 9 */ Do.CountNotification, Step.RetrieveNotifications, Go.End,
  /* 10 refused */ Do.SkipNotification, Step.RetrieveNotifications, Go.End,
  /* 11 */ Do.DeliveryDone, Step.Poll, Go.End,
  /* 12 packages first */ Do.Goto, Go.Retrieval, Go.End,
  /* 13 all done */ Do.Goto, Go.End, Go.End,
]);
