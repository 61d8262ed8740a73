// SPDX-License-Identifier: Apache-2.0
// The message buffer: what must be seen whole is gathered from keepEnd on.

import { MESSAGE_END, S } from '../abi/state';

/** Adds bytes behind what was gathered. False when they do not fit. */
export function appendToMessage(at: usize, length: u32): bool {
  if (MESSAGE_END - S.collectAt < length) return false;
  memory.copy(S.collectAt, at, length);
  S.collectAt += length;
  return true;
}
