// SPDX-License-Identifier: Apache-2.0
// The end of a command, however it went.

import { Do, Go } from './functions';

namespace Step {
  export const UnlockModem: u8 = 1;
  export const CloseNetwork: u8 = 2;
  export const Finish: u8 = 3;
}

// biome-ignore format: a row a line
export const END: usize = memory.data<u8>([
  /* 0 */ Do.CloseChannel, Step.UnlockModem, Step.UnlockModem,
  /* 1 */ Do.UnlockModem, Step.CloseNetwork, Step.CloseNetwork,
  /* 2 */ Do.CloseNetwork, Step.Finish, Go.End,
  /* 3 */ Do.Finish, Step.Finish, Step.Finish,
]);
