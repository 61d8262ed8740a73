// SPDX-License-Identifier: Apache-2.0
// The functions of the virtual ISD-R: which one a command is for, and which one goes on when the card has answered.

import { Action } from '../abi/actions';
import { ask } from '../wire/ask';
import { checkTlv, derEnd, derInteger, derTag, derValue, findTlv, readTlv } from '../wire/der-read';
import { answer, answerCode, answerStatus } from './answer';
import { answeredCode } from './card-call';
import { addInitialEim, getEimConfigurationData } from './eim-functions';
import { configureImmediateProfileEnabling, immediateEnable } from './immediate-enabling';
import { eidAnswered, loadEuiccPackage, nextOperation } from './load-euicc-package';
import { COMMAND, Next, OPERATION_RESULTS, V } from './memory';
import { memoryReset, memoryResetAnswered } from './memory-reset';
import { beginPsmo, psmoAnswered } from './psmo';
import { answerResults, removeResult } from './results';
import { profileRollback, rollbackAnswered } from './rollback';

const UNDEFINED_ERROR: u32 = 127;

/** Runs the command in COMMAND. */
export function runFunction(): void {
  V.inPackage = 0;
  const malformed = checkTlv(COMMAND, V.commandEnd);
  if (readTlv(COMMAND, V.commandEnd)) return answerStatus(0x6a80);
  if (derTag == 0xbf51) return loadEuiccPackage();
  if (derTag == 0xbf57) return addInitialEim();
  if (malformed) return answerStatus(0x6a80);
  readTlv(COMMAND, V.commandEnd);
  runSmallFunction(derTag, derValue, derEnd);
}

function runSmallFunction(tag: u32, at: usize, end: usize): void {
  switch (tag) {
    case 0xbf55:
      return getEimConfigurationData(at, end);
    case 0xbf56: // GetCerts: the certificates of the card are seen in sessions only
      return answerCode(tag, 0x81, UNDEFINED_ERROR);
    case 0xbf58:
      return profileRollback();
    case 0xbf59:
      return configureImmediateProfileEnabling(at, end);
    case 0xbf5a:
      return immediateEnable();
    case 0xbf5b: // EnableEmergencyProfile: ecallNotAvailable
      return answerCode(tag, 0x80, 8);
    case 0xbf5c: // DisableEmergencyProfile: profileNotInEnabledState
      return answerCode(tag, 0x80, 2);
    case 0xbf5d: // ExecuteFallbackMechanism and ReturnFromFallback: fallbackNotAvailable
    case 0xbf5e:
      return answerCode(tag, 0x80, 6);
    case 0xbf5f: // GetConnectivityParameters: parametersNotAvailable
      return answerCode(tag, 0x81, 1);
    case 0xbf64:
      return memoryReset(at, end);
    case 0xbf2b:
      return retrieveResults(at, end);
    case 0xbf30:
      return removeNotification(at, end);
  }
  // GetProfilesInfo and SetDefaultDpAddress are also operations of packages
  V.resultEnd = OPERATION_RESULTS;
  readTlv(COMMAND, V.commandEnd);
  if (!beginPsmo()) answerOperation();
}

function answerOperation(): void {
  answer(OPERATION_RESULTS, V.resultEnd);
}

function retrieveResults(at: usize, end: usize): void {
  readTlv(at, end);
  answerResults(findTlv(derValue, derEnd, 0x80) ? 0 : derInteger());
}

/** What the eIM has acknowledged needs no rollback any more. */
function removeNotification(at: usize, end: usize): void {
  findTlv(at, end, 0x80);
  const number = derInteger();
  if (number == <i32>V.rollbackNumber) V.rollbackAllowed = 0;
  const found = removeResult(number);
  if (found) ask(Action.Persist);
  answerCode(0xbf30, 0x80, found ? 0 : 1);
}

/** The card has answered: V.next says whom. */
export function cardAnswered(): void {
  const next = V.next;
  switch (next) {
    case Next.PackageEid:
      return eidAnswered();
    case Next.Rollback:
      return rollbackAnswered();
    case Next.MemoryReset:
      return memoryResetAnswered();
    case Next.ImmediateEnable:
      return immediateEnableAnswered();
  }
  if (!psmoAnswered(next)) return;
  if (V.inPackage) nextOperation();
  else answerOperation();
}

/** BF5A{80 code}: 0 and catBusy as the card says. A change of profiles ends the permission to roll back. */
function immediateEnableAnswered(): void {
  const code = answeredCode(0xbf31, 0x21);
  if (!code) {
    V.rollbackAllowed = 0;
    ask(Action.Persist);
  }
  answerCode(0xbf5a, 0x80, code);
}
