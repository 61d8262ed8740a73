// SPDX-License-Identifier: Apache-2.0
// After a profile change: what the card asks of the device (REFRESH) is fetched and answered, the card is reset, and with it the
// channel is gone (SGP.32 v1.2 §3.3.1 step 8; SPEC.md, P-1); then the modem is waited for. Returns to the row behind the one that
// came here.

import { HAS_ESIPA } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const ResetCard: u8 = 1;
  export const TerminalCapability: u8 = 2;
  export const OpenChannel: u8 = 3;
  export const SelectIsdr: u8 = 4;
  export const AwaitRegistration: u8 = 5;
  export const Return: u8 = 6;
}

// biome-ignore format: a row a line
export const ATTACH: usize = HAS_ESIPA ? memory.data<u8>([
  /* 0 */ Do.AnswerCard, Step.ResetCard, Step.ResetCard,
  /* 1 */ Do.ResetCard, Step.TerminalCapability, Go.End,
  /* 2 */ Do.TerminalCapability, Step.OpenChannel, Go.End,
  /* 3 */ Do.OpenChannel, Step.SelectIsdr, Go.End,
  /* 4 */ Do.SelectIsdr, Step.AwaitRegistration, Go.End,
  /* 5 */ Do.AwaitRegistration, Step.Return, Go.End,
  /* 6 */ Do.Return, Go.End, Go.End,
]) : 0;
