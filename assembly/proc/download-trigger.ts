// SPDX-License-Identifier: Apache-2.0
// ProfileDownloadTriggerRequest (SGP.32 v1.2 §2.11.1.3) and the activation code in it (SGP.22 v2.5 §4.1).

import { ErrorCode } from '../abi/errors';
import { HAS_DIRECT, HAS_DISCOVERY, IS_INDIRECT } from '../abi/features';
import { ACTIVATION_CODE, S } from '../abi/state';
import { lowerCase } from '../wire/bytes';
import { derCopy, derEnd, derLength, derTag, derValue, findTlv, readTlv } from '../wire/der-read';

const ACTIVATION_CODE_MAX: u32 = 255;
/** Events of the SM-DS stand behind it. */
const SMDS_ADDRESS_MAX: u32 = 128;
const DOLLAR: u32 = 0x24;
const PREFIX: usize = memory.data<u8>([0x6c, 0x70, 0x61, 0x3a]); // lpa:
const PREFIX_BYTES: u32 = 4;

/** What a trigger leads to; in the order of the rows behind Do.ReadTrigger. */
export const enum Trigger {
  /** The address of the SM-DP+ or SM-DS is known. */
  Address = 0,
  /** The eUICC knows it. */
  ConfiguredAddress = 1,
  /** The eIM holds the download data. */
  HeldByEim = 2,
}

/** Reads BF54 with its contents in MESSAGE: [A0 profileDownloadData]. Returns a Trigger, BadTrigger for a wrong activation code, or a wire error. */
export function readTrigger(at: usize, end: usize): i32 {
  const result = findTlv(at, end, 0xa0);
  S.smdpAddressLength = 0;
  if (HAS_DIRECT) S.smdpOidLength = 0;
  S.matchingIdLength = 0;
  S.contactSmds = false;
  if (result == ErrorCode.MissingElement) return IS_INDIRECT ? Trigger.Address : Trigger.HeldByEim;
  return result ? result : readDownloadData(derValue, derEnd);
}

/** Reads profileDownloadData between `at` and `end`: 80 activationCode, 81 contactDefaultSmdp, or A2{[80 smdsAddress]}. */
export function readDownloadData(at: usize, end: usize): i32 {
  const result = readTlv(at, end);
  if (result) return result;
  if (HAS_DISCOVERY) {
    S.contactSmds = derTag == 0xa2;
    if (derTag == 0x81) return Trigger.ConfiguredAddress;
    if (S.contactSmds) return readSmdsAddress();
  }
  if (derTag != 0x80 || derLength > ACTIVATION_CODE_MAX) return ErrorCode.BadTrigger;
  derCopy(ACTIVATION_CODE);
  return readActivationCode(derLength);
}

/** The address of the SM-DS, or that of the root SM-DS, which the eUICC knows. */
function readSmdsAddress(): i32 {
  if (findTlv(derValue, derEnd, 0x80)) return Trigger.ConfiguredAddress;
  if (derLength - 1 >= SMDS_ADDRESS_MAX) return ErrorCode.BadTrigger;
  derCopy(ACTIVATION_CODE);
  S.smdpAddressAt = 0;
  S.smdpAddressLength = derLength;
  return isAddress(0, derLength) ? Trigger.Address : ErrorCode.BadTrigger;
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

/** Reads `[LPA:]1$address$token[$[oid][$…]]`; whether a confirmation code is required the SM-DP+ says itself. */
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
  const tokenEnd = fieldEnd(addressEnd + 1, length);
  S.matchingIdLength = tokenEnd - addressEnd - 1;
  if (!HAS_DIRECT) return Trigger.Address;
  S.smdpOidLength = 0;
  if (tokenEnd >= length) return Trigger.Address;
  S.smdpOidAt = tokenEnd + 1;
  S.smdpOidLength = fieldEnd(tokenEnd + 1, length) - tokenEnd - 1;
  return Trigger.Address;
}
