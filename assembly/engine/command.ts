// SPDX-License-Identifier: Apache-2.0
// Event Command: reads the options and starts the run. All options are checked before anything changes.

import { ErrorCode } from '../abi/errors';
import { CardLink, Command, Option } from '../abi/options';
import { DEVICE_CAPABILITIES, EIM_ADDRESS, IMEI, MESSAGE, NETWORK_RX, S, State, TAC, WANTED_EIM_ID } from '../abi/state';
import { Go } from '../proc/functions';
import { derEnd, derLength, derTag, derValue, readTlv } from '../wire/der-read';

const DEFAULT_TAC: usize = memory.data<u8>([0x35, 0x29, 0x06, 0x11]);
const DEFAULT_CAPABILITIES: usize = memory.data<u8>([0x85, 3, 13, 0, 0]);
const DEFAULT_BLOCK_BYTES: u32 = 255;
const LEAST_BLOCK_BYTES: u32 = 16;
const DEFAULT_FEATURES: u32 = 0x50;
const DEFAULT_CARD_TIMEOUT_MS: u32 = 30000;
const DEFAULT_MAX_PACKAGES: u32 = 32;

/** Starts the command in the first `length` bytes of the network window. Returns 0 or an error; then nothing has changed. */
export function beginCommand(length: u32): i32 {
  const end = NETWORK_RX + length;
  let command: i32 = 0;
  let restart = false;
  for (let at = NETWORK_RX; at < end; at = derEnd) {
    if (readTlv(at, end) || !isValid()) return ErrorCode.BadOption;
    if (derTag == Option.Command) command = load<u8>(derValue);
    else if (derTag == Option.Restart) restart = true;
  }
  if (S.running && !restart) return ErrorCode.Busy;
  if (command != Command.Poll) return ErrorCode.BadOption;
  reset();
  for (let at = NETWORK_RX; at < end; at = derEnd) {
    readTlv(at, end);
    apply();
  }
  S.running = true;
  return 0;
}

/** Whether the option just read is known and has a possible value. */
function isValid(): bool {
  const value: u32 = derLength ? load<u8>(derValue) : 0;
  switch (derTag) {
    case Option.Command:
    case Option.IpaFeatures:
      return derLength == 1;
    case Option.CardLink:
      return derLength == 1 && value <= <u32>CardLink.At;
    case Option.BlockBytes:
      return derLength == 1 && value >= LEAST_BLOCK_BYTES;
    case Option.MaxPackages:
      return derLength == 1 && value != 0;
    case Option.EimId:
    case Option.EimAddress:
      return derLength - 1 < 128;
    case Option.InitialEim:
    case Option.Restart:
      return derLength == 0;
    case Option.Tac:
      return derLength == 4;
    case Option.CardTimeoutMs:
      return derLength == 4 && value < 0x80; // deadlines are compared as signed differences
    case Option.Imei:
      return derLength == 8;
    case Option.DeviceCapabilities:
      return derLength <= 48;
  }
  return false;
}

/** Everything as after power-up, but for a report that is still owed. */
function reset(): void {
  const owedLength = S.owedLength;
  const owedIsTriggerResult = S.owedIsTriggerResult;
  const abiVersion = S.abiVersion;
  const nowMs = S.nowMs;
  memory.fill(changetype<usize>(S), 0, offsetof<State>());
  S.abiVersion = abiVersion;
  S.nowMs = nowMs;
  S.owedLength = owedLength;
  S.owedIsTriggerResult = owedIsTriggerResult;
  S.procedure = Go.StartUp;
  S.keepEnd = MESSAGE;
  S.cardLink = CardLink.At;
  S.blockBytes = DEFAULT_BLOCK_BYTES;
  S.ipaFeatures = DEFAULT_FEATURES;
  S.cardTimeoutMs = DEFAULT_CARD_TIMEOUT_MS;
  S.maxPackages = DEFAULT_MAX_PACKAGES;
  S.deviceCapabilitiesLength = 5;
  memory.copy(TAC, DEFAULT_TAC, 4);
  memory.copy(DEVICE_CAPABILITIES, DEFAULT_CAPABILITIES, 5);
}

/** Takes the option just read. */
function apply(): void {
  const length = derLength;
  const value: u8 = length ? load<u8>(derValue) : 0;
  switch (derTag) {
    case Option.CardLink:
      S.cardLink = value;
      break;
    case Option.BlockBytes:
      S.blockBytes = value;
      break;
    case Option.IpaFeatures:
      S.ipaFeatures = value;
      break;
    case Option.MaxPackages:
      S.maxPackages = value;
      break;
    case Option.InitialEim:
      S.hasInitialEim = true;
      break;
    case Option.CardTimeoutMs:
      S.cardTimeoutMs = bswap(load<u32>(derValue));
      break;
    case Option.EimId:
      S.wantedEimIdLength = length;
      memory.copy(WANTED_EIM_ID, derValue, length);
      break;
    case Option.EimAddress:
      S.eimAddressLength = length;
      memory.copy(EIM_ADDRESS, derValue, length);
      break;
    case Option.Tac:
      memory.copy(TAC, derValue, 4);
      break;
    case Option.Imei:
      S.imeiLength = length;
      memory.copy(IMEI, derValue, 8);
      break;
    case Option.DeviceCapabilities:
      S.deviceCapabilitiesLength = length;
      memory.copy(DEVICE_CAPABILITIES, derValue, length);
  }
}
