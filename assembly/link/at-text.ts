// SPDX-License-Identifier: Apache-2.0
// The words of the AT line (3GPP TS 27.007): what each command looks like, and how its answer begins.

import { HAS_MODEMS } from '../abi/features';
import { ModemQuirk } from '../abi/options';
import { APDU, CARD_LINE, LINE, O, S, SESSION } from '../abi/state';
import { AID_BYTES, ISDR_AID } from '../rsp/aid';
import { putDecimal } from '../wire/bytes';
import { putHex, skipTexts } from '../wire/each-byte';
import { LinkCommand, Stale } from '../wire/lanes';

/** What stands in a text for something that is put in. */
const enum Parameter {
  /** Length and digits of the APDU that waits, and carriage return. */
  Apdu = 1,
  /** Digits of the AID of ISD-R, and carriage return. */
  Aid = 2,
  /** The handle of the channel. */
  Session = 3,
}

/** What follows AT in the commands, in the order of LinkCommand; each ends in a zero byte. */
// biome-ignore format: a command a line
const FEW: usize = HAS_MODEMS ? 0 : memory.data<u8>([
  /* AT */ 0x0d, 0,
  /* ATE0 */ 0x45, 0x30, 0x0d, 0,
  /* AT+CMEE=1 */ 0x2b, 0x43, 0x4d, 0x45, 0x45, 0x3d, 0x31, 0x0d, 0,
  /* AT+CFUN=0 */ 0x2b, 0x43, 0x46, 0x55, 0x4e, 0x3d, 0x30, 0x0d, 0,
  /* AT+CFUN=1 */ 0x2b, 0x43, 0x46, 0x55, 0x4e, 0x3d, 0x31, 0x0d, 0,
  /* AT+CSIM= */ 0x2b, 0x43, 0x53, 0x49, 0x4d, 0x3d, <u8>Parameter.Apdu, 0,
]);
// biome-ignore format: a command a line
const ALL: usize = !HAS_MODEMS ? 0 : memory.data<u8>([
  /* AT */ 0x0d, 0,
  /* ATE0 */ 0x45, 0x30, 0x0d, 0,
  /* AT+CMEE=1 */ 0x2b, 0x43, 0x4d, 0x45, 0x45, 0x3d, 0x31, 0x0d, 0,
  /* AT+CFUN=0 */ 0x2b, 0x43, 0x46, 0x55, 0x4e, 0x3d, 0x30, 0x0d, 0,
  /* AT+CFUN=1 */ 0x2b, 0x43, 0x46, 0x55, 0x4e, 0x3d, 0x31, 0x0d, 0,
  /* AT+CSIM=… */ 0x2b, 0x43, 0x53, 0x49, 0x4d, 0x3d, <u8>Parameter.Apdu, 0,
  /* AT+CGLA=…,… */ 0x2b, 0x43, 0x47, 0x4c, 0x41, 0x3d, <u8>Parameter.Session, 0x2c, <u8>Parameter.Apdu, 0,
  /* AT+CCHO="…" */ 0x2b, 0x43, 0x43, 0x48, 0x4f, 0x3d, <u8>Parameter.Aid, 0,
  /* AT+CEREG? */ 0x2b, 0x43, 0x45, 0x52, 0x45, 0x47, 0x3f, 0x0d, 0,
  /* AT+CFUN? */ 0x2b, 0x43, 0x46, 0x55, 0x4e, 0x3f, 0x0d, 0,
  /* AT+CFUN=1,1 */ 0x2b, 0x43, 0x46, 0x55, 0x4e, 0x3d, 0x31, 0x2c, 0x31, 0x0d, 0,
  /* AT+CCHC=… */ 0x2b, 0x43, 0x43, 0x48, 0x43, 0x3d, <u8>Parameter.Session, 0x0d, 0,
  /* AT+CSIM=1 */ 0x2b, 0x43, 0x53, 0x49, 0x4d, 0x3d, 0x31, 0x0d, 0,
  /* AT+CMEE? */ 0x2b, 0x43, 0x4d, 0x45, 0x45, 0x3f, 0x0d, 0,
  /* AT+CSIM=0 */ 0x2b, 0x43, 0x53, 0x49, 0x4d, 0x3d, 0x30, 0x0d, 0,
]);

/** Text of the present command. */
function text(): usize {
  let command = S.linkCommand;
  // Stale.Other is the distance to OtherQuestion
  if (HAS_MODEMS && command == LinkCommand.Synchronise) command += S.linkStale & Stale.Other;
  return skipTexts(HAS_MODEMS ? ALL : FEW, command - LinkCommand.Attention);
}

/** Length of the answer's name with its colon, "+CSIM:" to AT+CSIM=…, when the line begins with it; else 0. */
export function answerName(): u32 {
  const name = text();
  let i: u32 = 0;
  while (load<u8>(LINE + i) == load<u8>(name + i)) i++;
  const sign = load<u8>(name + i);
  return load<u8>(LINE + i) == 0x3a && (sign == 0x3d || sign == 0x3f) ? i + 1 : 0;
}

/** Writes a parameter. */
function putParameter(at: usize, parameter: u32): usize {
  if (HAS_MODEMS && parameter == Parameter.Aid) return putHex(at, ISDR_AID, AID_BYTES);
  if (HAS_MODEMS && parameter == Parameter.Session) {
    memory.copy(at, SESSION, S.sessionLength);
    return at + S.sessionLength;
  }
  const length = S.apduLength;
  // the modem puts the channel in (3GPP TS 27.007 §8.43)
  if (HAS_MODEMS && S.linkCommand == LinkCommand.Channel && !(O.modem & ModemQuirk.PassesClassByte)) store<u8>(APDU, load<u8>(APDU) & 0xfc);
  at = putDecimal(at, 2 * length);
  store<u8>(at, 0x2c);
  return putHex(at + 1, APDU, length);
}

/** Writes the command line to CARD_LINE. Returns its bytes. */
export function atLineLength(): u32 {
  store<u16>(CARD_LINE, 0x5441); // AT
  let at = CARD_LINE + 2;
  let from = text();
  for (let byte: u32 = load<u8>(from); byte; byte = load<u8>(++from)) {
    if (byte <= <u32>Parameter.Session) at = putParameter(at, byte);
    else store<u8>(at++, byte);
  }
  if (HAS_MODEMS && S.linkCommand == LinkCommand.PowerDown && O.modem & ModemQuirk.RadioCycle) store<u8>(at - 2, 0x34);
  return at - CARD_LINE;
}
