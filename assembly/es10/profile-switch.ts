// SPDX-License-Identifier: Apache-2.0
// Which ES10 functions of the host switch profiles when they succeed, and what the eIM is told of it (StateChangeCause,
// SGP.32 v1.2 §6.3.2.6): the enabled profile is then another one, or none.

import { HAS_LOCAL } from '../abi/features';
import { RESPONSE, S } from '../abi/state';

/** Second byte of the function's tag, StateChangeCause. */
// biome-ignore format: a function a line
const SWITCHES: usize = HAS_LOCAL ? memory.data<u8>([
  /* EnableProfile */ 0x31, 3,
  /* DisableProfile */ 0x32, 3,
  /* EuiccMemoryReset of SGP.22 */ 0x34, 4,
  /* ProfileRollback */ 0x58, 3,
  /* ImmediateEnable */ 0x5a, 5,
  /* EnableEmergencyProfile */ 0x5b, 2,
  /* DisableEmergencyProfile */ 0x5c, 2,
  /* ExecuteFallbackMechanism */ 0x5d, 1,
  /* ReturnFromFallback */ 0x5e, 1,
  /* EuiccMemoryReset of SGP.32 */ 0x64, 4,
]) : 0;
const SWITCHES_END: usize = SWITCHES + 20;

/** Looks at the first piece of the answer, BFxx LL {80 or 02} 01 00 …, to functionTag: success of one of these is remembered. */
export function noteSwitch(): void {
  if (S.responseEnd - S.responseAt < 6 || load<u8>(RESPONSE, 1) != S.functionTag || load<u16>(RESPONSE, 4) != 1) return;
  for (let at = SWITCHES; at < SWITCHES_END; at += 2) {
    if (load<u8>(at) != S.functionTag) continue;
    S.profileSwitched = true;
    S.stateChanged = true;
    S.stateChangeCause = load<u8>(at, 1);
  }
}
