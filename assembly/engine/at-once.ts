// SPDX-License-Identifier: Apache-2.0
// Steps that need no event: the checks and decisions between two exchanges, and what is put down as owed.

import { Action, PeerKind, Scheme, Summary } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import {
  HAS_COAP,
  HAS_DATA,
  HAS_DIRECT,
  HAS_DISCOVERY,
  HAS_EMULATION,
  HAS_ESIPA,
  HAS_JSON,
  HAS_LOCAL,
  HAS_MODEMS,
  HAS_POLICY,
  HAS_PUSH,
  HAS_SELECTION,
  HAS_STATE_CHANGES,
  IS_INDIRECT,
} from '../abi/features';
import { OWED_BYTES } from '../abi/limits';
import { Assistant, CARD_ACCESS, CardAccess, CardLink, Command } from '../abi/options';
import { MESSAGE, METADATA, NETWORK_TX, O, OWED, S } from '../abi/state';
import { takeEvent } from '../es9p/event-entries';
import { checkServerCertificate } from '../es9p/server-certificate';
import { readServerSigned1 } from '../es10/authenticate-server';
import { CancelReason } from '../es10/cancel-session';
import { areRulesKnown, profilePolicyRules } from '../es10/get-rat';
import { oweDataError, oweInstallationResult, owePackageError, oweTriggerError, PackageError } from '../esipa/provide-eim-package-result';
import { readTrigger } from '../proc/download-trigger';
import { Do } from '../proc/functions';
import { beginDataResponse, readDataRequest } from '../proc/ipa-euicc-data';
import { isServer } from '../rsp/peer';
import { ask } from '../wire/ask';
import { derEnd, derValue, findTlv } from '../wire/der-read';
import { putHeader } from '../wire/der-write';
import { CardState } from '../wire/lanes';
import { networkAbort } from '../wire/network-lane';
import { backoffBeginRun, backoffForget, backoffNote, isBackedOff } from './backoff';
import { nextPollSeconds } from './schedule';
import { PENDING, REPEAT } from './streams';

