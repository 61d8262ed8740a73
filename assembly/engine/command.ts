// SPDX-License-Identifier: Apache-2.0
// Event Command: reads the options and starts the run. All options are checked before anything changes. What an option may
// be and where it goes is a table, so that one more costs a row.

import { Binding } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import {
  HAS_ASN1,
  HAS_COAP,
  HAS_DIRECT,
  HAS_EMULATION,
  HAS_ESIPA,
  HAS_JSON,
  HAS_LOCAL,
  HAS_MODEMS,
  HAS_MORE_OPTIONS,
  HAS_PUSH,
  HAS_SELECTION,
  HAS_STATE_CHANGES,
} from '../abi/features';
import { Assistant, CARD_ACCESS, CardAccess, CardLink, Command, Option } from '../abi/options';
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
  POLL_SCHEDULE,
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
import { derCopy, derEnd, derLength, derTag, derValue, readTlv } from '../wire/der-read';

/**
 * Rows of FIRST and MORE, in the order of the tags: least and most of the first byte, least and most length (0: the variant does not have
 * it), where the value goes, where its length goes, both in words from OPTIONS on.
 */
const ROW_BYTES: u32 = 6;
const NOWHERE: u32 = 0xff;
/** Length that means "no limit here": the reader of the value has its own. */
const ANY_LENGTH: u32 = 0xff;
const FIRST_ROWS: u32 = Option.Restart - Option.Command + 1;
const LAST_OPTION: u32 = HAS_MODEMS
  ? Option.ResponseBytes
  : HAS_COAP
    ? Option.ListenMs
    : HAS_MORE_OPTIONS
      ? Option.EsipaVersion
      : Option.Restart;

// biome-ignore format: a row a line
const FIRST: usize = memory.data<u8>([
  /* Command */ 1, 5, 1, 1, <u8>(offsetof<Options>('command') / 4), <u8>NOWHERE,
  /* CardLink */ 0, 1, 1, 1, <u8>(offsetof<Options>('cardLink') / 4), <u8>NOWHERE,
  /* BlockBytes */ 16, 255, 1, 1, <u8>(offsetof<Options>('blockBytes') / 4), <u8>NOWHERE,
  /* EimId */ 0, 255, 1, 128, <u8>((WANTED_EIM_ID - OPTIONS) / 4), <u8>(offsetof<Options>('wantedEimIdLength') / 4),
  /* InitialEim */ 0, 255, 0, 0, <u8>NOWHERE, <u8>(offsetof<Options>('hasInitialEim') / 4),
  /* Tac */ 0, 255, 4, 4, <u8>((TAC - OPTIONS) / 4), <u8>NOWHERE,
  /* Imei */ 0, 255, 8, 8, <u8>((IMEI - OPTIONS) / 4), <u8>(offsetof<Options>('imeiLength') / 4),
  /* DeviceCapabilities */ 0, 255, 0, 48, <u8>((DEVICE_CAPABILITIES - OPTIONS) / 4), <u8>(offsetof<Options>('deviceCapabilitiesLength') / 4),
  /* IpaFeatures */ 0, 255, 1, 1, <u8>(offsetof<Options>('ipaFeatures') / 4), <u8>NOWHERE,
  /* CardTimeoutMs */ 0, 127, 4, 4, <u8>(offsetof<Options>('cardTimeoutMs') / 4), <u8>NOWHERE,
  /* EimAddress */ 0, 255, 1, 128, <u8>((EIM_ADDRESS - OPTIONS) / 4), <u8>(offsetof<Options>('eimAddressLength') / 4),
  /* MaxPackages */ 1, 255, 1, 1, <u8>(offsetof<Options>('maxPackages') / 4), <u8>NOWHERE,
  /* Restart */ 0, 255, 0, 0, <u8>NOWHERE, <u8>NOWHERE,
]);

