// SPDX-License-Identifier: Apache-2.0
// The configuration of immediate enabling, set by a PSMO or by the IPA (SGP.32 v1.2 §3.4.4 and §5.9.17).
import { child, type Tlv } from '../../codec/ber.js';
import { text } from '../../codec/bytes.js';
import type { NonVolatileMemory } from '../state/non-volatile.js';

/** `80` present switches the feature on, absent off; `81` OID and `82` address of the SM-DP+ replace those stored when present. */
export function configureImmediateEnabling(memory: NonVolatileMemory, element: Tlv): void {
  const oid = child(element, 0x81)?.value.slice();
  const address = child(element, 0x82);
  memory.immediateEnable = {
    enabled: child(element, 0x80) !== undefined,
    smdpOid: oid ?? memory.immediateEnable.smdpOid,
    smdpAddress: address ? text(address.value) : memory.immediateEnable.smdpAddress,
  };
}
