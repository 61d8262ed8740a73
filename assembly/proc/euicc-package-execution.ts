// SPDX-License-Identifier: Apache-2.0
// eUICC package execution (SGP.32 v1.2 §3.3.1): load the package, re-attach when it changed the enabled profile, bring the
// result, with the notifications that belong to it, to the eIM, remove what the eIM acknowledges.

import { HAS_ESIPA } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const Outcome: u8 = 1;
  export const Changed: u8 = 5;
  export const TooLong: u8 = 7;
  export const ProvideEimPackageResult: u8 = 9;
  export const RemoveAcknowledged: u8 = 11;
  export const OwePackageError: u8 = 12;
  export const SendOwed: u8 = 13;
}

// The rows behind the first stand in the order of PackageOutcome.
// biome-ignore format: a row a line
export const EXECUTION: usize = HAS_ESIPA ? memory.data<u8>([
  /* 0 */ Do.LoadEuiccPackage, Step.Outcome, Step.OwePackageError,
  /* 1 unchanged */ Do.Goto, Step.ProvideEimPackageResult, Go.End,
  /* 2 profile changed */ Do.Goto, Step.Changed, Go.End,
  /* 3 not kept by the eUICC */ Do.OweResult, Step.SendOwed, Go.End,
  /* 4 too long: from the card later */ Do.Goto, Step.TooLong, Go.End,
  /* 5 */ Do.Goto, Go.Attach, Go.End,
  /* 6 */ Do.RetrieveForResult, Step.ProvideEimPackageResult, Step.ProvideEimPackageResult,
  /* 7 */ Do.Goto, Go.Attach, Go.End,
  /* 8 */ Do.Goto, Go.Delivery, Go.End,
  /* 9 */ Do.ProvideEimPackageResult, Step.RemoveAcknowledged, Go.Lost,
  /* 10 */ Do.ProvideResultAndNotifications, Step.RemoveAcknowledged, Go.Lost,
  /* 11 */ Do.RemoveAcknowledged, Go.Retrieval, Go.End,
  /* 12 */ Do.OwePackageError, Step.SendOwed, Go.End,
  /* 13 */ Do.SendOwed, Go.Retrieval, Go.End,
]) : 0;
