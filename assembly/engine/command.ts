// SPDX-License-Identifier: Apache-2.0
// Event Command: reads the options and starts the run. All options are checked before anything changes. What an option may
// be and where it goes is a table, so that one more costs a row.

import { Binding } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { HAS_DIRECT, HAS_EMULATION, HAS_ESIPA, HAS_JSON, HAS_LOCAL } from '../abi/features';
import { Assistant, CardLink, Command, Option } from '../abi/options';
import {
  DEVICE_CAPABILITIES,
  EIM_ADDRESS,
  IMEI,
  MESSAGE,
  NETWORK_RX,
  O,
  OPTIONS,
  OPTIONS_BYTES,
  Options,
  RPLMN,
  S,
  State,
  TAC,
  UTC_TIME,
  WANTED_EIM_ID,
} from '../abi/state';
import { forgetFunction } from '../emulation/memory';
import { readDownloadData } from '../proc/download-trigger';
import { Go } from '../proc/functions';
import { derEnd, derLength, derTag, derValue, readTlv } from '../wire/der-read';

/** Rows of TABLE, in the order of the tags: least and most of the first byte, least and most length, where the value goes, where its length goes. */
const ROW_BYTES: u32 = 8;
const NOWHERE: u32 = 0xffff;
/** Length that means "no limit here": the reader of the value has its own. */
const ANY_LENGTH: u32 = 0xff;

// biome-ignore format: a row a line
const TABLE: usize = memory.data<u16>([
  /* Command */ 0x0401, 0x0101, <u16>offsetof<Options>('command'), <u16>NOWHERE,
  /* CardLink */ 0x0100, 0x0101, <u16>offsetof<Options>('cardLink'), <u16>NOWHERE,
  /* BlockBytes */ 0xff10, 0x0101, <u16>offsetof<Options>('blockBytes'), <u16>NOWHERE,
  /* EimId */ 0xff00, 0x8001, <u16>(WANTED_EIM_ID - OPTIONS), <u16>offsetof<Options>('wantedEimIdLength'),
  /* InitialEim */ 0xff00, 0x0000, <u16>NOWHERE, <u16>offsetof<Options>('hasInitialEim'),
  /* Tac */ 0xff00, 0x0404, <u16>(TAC - OPTIONS), <u16>NOWHERE,
  /* Imei */ 0xff00, 0x0808, <u16>(IMEI - OPTIONS), <u16>offsetof<Options>('imeiLength'),
  /* DeviceCapabilities */ 0xff00, 0x3000, <u16>(DEVICE_CAPABILITIES - OPTIONS), <u16>offsetof<Options>('deviceCapabilitiesLength'),
  /* IpaFeatures */ 0xff00, 0x0101, <u16>offsetof<Options>('ipaFeatures'), <u16>NOWHERE,
  /* CardTimeoutMs */ 0x7f00, 0x0404, <u16>offsetof<Options>('cardTimeoutMs'), <u16>NOWHERE,
  /* EimAddress */ 0xff00, 0x8001, <u16>(EIM_ADDRESS - OPTIONS), <u16>offsetof<Options>('eimAddressLength'),
  /* MaxPackages */ 0xff01, 0x0101, <u16>offsetof<Options>('maxPackages'), <u16>NOWHERE,
  /* Restart */ 0xff00, 0x0000, <u16>NOWHERE, <u16>NOWHERE,
  /* EsipaBinding */ 0x0100, 0x0101, <u16>offsetof<Options>('esipaBinding'), <u16>NOWHERE,
  /* RspBinding */ 0x0100, 0x0101, <u16>offsetof<Options>('rspBinding'), <u16>NOWHERE,
  /* DownloadData */ 0xff00, 0xff02, <u16>NOWHERE, <u16>NOWHERE,
  /* AskConsent */ 0xff00, 0x0000, <u16>NOWHERE, <u16>offsetof<Options>('askConsent'),
  /* UtcTime */ 0xff00, 0x0e0e, <u16>(UTC_TIME - OPTIONS), <u16>offsetof<Options>('utcTimeLength'),
  /* StateChangeCause */ 0x7f00, 0x0101, <u16>offsetof<Options>('stateChangeCause'), <u16>offsetof<Options>('hasStateChangeCause'),
  /* Rplmn */ 0xff00, 0x0303, <u16>(RPLMN - OPTIONS), <u16>offsetof<Options>('rplmnLength'),
  /* Assistant */ <u16>(HAS_EMULATION ? 0x0200 : 0x0100), 0x0101, <u16>offsetof<Options>('assistant'), <u16>NOWHERE,
  /* OnlineTimeoutMs */ 0x7f00, 0x0404, <u16>offsetof<Options>('onlineTimeoutMs'), <u16>NOWHERE,
  /* EsipaVersion */ 0xff00, 0x0101, <u16>offsetof<Options>('esipaVersion'), <u16>NOWHERE,
]);

