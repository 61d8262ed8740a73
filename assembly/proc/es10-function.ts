// SPDX-License-Identifier: Apache-2.0
// Command Es10: one function of the eUICC that the host asks for (SGP.22 v2.5 §5.7, SGP.32 v1.2 §5.9). Request and answer pass
// through as they are; the card is reset when the function switched profiles.

import { HAS_LOCAL } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const Answered: u8 = 1;
  export const Reset: u8 = 3;
}

// biome-ignore format: a row a line
export const ES10: usize = HAS_LOCAL ? memory.data<u8>([
  /* 0 */ Do.RunEs10Function, Step.Answered, Go.End,
  /* 1 */ Do.Goto, Go.End, Go.End,
  /* 2 profiles switched */ Do.Goto, Step.Reset, Go.End,
  /* 3 */ Do.ResetCard, Go.End, Go.End,
]) : 0;
