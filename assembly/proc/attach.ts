// SPDX-License-Identifier: Apache-2.0
// After a profile change: the card is reset, and with it the channel is gone (SGP.32 v1.2 §3.3.1 step 8; SPEC.md, P-1). Returns
// to the row behind the one that came here.

import { HAS_ESIPA } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const TerminalCapability: u8 = 1;
  export const OpenChannel: u8 = 2;
  export const SelectIsdr: u8 = 3;
  export const Return: u8 = 4;
}

// biome-ignore format: a row a line
export const ATTACH: usize = HAS_ESIPA ? memory.data<u8>([
  /* 0 */ Do.ResetCard, Step.TerminalCapability, Go.End,
  /* 1 */ Do.TerminalCapability, Step.OpenChannel, Go.End,
  /* 2 */ Do.OpenChannel, Step.SelectIsdr, Go.End,
  /* 3 */ Do.SelectIsdr, Step.Return, Go.End,
  /* 4 */ Do.Return, Go.End, Go.End,
]) : 0;