/** What stands when the host says nothing, in the form of options. */
// biome-ignore format: an option a line
const DEFAULTS: usize = memory.data<u8>([
  <u8>Option.CardLink, 1, <u8>CardLink.At,
  <u8>Option.BlockBytes, 1, 255,
  <u8>Option.Tac, 4, 0x35, 0x29, 0x06, 0x11,
  <u8>Option.DeviceCapabilities, 5, 0x85, 3, 13, 0, 0,
  <u8>Option.IpaFeatures, 1, <u8>(HAS_DIRECT ? 0xd0 : 0x50),
  <u8>Option.CardTimeoutMs, 4, 0, 0, 0x75, 0x30,
  <u8>Option.MaxPackages, 1, 32,
  <u8>Option.RspBinding, 1, <u8>(HAS_JSON ? Binding.Json : Binding.Asn1),
  <u8>Option.Assistant, 1, <u8>(HAS_EMULATION ? Assistant.Emulated : HAS_ESIPA ? Assistant.Ipad : Assistant.Lpad),
  <u8>Option.OnlineTimeoutMs, 4, 0, 2, 0xbf, 0x20,
  <u8>Option.EsipaVersion, 1, 2,
]);
const DEFAULTS_BYTES: u32 = 46;

/** Starts the command in the first `length` bytes of the network window. Returns 0 or an error; then nothing has changed. */
export function beginCommand(length: u32): i32 {
  const end = NETWORK_RX + length;
  let command: u32 = 0;
  let restart = false;
  for (let at = NETWORK_RX; at < end; at = derEnd) {
    if (readTlv(at, end) || !isValid()) return ErrorCode.BadOption;
    if (derTag == Option.Command) command = load<u8>(derValue);
    if (derTag == Option.Restart) restart = true;
  }
  if (S.running && !restart) return ErrorCode.Busy;
  if (!isBuiltIn(command)) return ErrorCode.BadOption;
  reset();
  apply(DEFAULTS, DEFAULTS + DEFAULTS_BYTES);
  apply(NETWORK_RX, end);
  if (O.hasStateChangeCause) {
    S.stateChanged = true;
    S.stateChangeCause = O.stateChangeCause;
  }
  S.running = true;
  return 0;
}

/** Whether this variant of the module has the command. */
function isBuiltIn(command: u32): bool {
  switch (command) {
    case Command.Poll:
      return HAS_ESIPA;
    case Command.Download:
    case Command.DeliverNotifications:
      return HAS_DIRECT;
    case Command.Es10:
      return HAS_LOCAL;
  }
  return false;
}

/** Row of the option just read. */
function row(): usize {
  return TABLE + (derTag - Option.Command) * ROW_BYTES;
}

/** Whether the option just read is known and has a possible value. */
function isValid(): bool {
  if (derTag - Option.Command > <u32>(Option.EsipaVersion - Option.Command)) return false;
  const at = row();
  const most: u32 = load<u8>(at, 3);
  if (derLength < load<u8>(at, 2) || (derLength > most && most != ANY_LENGTH)) return false;
  const first: u32 = derLength ? load<u8>(derValue) : 0;
  return !derLength || (first >= load<u8>(at) && first <= load<u8>(at, 1));
}

/** Takes the options from `at` to `end`. */
function apply(at: usize, end: usize): void {
  while (at < end) {
    readTlv(at, end);
    at = derEnd;
    const where: u32 = load<u16>(row(), 4);
    const lengthWhere: u32 = load<u16>(row(), 6);
    if (where != NOWHERE) {
      memory.copy(OPTIONS + where, derValue, derLength);
      // numbers are in the module's order of bytes
      if (where < OPTIONS_BYTES && derLength == 4) store<u32>(OPTIONS + where, bswap(load<u32>(derValue)));
    }
    // an option without value says yes
    if (lengthWhere != NOWHERE) store<u32>(OPTIONS + lengthWhere, load<u8>(row(), 3) ? derLength : 1);
    if (HAS_DIRECT && derTag == Option.DownloadData) S.trigger = readDownloadData(derValue, derEnd);
  }
}

/** Everything as after power-up, but for what is owed, kept or not told yet. */
function reset(): void {
  const owedLength = S.owedLength;
  const owedIsTriggerResult = S.owedIsTriggerResult;
  const abiVersion = S.abiVersion;
  const nowMs = S.nowMs;
  const stateChanged = S.stateChanged;
  const stateChangeCause = S.stateChangeCause;
  const rollbackPending = S.rollbackPending;
  memory.fill(changetype<usize>(S), 0, offsetof<State>());
  memory.fill(OPTIONS, 0, OPTIONS_BYTES);
  S.abiVersion = abiVersion;
  S.nowMs = nowMs;
  S.owedLength = owedLength;
  S.owedIsTriggerResult = owedIsTriggerResult;
  S.stateChanged = stateChanged;
  S.stateChangeCause = stateChangeCause;
  S.rollbackPending = rollbackPending;
  if (HAS_EMULATION) forgetFunction();
  S.procedure = Go.StartUp;
  S.keepEnd = MESSAGE;
}