// biome-ignore format: a row a line
const MORE: usize = !HAS_MORE_OPTIONS ? 0 : memory.data<u8>([
  /* EsipaBinding */ 0, <u8>HAS_JSON, 1, 1, <u8>(offsetof<Options>('esipaBinding') / 4), <u8>NOWHERE,
  /* RspBinding */ <u8>!HAS_ASN1, <u8>HAS_JSON, 1, 1, <u8>(offsetof<Options>('rspBinding') / 4), <u8>NOWHERE,
  /* DownloadData */ 0, 255, 2, <u8>ANY_LENGTH, <u8>NOWHERE, <u8>NOWHERE,
  /* AskConsent */ 0, 255, 0, 0, <u8>NOWHERE, <u8>(offsetof<Options>('askConsent') / 4),
  /* UtcTime */ 0, 255, 14, 14, <u8>((UTC_TIME - OPTIONS) / 4), <u8>(offsetof<Options>('utcTimeLength') / 4),
  /* StateChangeCause */ 0, 127, 1, 1, <u8>(offsetof<Options>('stateChangeCause') / 4), <u8>(offsetof<Options>('hasStateChangeCause') / 4),
  /* Rplmn */ 0, 255, 3, 3, <u8>((RPLMN - OPTIONS) / 4), <u8>(offsetof<Options>('rplmnLength') / 4),
  /* Assistant */ 0, <u8>(HAS_EMULATION ? 2 : 1), 1, 1, <u8>(offsetof<Options>('assistant') / 4), <u8>NOWHERE,
  /* OnlineTimeoutMs */ 0, 127, 4, 4, <u8>(offsetof<Options>('onlineTimeoutMs') / 4), <u8>NOWHERE,
  /* EsipaVersion */ 0, 255, 1, 1, <u8>(offsetof<Options>('esipaVersion') / 4), <u8>NOWHERE,
  /* EsipaScheme */ 0, 2, 1, <u8>(HAS_COAP ? 1 : 0), <u8>(offsetof<Options>('esipaScheme') / 4), <u8>(offsetof<Options>('hasEsipaScheme') / 4),
  /* Seed */ 0, 255, 4, <u8>(HAS_COAP ? 4 : 0), <u8>(offsetof<Options>('seed') / 4), <u8>NOWHERE,
  /* CoapBlockSzx */ 0, 6, 1, <u8>(HAS_COAP ? 1 : 0), <u8>(offsetof<Options>('coapBlockSzx') / 4), <u8>NOWHERE,
  /* AckTimeoutMs */ 0, 127, 4, <u8>(HAS_COAP ? 4 : 0), <u8>(offsetof<Options>('ackTimeoutMs') / 4), <u8>NOWHERE,
  /* PollSchedule */ 0, 63, 20, <u8>(HAS_COAP ? 20 : 0), <u8>((POLL_SCHEDULE - OPTIONS) / 4), <u8>(offsetof<Options>('pollScheduleLength') / 4),
  /* ListenMs */ 0, 127, 4, <u8>(HAS_COAP ? 4 : 0), <u8>(offsetof<Options>('listenMs') / 4), <u8>NOWHERE,
  /* Modem */ 0, 127, 1, 1, <u8>(offsetof<Options>('modem') / 4), <u8>NOWHERE,
  /* ResponseBytes */ 16, 255, 1, 1, <u8>(offsetof<Options>('responseBytes') / 4), <u8>NOWHERE,
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
]);
const DEFAULTS_BYTES: u32 = 31;

