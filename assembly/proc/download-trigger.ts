// SPDX-License-Identifier: Apache-2.0
// ProfileDownloadTriggerRequest (SGP.32 v1.2 §2.11.1.3) and the activation code in it (SGP.22 v2.5 §4.1).

import { ErrorCode } from '../abi/errors';
import { ACTIVATION_CODE, MESSAGE, S } from '../abi/state';
import { lowerCase } from '../wire/bytes';
import { derEnd, derLength, derTag, derValue, findTlv, readTlv } from '../wire/der-read';

const ACTIVATION_CODE_MAX: u32 = 255;
const DOLLAR: u32 = 0x24;
const PREFIX: usize = memory.data<u8>([0x6c, 0x70, 0x61, 0x3a]); // lpa:
const PREFIX_BYTES: u32 = 4;

/**
 * Reads BF54 in MESSAGE: [A0{80 activationCode}]. Without A0 the eIM holds the download data and names the SM-DP+ itself.
 * Returns 0; 1 for a trigger by default SM-DP+ or SM-DS, which is not supported; BadTrigger for a wrong activation code; or a wire error.
 */
export function readTrigger(): i32 {
  S.smdpAddressLength = 0;
  S.matchingIdLength = 0;
  let result = findTlv(MESSAGE, S.collectAt, 0xa0);
  if (result == ErrorCode.MissingElement) return 0;
  if (!result) result = readTlv(derValue, derEnd);
  if (result) return result;
  if (derTag != 0x80) return 1;
  if (derLength > ACTIVATION_CODE_MAX) return ErrorCode.BadTrigger;
  memory.copy(ACTIVATION_CODE, derValue, derLength);
  return readActivationCode(derLength);
}

function hasPrefix(length: u32): bool {
  if (length < PREFIX_BYTES) return false;
  for (let i: u32 = 0; i < PREFIX_BYTES; i++) {
    if (lowerCase(load<u8>(ACTIVATION_CODE + i)) != load<u8>(PREFIX + i)) return false;
  }
  return true;
}

/** Offset of the next "$" from `from` on, or `length`. */
function fieldEnd(from: u32, length: u32): u32 {
  while (from < length && load<u8>(ACTIVATION_CODE + from) != DOLLAR) from++;
  return from;
}

/** Letters, digits, "-", "." and, for test set-ups, ":" before a port (SPEC.md, D-1). */
function isAddress(from: u32, to: u32): bool {
  for (; from < to; from++) {
    const byte = lowerCase(load<u8>(ACTIVATION_CODE + from));
    if (byte - 0x61 >= 26 && byte - 0x30 >= 11 && byte - 0x2d >= 2) return false;
  }
  return true;
}

/** Reads `[LPA:]1$address$token[$…]`; what follows the token is left to the SM-DP+ and the eIM. */
function readActivationCode(length: u32): i32 {
  const start: u32 = hasPrefix(length) ? PREFIX_BYTES : 0;
  if (length < start + 2 || load<u8>(ACTIVATION_CODE + start) != 0x31 || load<u8>(ACTIVATION_CODE + start, 1) != DOLLAR) {
    return ErrorCode.BadTrigger;
  }
  const address = start + 2;
  const addressEnd = fieldEnd(address, length);
  if (addressEnd == address || addressEnd == length || !isAddress(address, addressEnd)) return ErrorCode.BadTrigger;
  S.smdpAddressAt = address;
  S.smdpAddressLength = addressEnd - address;
  S.matchingIdAt = addressEnd + 1;
  S.matchingIdLength = fieldEnd(addressEnd + 1, length) - addressEnd - 1;
  return 0;
}