/** Does the step `what`. Returns its outcome, its error, REPEAT, or PENDING with the end of the command. */
export function startAtOnce(what: u32): i32 {
  switch (what) {
    case Do.NoMorePackages:
      S.noMorePackages = true;
      return S.packages ? 1 : 0;
    case Do.DeliveryDone:
      return IS_INDIRECT && S.noMorePackages ? 1 : 0;
    case Do.SkipNotification:
      return skipNotification();
    case Do.LeaveNotification:
      if (HAS_SELECTION) S.notificationSkip++;
      return 0;
    case Do.CountNotification:
      S.notifications++;
      if (HAS_SELECTION) backoffForget();
      return 0;
    case Do.Dispatch:
      if (HAS_SELECTION) backoffBeginRun();
      if (HAS_MODEMS) keepAccess();
      return O.command - 1; // rows in the order of Command
    case Do.ChooseRoute:
      return HAS_DIRECT ? chooseRoute() : 0;
    case Do.ChooseNotificationRoute:
      if (IS_INDIRECT) return 0;
      if (HAS_SELECTION && isBackedOff()) return 2;
      if (HAS_DIRECT) S.route = PeerKind.Smdp;
      return HAS_DIRECT && isDirect() ? 1 : 0;
    case Do.CheckServer:
      return checkServer();
    case Do.CheckRules:
      return checkRules();
    case Do.TakeEvent:
      return HAS_DISCOVERY ? takeNextEvent() : 0;
    case Do.OweInstallationResult:
      if (!HAS_DIRECT || !HAS_ESIPA) return 0;
      if (!oweInstallationResult(S.resultAt, S.resultEnd)) oweTriggerError();
      return owed();
    case Do.AskWhichPeer:
      return HAS_DIRECT ? whichPeer() : 0;
    case Do.AskWhetherMoreEvents:
      return HAS_DIRECT && HAS_DISCOVERY ? returnToSmds() : 0;
    case Do.ResultIsLost:
      return HAS_STATE_CHANGES ? resultIsLost() : 0;
    case Do.AskWhetherAgain:
      return HAS_DIRECT && HAS_JSON ? isWantedAgain() : 0;
    case Do.OtherAccess:
      return HAS_MODEMS ? otherAccess() : 0;
    case Do.Return:
      if (!HAS_ESIPA) return 0;
      S.procedure = S.returnProcedure;
      S.step = S.returnStep;
      return REPEAT;
    case Do.OweUnknownPackage:
      if (!HAS_ESIPA) return 0;
      noteError(ErrorCode.UnknownPackage);
      return owe(PackageError.UnknownPackage);
    case Do.OweInvalidFormat:
      return HAS_ESIPA ? owe(PackageError.InvalidPackageFormat) : 0;
    case Do.OwePackageError:
      if (!HAS_ESIPA) return 0;
      // cut off before it was whole: the eIM has no result and will offer it again
      if (isNetworkError(S.stepError)) return S.stepError;
      // the form of the card's answer says nothing about the package
      return owe(isWireError(S.stepError) && S.cardState != CardState.Done ? PackageError.InvalidPackageFormat : PackageError.Undefined);
    case Do.OweResult:
      return HAS_ESIPA ? oweResult() : 0;
    case Do.OweDataError:
      if (!HAS_DATA) return 0;
      if (isNetworkError(S.stepError)) return S.stepError;
      oweDataError(PackageError.Undefined);
      return owed();
    case Do.OweTagListError:
      if (!HAS_DATA) return 0;
      oweDataError(1); // incorrectTagList
      return owed();
    case Do.OweTriggerError:
      if (isLocal()) return 0;
      oweTriggerError();
      return owed();
    case Do.ReadDataRequest:
      return HAS_DATA ? readDataRequest() : 0;
    case Do.BeginDataResponse:
      if (HAS_DATA) beginDataResponse();
      return 0;
    case Do.ReadTrigger:
      return startDownload();
    case Do.CloseNetwork:
      if (S.networkOpened) ask(Action.NetworkClose);
      S.networkOpened = false;
      if (HAS_COAP) S.scheme = Scheme.Https;
      return 0;
    case Do.Finish:
      finish();
      return PENDING;
  }
  return 0; // Goto
}

/** Keeps the first error of the command for its result. */
export function noteError(error: i32): void {
  if (S.error) return;
  S.error = error;
  S.detail = S.stepDetail;
}

/** Whether an error is about the form of a message. */
export function isWireError(error: i32): bool {
  return (error >= ErrorCode.BadValue && error <= ErrorCode.BadEncoding) || error == ErrorCode.MessageTooLong;
}

/** Whether an error is one of the line to the modem. */
export function isModemError(error: i32): bool {
  return error <= ErrorCode.ModemError && error >= ErrorCode.ModemTimeout;
}

/** Whether an error is one of the network. */
export function isNetworkError(error: i32): bool {
  return error <= ErrorCode.NetworkUnreachable && error >= ErrorCode.NoSeed;
}

function owe(code: u32): i32 {
  owePackageError(code);
  return owed();
}

function owed(): i32 {
  if (HAS_SELECTION) S.owedEim = S.eimHash;
  networkAbort();
  ask(Action.Persist);
  return 0;
}

/** An error result is not kept by the eUICC: the report is ours alone until the eIM has it. */
function oweResult(): i32 {
  const length = S.keepEnd - MESSAGE;
  if (length > <usize>OWED_BYTES) return owe(PackageError.Undefined);
  memory.copy(OWED, MESSAGE, length);
  S.owedLength = length;
  S.owedIsTriggerResult = false;
  return owed();
}

function putSummary(at: usize, tag: u32, value: u32): usize {
  at = putHeader(at, tag, 4);
  store<u32>(at, bswap(value));
  return at + 4;
}

