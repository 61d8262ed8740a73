// SPDX-License-Identifier: Apache-2.0
// Delivery of everything that is owed: to the eIM a report that only this module holds and the package results that the eUICC
// still keeps (SGP.32 v1.2 §2.11.2), to the SM-DP+ its notifications (§3.7), by way of the eIM or straight. What cannot be
// delivered stays where it is.

import { IS_INDIRECT } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const FindResult: u8 = 1;
  export const NoResult: u8 = 2;
  export const RetrieveResults: u8 = 4;
  export const ProvideStoredResult: u8 = 5;
  export const RemoveAcknowledged: u8 = 7;
  export const FindNotification: u8 = 8;
  export const NoNotification: u8 = 9;
  export const Route: u8 = 10;
  export const ByEim: u8 = 11;
  export const RetrieveNotifications: u8 = 14;
  export const Retrieved: u8 = 15;
  export const RemoveNotification: u8 = 17;
  export const CountNotification: u8 = 18;
  export const SkipNotification: u8 = 19;
  export const WhichPeer: u8 = 20;
  export const Done: u8 = 21;
  export const ReopenEim: u8 = 24;
}

// biome-ignore format: a row a line
export const DELIVERY: usize = IS_INDIRECT ? 0 : memory.data<u8>([
  /* 0 */ Do.SendOwed, Step.FindResult, Go.Lost,
  /* 1 */ Do.FindResult, Step.NoResult, Step.FindNotification,
  /* 2 none */ Do.Goto, Step.FindNotification, Go.End,
  /* 3 one of this eIM */ Do.Goto, Step.RetrieveResults, Go.End,
  /* 4 */ Do.RetrieveResults, Step.ProvideStoredResult, Step.FindNotification,
  /* 5 gone meanwhile */ Do.Goto, Step.FindNotification, Go.End,
  /* 6 */ Do.ProvideStoredResult, Step.RemoveAcknowledged, Go.Lost,
  /* 7 */ Do.RemoveAcknowledged, Step.FindResult, Go.End,
  /* 8 */ Do.FindNotification, Step.NoNotification, Step.WhichPeer,
  /* 9 none */ Do.Goto, Step.WhichPeer, Go.End,
  /* 10 one */ Do.ChooseNotificationRoute, Step.ByEim, Go.End,
  /* 11 by way of the eIM */ Do.Goto, Step.RetrieveNotifications, Go.End,
  /* 12 straight */ Do.OpenServer, Step.RetrieveNotifications, Step.SkipNotification,
  /* 13 not now */ Do.LeaveNotification, Step.FindNotification, Go.End,
  /* 14 */ Do.RetrieveNotifications, Step.Retrieved, Step.WhichPeer,
  /* 15 gone meanwhile */ Do.Goto, Step.WhichPeer, Go.End,
  /* 16 */ Do.HandleStoredNotification, Step.RemoveNotification, Step.SkipNotification,
  /* 17 */ Do.RemoveNotification, Step.CountNotification, Go.End,
  /* 18 */ Do.CountNotification, Step.FindNotification, Go.End,
  /* 19 refused */ Do.SkipNotification, Step.FindNotification, Step.WhichPeer,
  /* 20 */ Do.AskWhichPeer, Step.Done, Go.End,
  /* 21 at the eIM: its packages first */ Do.Goto, Go.Retrieval, Go.End,
  /* 22 at a server */ Do.Goto, Step.ReopenEim, Go.End,
  /* 23 all done, or there is no eIM */ Do.Goto, Go.End, Go.End,
  /* 24 */ Do.GetEimConfigurationData, Step.ReopenEim + 1, Go.End,
  /* 25 */ Do.OpenNetwork, Go.Retrieval, Go.End,
]);
