// SPDX-License-Identifier: Apache-2.0
// ES10a.GetEuiccConfiguredAddresses (SGP.22 v2.5 §5.7.3): the default SM-DP+ and the root SM-DS.

import { ErrorCode } from '../abi/errors';
import { ACTIVATION_CODE_BYTES } from '../abi/limits';
import { ACTIVATION_CODE, S } from '../abi/state';
import { cardSendEmpty } from '../wire/card-lane';
import { derCopy, derEnd, derLength, derValue, findTlv } from '../wire/der-read';
import { expectResponse } from './response';

/** Sends BF3C. */
export function sendGetEuiccConfiguredAddresses(): void {
  cardSendEmpty(0xbf3c);
}

/** Reads BF3C{[80 defaultDpAddress], 81 rootDsAddress} and keeps the one that is wanted. Returns 0, NoServerAddress, or a wire error. */
export function readEuiccConfiguredAddresses(): i32 {
  const result = expectResponse(0xbf3c);
  if (result) return result;
  if (findTlv(derValue, derEnd, S.contactSmds ? 0x81 : 0x80) || derLength - 1 >= <u32>ACTIVATION_CODE_BYTES)
    return ErrorCode.NoServerAddress;
  S.smdpAddressAt = 0;
  S.smdpAddressLength = derCopy(ACTIVATION_CODE);
  return 0;
}
