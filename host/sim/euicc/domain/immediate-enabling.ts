// SPDX-License-Identifier: Apache-2.0
// The configuration of immediate enabling, set by a PSMO or by the IPA (SGP.32 v1.2 §3.4.4 and §5.9.17).
import { child, readOid, type Tlv } from '../../codec/ber.js';
import { text } from '../../codec/bytes.js';
import type { NonVolatileMemory } from '../state/non-volatile.js';
import { octets } from './elements.js';

/**
 * `80` present switches the feature on, absent off; `81` OID and `82` address of the SM-DP+ replace those stored when present. Throws CodecError
 * for an OID or address that can be none; then nothing is changed.
 */
export function configureImmediateEnabling(memory: NonVolatileMemory, element: Tlv): void {
  const oid = child(element, 0x81);
  if (oid) readOid(oid);
  const address = child(element, 0x82) && octets(element, 0x82, 1, 255);
  memory.immediateEnable = {
    enabled: child(element, 0x80) !== undefined,
    smdpOid: oid?.value.slice() ?? memory.immediateEnable.smdpOid,
    smdpAddress: address ? text(address) : memory.immediateEnable.smdpAddress,
  };
}