// biome-ignore format: an option a line
const MORE_DEFAULTS: usize = !HAS_MORE_OPTIONS ? 0 : memory.data<u8>([
  <u8>Option.RspBinding, 1, <u8>(HAS_JSON ? Binding.Json : Binding.Asn1),
  <u8>Option.Assistant, 1, <u8>(HAS_EMULATION ? Assistant.Emulated : HAS_ESIPA ? Assistant.Ipad : Assistant.Lpad),
  <u8>Option.OnlineTimeoutMs, 4, 0, 2, 0xbf, 0x20,
  <u8>Option.EsipaVersion, 1, 2,
  <u8>Option.CoapBlockSzx, 1, 6,
  <u8>Option.AckTimeoutMs, 4, 0, 0, 0x07, 0xd0,
  <u8>Option.ListenMs, 4, 0, 0, 0xea, 0x60,
]);
const MORE_DEFAULTS_BYTES: u32 = HAS_COAP ? 30 : 15;

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
  if (HAS_MORE_OPTIONS) apply(MORE_DEFAULTS, MORE_DEFAULTS + MORE_DEFAULTS_BYTES);
  apply(NETWORK_RX, end);
  if (HAS_STATE_CHANGES && O.hasStateChangeCause) {
    S.stateChanged = true;
    S.stateChangeCause = O.stateChangeCause;
  }
  if (HAS_MODEMS) {
    const wanted = O.modem & CARD_ACCESS;
    if (wanted) S.access = wanted;
    else if (!S.access) S.access = CardAccess.Csim;
    if (S.blockBytes) O.blockBytes = min(O.blockBytes, S.blockBytes);
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
    case Command.Listen:
      return HAS_PUSH;
  }
  return false;
}

/** Whether the option just read says what does not matter here: hosts tell the time unasked. */
function isPassedOver(): bool {
  return !HAS_MORE_OPTIONS && derTag == Option.UtcTime;
}

/** Row of the option just read. */
function row(): usize {
  const number = derTag - Option.Command;
  const more = HAS_MORE_OPTIONS && derTag > <u32>Option.Restart;
  return (more ? MORE - FIRST_ROWS * ROW_BYTES : FIRST) + number * ROW_BYTES;
}

/** Whether the option just read is known and has a possible value. */
function isValid(): bool {
  if (derTag - Option.Command > LAST_OPTION - Option.Command) return isPassedOver();
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
    if (isPassedOver()) continue;
    const where: u32 = load<u8>(row(), 4);
    const lengthWhere: u32 = load<u8>(row(), 5);
    if (where != NOWHERE) {
      const to = OPTIONS + (where << 2);
      derCopy(to);
      // numbers are in the module's order of bytes
      if (where < OPTIONS_BYTES / 4 && derLength == 4) store<u32>(to, bswap(load<u32>(derValue)));
    }
    // an option without value says yes
    if (lengthWhere != NOWHERE) store<u32>(OPTIONS + (lengthWhere << 2), load<u8>(row(), 3) ? derLength : 1);
    if (HAS_DIRECT && derTag == Option.DownloadData) S.trigger = readDownloadData(derValue, derEnd);
  }
}

/** Everything as after power-up, but for what is owed, kept or not told yet. */
function reset(): void {
  const owedLength = S.owedLength;
  const owedEim = S.owedEim;
  const owedIsTriggerResult = S.owedIsTriggerResult;
  const abiVersion = S.abiVersion;
  const nowMs = S.nowMs;
  const stateChanged = S.stateChanged;
  const stateChangeCause = S.stateChangeCause;
  const rollbackPending = S.rollbackPending;
  const pollFailures = S.pollFailures;
  const access = S.access;
  const blockBytes = S.blockBytes;
  const linkStale = S.linkStale;
  memory.fill(changetype<usize>(S), 0, offsetof<State>());
  memory.fill(OPTIONS, 0, OPTIONS_BYTES);
  S.abiVersion = abiVersion;
  S.nowMs = nowMs;
  if (HAS_ESIPA) {
    S.owedLength = owedLength;
    S.owedIsTriggerResult = owedIsTriggerResult;
    if (HAS_SELECTION) S.owedEim = owedEim;
  }
  if (HAS_LOCAL || HAS_STATE_CHANGES) {
    S.stateChanged = stateChanged;
    S.stateChangeCause = stateChangeCause;
  }
  if (HAS_STATE_CHANGES) S.rollbackPending = rollbackPending;
  if (HAS_COAP) S.pollFailures = pollFailures;
  if (HAS_MODEMS) {
    S.access = access;
    S.blockBytes = blockBytes;
    S.linkStale = linkStale;
  }
  if (HAS_EMULATION) forgetFunction();
  S.procedure = Go.StartUp;
  S.keepEnd = MESSAGE;
}
