// SPDX-License-Identifier: Apache-2.0
// The end of a command, however it went.

import { Do, Go } from './functions';

namespace Step {
  export const CloseNetwork: u8 = 1;
  export const Finish: u8 = 2;
}

// biome-ignore format: a row a line
export const END: usize = memory.data<u8>([
  /* 0 */ Do.CloseChannel, Step.CloseNetwork, Step.CloseNetwork,
  /* 1 */ Do.CloseNetwork, Step.Finish, Go.End,
  /* 2 */ Do.Finish, Step.Finish, Step.Finish,
]);
