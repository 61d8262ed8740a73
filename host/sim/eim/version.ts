// SPDX-License-Identifier: Apache-2.0
// What eIMs of other versions of SGP.32 do differently, so that an IPA can be tried against them.
import type { EimItem } from './packages/items.js';

/** The version of SGP.32 that an eIM speaks. */
export type EimVersion = '1.0' | '1.2' | '1.3';

/** Operations that came after v1.0. */
const OPERATIONS_AFTER_1_0 = ['setFallbackAttribute', 'unsetFallbackAttribute', 'setDefaultDpAddress'];

/** Throws RangeError for an item with an operation that this version does not know. */
export function checkItem(item: EimItem, version: EimVersion): void {
  if (version !== '1.0' || item.kind !== 'euiccPackage' || !('psmos' in item)) return;
  const late = item.psmos.find(({ operation }) => OPERATIONS_AFTER_1_0.includes(operation));
  if (late !== undefined) throw new RangeError(`${late.operation} is not known in version 1.0`);
}
