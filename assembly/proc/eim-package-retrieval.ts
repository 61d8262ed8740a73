// SPDX-License-Identifier: Apache-2.0
// eIM package retrieval (SGP.32 v1.2 §3.1.1.1): ask, do what came, ask again until the eIM has nothing more.

import { HAS_ESIPA } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const Kind: u8 = 1;
  export const Acknowledged: u8 = 7;
  export const Idle: u8 = 8;
  export const SendOwed: u8 = 10;
  export const Receipt: u8 = 11;
}

// The rows behind the first stand in the order of PackageKind.
// biome-ignore format: a row a line
export const RETRIEVAL: usize = HAS_ESIPA ? memory.data<u8>([
  /* 0 */ Do.GetEimPackage, Step.Kind, Go.End,
  /* 1 none */ Do.NoMorePackages, Step.Idle, Go.End,
  /* 2 BF51 */ Do.Goto, Go.Execution, Go.End,
  /* 3 BF52 */ Do.Goto, Go.Data, Go.End,
  /* 4 BF54 */ Do.Receipt, Go.Download, Go.End,
  /* 5 unknown kind */ Do.OweUnknownPackage, Step.SendOwed, Go.End,
  /* 6 cannot be decoded */ Do.OweInvalidFormat, Step.SendOwed, Go.End,
  /* 7 BF53, pushed */ Do.RemoveAcknowledged, Step.Receipt, Go.End,
  /* 8 nothing was done */ Do.Goto, Go.End, Go.End,
  /* 9 something was done: deliver what came of it */ Do.Goto, Go.Delivery, Go.End,
  /* 10 */ Do.SendOwed, Go.Retrieval, Go.End,
  /* 11 */ Do.Receipt, Go.Retrieval, Go.End,
]) : 0;
