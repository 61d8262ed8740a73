// SPDX-License-Identifier: Apache-2.0
// refreshFlag, the parameter of functions that change the enabled profile: whether the card itself asks the terminal to look again.
import { CodecError, child, type Tlv } from '../../codec/ber.js';

/** The flag is `80` by the module's tagging; some IPAs send the universal `01`. Throws CodecError when there is neither. */
export function readRefreshFlag(request: Tlv): boolean {
  return readFlag(child(request, 0x80) ?? child(request, 0x01));
}

/** The flag of the ES10c functions, `81`, beside the profile's identifier. Throws CodecError when it is missing. */
export function readConsumerRefreshFlag(request: Tlv): boolean {
  return readFlag(child(request, 0x81));
}

function readFlag(flag: Tlv | undefined): boolean {
  if (flag?.value.length !== 1) throw new CodecError('refreshFlag is missing');
  return flag.value[0] !== 0;
}
