// SPDX-License-Identifier: Apache-2.0
// refreshFlag, the parameter of functions that change the enabled profile. The simulator has no REFRESH, so its value makes no difference.
import { CodecError, child, type Tlv } from '../../codec/ber.js';

/** The flag is `80` by the module's tagging; some IPAs send the universal `01`. Throws CodecError when there is neither. */
export function requireRefreshFlag(request: Tlv): void {
  const flag = child(request, 0x80) ?? child(request, 0x01);
  if (flag?.value.length !== 1) throw new CodecError('refreshFlag is missing');
}