/** Asks the host to take the result; the command is over when it did. */
function finish(): void {
  let at = putSummary(NETWORK_TX, Summary.Packages, S.packages);
  at = putSummary(at, Summary.ProfilesInstalled, S.profilesInstalled);
  at = putSummary(at, Summary.Notifications, S.notifications);
  if (HAS_LOCAL || HAS_STATE_CHANGES) at = putSummary(at, Summary.StateChange, S.stateChanged ? S.stateChangeCause : -1);
  if (HAS_COAP) at = putSummary(at, Summary.NextPoll, nextPollSeconds());
  if (HAS_MODEMS && O.cardLink != CardLink.Apdu) at = putSummary(at, Summary.CardPath, (S.access << 8) | O.blockBytes);
  if (HAS_EMULATION) at = putSummary(at, Summary.Emulated, O.assistant == Assistant.Emulated ? 1 : 0);
  S.networkSourceEnd = putSummary(at, Summary.Detail, S.detail);
  ask(Action.Finished);
}

/** Whether the command is the local user's: there is no eIM to report to. */
export function isLocal(): bool {
  return !HAS_ESIPA || (O.command != Command.Poll && !(HAS_PUSH && O.command == Command.Listen));
}

/** ipaFeatures bit 0, directRspServerCommunication. */
const DIRECT: u32 = 0x80;

/** Whether SM-DP+ and SM-DS are talked to straight. */
export function isDirect(): bool {
  return isLocal() || (!S.eimIndirect && (O.ipaFeatures & DIRECT) != 0);
}

/** The card answers this way: what was tried before does not matter. */
function keepAccess(): void {
  S.accessTried = ACCESSES;
  S.error = 0;
  S.detail = 0;
}

const CONDITIONS_NOT_SATISFIED: i32 = 0x6985;
const NOT_FOUND: i32 = 0x6a82;
/** Bit n: CardAccess n can be tried. */
const ACCESSES: u32 = (1 << CardAccess.Csim) | (1 << CardAccess.Channel) | (1 << CardAccess.Basic);

/** How the card is tried next: 0 another way, 1 the same way after a reset; or the first error when there is nothing left to try. */
function otherAccess(): i32 {
  const detail = S.detail;
  if (detail == CONDITIONS_NOT_SATISFIED && !S.resetTried) {
    S.resetTried = true;
    S.error = 0;
    S.detail = 0;
    return 1;
  }
  S.accessTried |= 1 << S.access;
  const left = ACCESSES & ~S.accessTried;
  // without ISD-R it is no eUICC, whichever way it is asked
  if (!left || O.modem & CARD_ACCESS || O.cardLink == CardLink.Apdu || detail == NOT_FOUND) return S.error;
  S.access = ctz(left);
  return 0;
}

/** What is to be downloaded: of the command's option, or of the eIM's trigger. */
function startDownload(): i32 {
  if (HAS_DISCOVERY) {
    S.eventSkip = 0;
    S.smdsAddressLength = 0;
  }
  S.again = false;
  S.triedAgain = false;
  return HAS_DIRECT && isLocal() ? S.trigger : readTrigger(MESSAGE, S.collectAt);
}

function chooseRoute(): i32 {
  S.route = S.contactSmds ? PeerKind.Smds : PeerKind.Smdp;
  if (S.contactSmds) S.smdsAddressLength = S.smdpAddressLength;
  return isDirect() ? 1 : 0;
}

/** Rows behind AskWhichPeer: the eIM, a server, or neither, when there is no eIM or nothing more to ask it for. */
function whichPeer(): i32 {
  return isLocal() || S.noMorePackages ? 2 : S.peerKind == PeerKind.Eim ? 0 : 1;
}

/** The answer to InitiateAuthentication is checked before the eUICC sees it. */
function checkServer(): i32 {
  const result = readServerSigned1();
  return result || !HAS_DIRECT ? result : checkServerCertificate();
}

