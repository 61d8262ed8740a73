// SPDX-License-Identifier: Apache-2.0
// eUICC package execution (SGP.32 v1.2 §3.3.1): load the package, re-attach when it changed the enabled profile, bring the
// result, with the notifications that belong to it, to the eIM, remove what the eIM acknowledges.

import { Do, Go } from './functions';

namespace Step {
  export const Outcome: u8 = 1;
  export const TerminalCapability: u8 = 6;
  export const OpenChannel: u8 = 7;
  export const SelectIsdr: u8 = 8;
  export const RetrieveForResult: u8 = 9;
  export const ProvideEimPackageResult: u8 = 10;
  export const RemoveAcknowledged: u8 = 12;
  export const OwePackageError: u8 = 13;
  export const SendOwed: u8 = 14;
  export const ResetCard: u8 = 5;
  export const TooLongTerminalCapability: u8 = 15;
  export const TooLongOpenChannel: u8 = 16;
  export const TooLongSelectIsdr: u8 = 17;
}

// The rows behind the first stand in the order of PackageOutcome.
// biome-ignore format: a row a line
export const EXECUTION: usize = memory.data<u8>([
  /* 0 */ Do.LoadEuiccPackage, Step.Outcome, Step.OwePackageError,
  /* 1 unchanged */ Do.Goto, Step.ProvideEimPackageResult, Go.End,
  /* 2 profile changed */ Do.Goto, Step.ResetCard, Go.End,
  /* 3 not kept by the eUICC */ Do.OweResult, Step.SendOwed, Go.End,
  /* 4 too long: from the card later */ Do.ResetCard, Step.TooLongTerminalCapability, Go.End,
  /* 5 */ Do.ResetCard, Step.TerminalCapability, Go.End,
  /* 6 */ Do.TerminalCapability, Step.OpenChannel, Go.End,
  /* 7 */ Do.OpenChannel, Step.SelectIsdr, Go.End,
  /* 8 */ Do.SelectIsdr, Step.RetrieveForResult, Go.End,
  /* 9 */ Do.RetrieveForResult, Step.ProvideEimPackageResult, Step.ProvideEimPackageResult,
  /* 10 */ Do.ProvideEimPackageResult, Step.RemoveAcknowledged, Go.End,
  /* 11 */ Do.ProvideResultAndNotifications, Step.RemoveAcknowledged, Go.End,
  /* 12 */ Do.RemoveAcknowledged, Go.Retrieval, Go.End,
  /* 13 */ Do.OwePackageError, Step.SendOwed, Go.End,
  /* 14 */ Do.SendOwed, Go.Retrieval, Go.End,
  /* 15 */ Do.TerminalCapability, Step.TooLongOpenChannel, Go.End,
  /* 16 */ Do.OpenChannel, Step.TooLongSelectIsdr, Go.End,
  /* 17 */ Do.SelectIsdr, Go.Delivery, Go.End,
]);
