// SPDX-License-Identifier: Apache-2.0
// The eIM did not get a result. After a profile change it may be the new profile that has no network: the module waits for it
// until the deadline, then goes back to the former profile where the eUICC allows it (SGP.32 v1.2 §3.3.2), and tries again.
// Without a change the result stays on the card for the next poll.

import { HAS_STATE_CHANGES } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const Choice: u8 = 1;
  export const Open: u8 = 4;
  export const RolledBack: u8 = 6;
}

// biome-ignore format: a row a line
export const LOST: usize = HAS_STATE_CHANGES ? memory.data<u8>([
  /* 0 */ Do.ResultIsLost, Step.Choice, Go.End,
  /* 1 for the next poll */ Do.Goto, Go.End, Go.End,
  /* 2 again */ Do.Pause, Step.Open, Go.End,
  /* 3 the former profile */ Do.ProfileRollback, Step.RolledBack, Go.End,
  /* 4 */ Do.GetEimConfigurationData, Step.Open + 1, Go.End,
  /* 5 */ Do.OpenNetwork, Go.Delivery, Go.Lost,
  /* 6 */ Do.Goto, Go.Attach, Go.End,
  /* 7 */ Do.Goto, Step.Open, Go.End,
]) : 0;