/**
 * Whether the profile has policy rules to be judged by the Rules Authorisation Table. A server that sends no metadata would get round
 * the rules, the consent and the comparison with what is installed (SGP.22 v2.5 §5.6.3: profileMetadata is mandatory).
 */
function checkRules(): i32 {
  S.consentRequired = false;
  if (HAS_POLICY && isServer() && findTlv(METADATA, METADATA + S.metadataLength, 0x5a)) {
    S.cancelReason = CancelReason.Undefined;
    return ErrorCode.MissingElement;
  }
  S.cancelReason = CancelReason.PprNotAllowed;
  const rules = HAS_POLICY ? profilePolicyRules() : S.metadataLength;
  if (rules) return HAS_POLICY && areRulesKnown(rules) ? 1 : ErrorCode.PprNotAllowed;
  S.cancelReason = CancelReason.Undefined;
  return 0;
}

/** An SM-DS has answered: its next event, or the trigger that the eIM made of it, is what is downloaded. */
function takeNextEvent(): i32 {
  if (HAS_DIRECT && S.peerKind != PeerKind.Eim) {
    const none = takeEvent();
    S.contactSmds = none != 0;
    return none;
  }
  S.contactSmds = false;
  const found = findTlv(MESSAGE, S.collectAt, 0xbf54);
  const trigger = found ? found : readTrigger(derValue, derEnd);
  return trigger > 0 ? ErrorCode.BadTrigger : trigger;
}

const MAX_EVENTS: u32 = 16;

/** The local user gets all profiles that the SM-DS announces: it is asked again for the next event, unless it had none or failed itself. */
function returnToSmds(): i32 {
  if (S.contactSmds || !S.smdsAddressLength || S.eventSkip >= MAX_EVENTS) return 0;
  S.contactSmds = true;
  S.route = PeerKind.Smds;
  S.smdpAddressAt = 0;
  S.smdpAddressLength = S.smdsAddressLength;
  S.matchingIdLength = 0;
  return 1;
}

/** A server whose session has expired, or that lost the eUICC's challenge, is asked once more from the beginning (SGP.22 v2.5 §5.2.6). */
function isWantedAgain(): i32 {
  if (!S.again || S.triedAgain) return 0;
  S.triedAgain = true;
  S.again = false;
  S.error = 0;
  S.detail = 0;
  return 1;
}

/** Refused: later again. Without a connection to the eIM the others need not be tried; another SM-DP+ is another matter. */
function skipNotification(): i32 {
  const error = S.stepError;
  const isRefusal =
    error == ErrorCode.NetworkHttpStatus ||
    (HAS_COAP && error == ErrorCode.CoapRefused) ||
    error == ErrorCode.EimError ||
    error == ErrorCode.SmdpError;
  if (!isRefusal && !(HAS_DIRECT && isDirect() && isNetworkError(error))) return error;
  if (HAS_SELECTION) backoffNote();
  S.notificationSkip++;
  return 0;
}

/** Nothing is left to wait for: the result is kept by the eUICC, and a later command does not wait for the network again. */
export function forgetRollback(): void {
  S.rollbackPending = false;
  ask(Action.Persist);
}

/** What to do about a result that did not reach the eIM: 0 leave it, 1 try again, 2 go back to the former profile. */
function resultIsLost(): i32 {
  if (!S.rollbackPending || !isNetworkError(S.stepError)) return 0;
  if (!S.onlineDeadlineSet) {
    S.onlineDeadlineSet = true;
    S.onlineDeadlineMs = S.nowMs + O.onlineTimeoutMs;
    S.pauseTries = 0;
  }
  if (<i32>(S.nowMs - S.onlineDeadlineMs) < 0) return 1;
  if (S.rollbackTried) {
    forgetRollback();
    return 0;
  }
  S.rollbackTried = true;
  S.onlineDeadlineSet = false;
  return 2;
}
