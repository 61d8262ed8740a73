// SPDX-License-Identifier: Apache-2.0
// The card cannot be reached the way that was tried: another one is, and start-up begins again. A card that wants a reset first
// (6985 after a profile change) gets it, once.

import { HAS_MODEMS } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const OtherAccess: u8 = 1;
  export const Other: u8 = 2;
}

// biome-ignore format: a row a line
export const ACCESS: usize = !HAS_MODEMS ? 0 : memory.data<u8>([
  /* 0 */ Do.CloseChannel, Step.OtherAccess, Step.OtherAccess,
  /* 1 */ Do.OtherAccess, Step.Other, Go.End,
  /* 2 another way */ Do.Goto, Go.StartUp, Go.End,
  /* 3 the same way */ Do.ResetCard, Go.StartUp, Go.End,
]);
