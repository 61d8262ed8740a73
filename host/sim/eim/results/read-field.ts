// SPDX-License-Identifier: Apache-2.0
// Optional components of a SEQUENCE.
import { child, type Tlv } from '../../codec/ber.js';

/** Reads the component with this tag, when there is one. */
export function readField<Value>(parent: Tlv, tag: number, read: (field: Tlv) => Value): Value | undefined {
  const field = child(parent, tag);
  return field === undefined ? undefined : read(field);
}
