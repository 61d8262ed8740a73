// SPDX-License-Identifier: Apache-2.0
// The list of things to ask of the host.

import { S } from '../abi/state';

/** Puts an action on the list; ipa_poll gives it out once. */
export function ask(action: u32): void {
  S.actions |= 1 << action;
}
