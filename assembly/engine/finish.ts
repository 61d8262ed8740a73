// SPDX-License-Identifier: Apache-2.0
// How each step of the tables ends: what the answer says and which way the table goes.

import { Action, PeerKind } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { ConsentAnswer } from '../abi/events';
import {
  HAS_COMPACT,
  HAS_DATA,
  HAS_DIRECT,
  HAS_DISCOVERY,
  HAS_ESIPA,
  HAS_LOCAL,
  HAS_MODEMS,
  HAS_POLICY,
  HAS_PUSH,
  HAS_RESULT_LIST,
  HAS_SELECTION,
  HAS_STALE_CHANNELS,
  HAS_STATE_CHANGES,
} from '../abi/features';
import { CardAccess, CardLink, Command } from '../abi/options';
import { MESSAGE, O, S, SEQUENCE } from '../abi/state';
import { readAddInitialEim } from '../es10/add-initial-eim';
import { CancelReason, readCancelSession } from '../es10/cancel-session';
import { readEid } from '../es10/get-eid';
import { readEimEntry } from '../es10/get-eim-configuration-data';
import { readEuiccChallenge, readEuiccInfo1 } from '../es10/get-euicc-challenge';
import { readEuiccConfiguredAddresses } from '../es10/get-euicc-configured-addresses';
import { readHasOperationalProfile } from '../es10/get-profiles-info';
import { judgeRules, PPR1, profilePolicyRules } from '../es10/get-rat';
import { readImmediateEnable } from '../es10/immediate-enable';
import { readInstallationResult } from '../es10/load-bound-profile-package';
import { PackageOutcome, readPackageResult } from '../es10/load-euicc-package';
import { readOpenChannel } from '../es10/manage-channel';
import { hasHashCc, isConfirmationCodeRequired, readPrepareDownload } from '../es10/prepare-download';
import { isFetched, sendTerminalResponse } from '../es10/proactive-command';
import { readProfileRollback } from '../es10/profile-rollback';
import { readRemoveNotification } from '../es10/remove-notification-from-list';
import { expectResponse } from '../es10/response';
import { isCompacting } from '../esipa/compact';
import { PackageKind, readGetEimPackage } from '../esipa/get-eim-package';
import { readProvideResult } from '../esipa/provide-eim-package-result';
import { atBusy, atSendNext } from '../link/at';
import { leavePush } from '../link/coap-push';
import { Do, Go, Wait } from '../proc/functions';
import { AuthenticateOutcome, readAuthenticateClient } from '../rsp/authenticate-client';
import { isPushed } from '../rsp/peer';
import { replyError, replyExpect } from '../rsp/reply';
import { requestFeed } from '../rsp/request';
import { Reply } from '../rsp/slots';
import { ask } from '../wire/ask';
import { derEnd, derEquals, derInteger, derTag, derValue, findTlv, readTlv } from '../wire/der-read';
import { CardState, NetworkState } from '../wire/lanes';
import { networkAbort } from '../wire/network-lane';
import { forgetRollback, isModemError, isNetworkError, isWireError, noteError } from './at-once';
import { findNotification, findResult, gatherNotification } from './find';
import { pumpPackage } from './install';
import { nextDataObject } from './start';
import {
  MOVED,
  networkFailure,
  noteRefusal,
  PENDING,
  pumpCard,
  pumpEntries,
  pumpForward,
  pumpNetwork,
  pumpNetworkFromCard,
  pumpSelect,
  REPEAT,
} from './streams';

/** StateChangeCause immediateEnableProfile. */
const IMMEDIATE_ENABLE: u32 = 5;

/** Moves the step `what` on. Returns PENDING, MOVED, REPEAT, its outcome, or its error. */
export function continueStep(what: u32): i32 {
  switch (what >> 5) {
    case Wait.Host:
      return continueHost(what);
    case Wait.Card:
      return continueCard(what);
    case Wait.CardElement:
      return continueCardElement(what);
    case Wait.Network:
      return continueNetwork(what, pumpNetwork());
    case Wait.NetworkFromCard:
      return continueNetwork(what, pumpNetworkFromCard());
    case Wait.CardFromNetwork:
      return continueCardFromNetwork(what);
  }
  return PENDING;
}

function isUnsettled(result: i32): bool {
  return result == PENDING || result == MOVED;
}

function continueHost(what: u32): i32 {
  if (HAS_POLICY && what == Do.Consent) return continueConsent();
  if (HAS_STATE_CHANGES && what == Do.Pause) {
    S.pausing = <i32>(S.nowMs - S.pauseUntilMs) < 0;
    return S.pausing ? PENDING : 0;
  }
  if (O.cardLink == CardLink.Apdu) return S.cardReady ? 0 : S.cardGone ? ErrorCode.CardLost : PENDING;
  if (atBusy()) return PENDING;
  if (S.linkFailure) {
    // without a word about the registration the network itself will tell
    if (HAS_MODEMS && what == Do.AwaitRegistration) return 0;
    S.stepDetail = S.linkDetail;
    return S.linkFailure;
  }
  return atSendNext() ? PENDING : 0;
}

/** The first two answers are reasons to cancel with. */
function continueConsent(): i32 {
  if (S.consent < 0) return PENDING;
  if (S.consent == ConsentAnswer.Install) return 0;
  S.cancelReason = S.consent;
  return isConfirmationCodeRequired() && !hasHashCc() ? ErrorCode.ConfirmationCodeMissing : ErrorCode.ConsentRefused;
}

/** The Rules Authorisation Table: 0 allowed, 1 when a profile beside it would forbid it, or PprNotAllowed. */
function judge(): i32 {
  const rules = profilePolicyRules();
  const judged = judgeRules(rules);
  if (judged < 0) return judged;
  S.consentRequired = judged == 1;
  if (judged > 1) return ErrorCode.PprNotAllowed;
  if (rules & PPR1) return 1;
  S.cancelReason = CancelReason.Undefined;
  return 0;
}

/** SGP.22 v2.5 §2.9.3.1: a profile that cannot be disabled is only installed where no other operational profile is. */
function judgeAlone(): i32 {
  const found = readHasOperationalProfile();
  if (found) return min(found, 0) || ErrorCode.PprNotAllowed;
  S.cancelReason = CancelReason.Undefined;
  return 0;
}

/** A profile that was enabled at once is a change that the eIM does not know of. */
function enabledAtOnce(): i32 {
  const result = readImmediateEnable();
  // not configured, or not now: the profile stays as it is
  if (result) return 0;
  S.stateChanged = true;
  S.stateChangeCause = IMMEDIATE_ENABLE;
  ask(Action.Persist);
  return 1;
}

/** An eUICC that does not go back will not do so later either. */
function rolledBack(): i32 {
  const result = readProfileRollback();
  if (result) forgetRollback();
  return result;
}

function continueCard(what: u32): i32 {
  // the FCI is not needed: it is not fetched, and takes no room beside a result that is kept
  if (what == Do.SelectIsdr && S.cardState == CardState.Chunk) return 0;
  const result = pumpCard();
  if (isUnsettled(result)) return result;
  if (result) return cardRefusal(what, result);
  switch (what) {
    case Do.OpenChannel:
      return readOpenChannel();
    case Do.CloseStaleChannels:
      return HAS_STALE_CHANNELS ? REPEAT : 0;
    case Do.CloseChannel:
      S.channel = 0;
      return 0;
    case Do.GetEid:
      return HAS_ESIPA ? readEid() : 0;
    case Do.RemoveNotification:
      return readRemoveNotification();
    case Do.RemoveAcknowledged:
      if (!HAS_ESIPA) return 0;
      const removed = readRemoveNotification();
      return removed ? removed : REPEAT;
    case Do.GetEuiccInfo1:
      return readEuiccInfo1();
    case Do.GetEuiccChallenge:
      return readEuiccChallenge();
    case Do.PrepareDownload:
      const prepared = readPrepareDownload();
      if (prepared > 0) noteRefusal(S.stepDetail);
      return min(prepared, 0);
    case Do.CancelSession:
      return readCancelSession() ? 1 : 0;
    case Do.GetConfiguredAddresses:
      return HAS_DISCOVERY ? readEuiccConfiguredAddresses() : 0;
    case Do.GetRat:
      return HAS_POLICY ? judge() : 0;
    case Do.ListOperationalProfiles:
      return HAS_POLICY ? judgeAlone() : 0;
    case Do.ImmediateEnable:
      return HAS_STATE_CHANGES ? enabledAtOnce() : 0;
    case Do.AnswerCard:
      return HAS_MODEMS ? answerCard() : 0;
    case Do.ProfileRollback:
      return HAS_STATE_CHANGES ? rolledBack() : 0;
  }
  return 0;
}

/** The command that was fetched is answered; when the answer was taken, the next one is fetched. */
function answerCard(): i32 {
  if (!isFetched()) return REPEAT;
  return sendTerminalResponse() ? PENDING : 0;
}

function cardRefusal(what: u32, error: i32): i32 {
  if (HAS_STALE_CHANNELS && error == ErrorCode.StatusWord && what == Do.CloseStaleChannels) return REPEAT;
  // the card is reset in any case
  if (HAS_MODEMS && what == Do.AnswerCard) return 0;
  const isChannel = HAS_MODEMS && S.access == CardAccess.Channel;
  const isNoneFree = error == ErrorCode.StatusWord || (isChannel && isModemError(error));
  if (HAS_STALE_CHANNELS && isNoneFree && what == Do.OpenChannel && S.procedure == Go.StartUp && !S.staleChannelsClosed) return 1;
  // TERMINAL CAPABILITY is not known to every card, and some modems keep it to themselves
  const isCapability = isChannel ? what == Do.SelectIsdr : what == Do.TerminalCapability;
  if (isCapability && error != ErrorCode.ModemTimeout && error != ErrorCode.CardLost) return 0;
  if (HAS_STATE_CHANGES && what == Do.ImmediateEnable && error == ErrorCode.StatusWord) return 0;
  return what == Do.SelectIsdr && error == ErrorCode.StatusWord ? ErrorCode.NotAnEuicc : error;
}

function continueCardElement(what: u32): i32 {
  if (HAS_ESIPA && what == Do.GetEimConfigurationData) return continueEimEntries();
  if (HAS_MODEMS && what == Do.FindInstallationResult) return continueFindInstallationResult();
  if (HAS_ESIPA && HAS_SELECTION && what == Do.FindResult) return findResult();
  if ((HAS_DIRECT || HAS_SELECTION) && what == Do.FindNotification) return findNotification();
  if (HAS_DATA && what == Do.SendDataObject) return continueSendDataObject();
  // it is gathered where action NetworkOpen may still be read
  if (HAS_COMPACT && S.itemFound) return S.networkState == NetworkState.Opening ? PENDING : gatherNotification();
  if (HAS_COMPACT && what == Do.AuthenticateServer && isCompacting()) return gatherAuthentication();
  const result = pumpSelect();
  if (isUnsettled(result)) return result;
  if (HAS_COMPACT && what == Do.RetrieveNotifications && result == 1 && S.scanTag == 0x30 && isCompacting()) {
    S.itemFound = true;
    S.headerPending = false;
    S.keepEnd = MESSAGE;
    S.collectAt = MESSAGE;
    return MOVED;
  }
  if (what == Do.AuthenticateServer) return result == 1 ? 0 : result ? result : ErrorCode.UnexpectedTag;
  if (!HAS_DATA || what != Do.MeasureDataObject)
    return HAS_RESULT_LIST && result == 1 && what == Do.RetrieveForResult && !S.scanLength ? 0 : result;
  if (result == 1) S.dataTotal += S.scanHeaderBytes + S.scanLength;
  return isLost(result) ? result : nextDataObject();
}

/** To be made compact the eUICC's answer is seen whole; what the request was made of is out when it comes. */
function gatherAuthentication(): i32 {
  if (S.cardState == CardState.Chunk && !S.streamDone) {
    S.streamDone = true;
    S.keepEnd = MESSAGE;
    S.collectAt = MESSAGE;
  }
  const result = pumpCard();
  return result ? result : noteAuthenticateError();
}

/** authenticateErrorCode of BF38{A1{80, 02}} goes to the eIM as it is. */
function noteAuthenticateError(): i32 {
  const result = expectResponse(0xbf38);
  if (result || readTlv(derValue, derEnd) || derTag != 0xa1) return result;
  if (!findTlv(derValue, derEnd, 0x02)) noteRefusal(derInteger());
  return 0;
}

/** An object that the eUICC does not have is left out (SGP.32 v1.2 §2.11.2.2); a card that is gone is another matter. */
function isLost(result: i32): bool {
  return result < 0 && result != ErrorCode.StatusWord;
}

/** What the modem failed to bring may be among what the eUICC keeps: then it has been installed, or not, and nothing is wrong. */
function continueFindInstallationResult(): i32 {
  const result = pumpEntries(false);
  if (result < 0) return result;
  if (!result) return 1;
  if (S.error == S.stepError) {
    S.error = 0;
    S.detail = 0;
  }
  return finishInstallation();
}

function continueEimEntries(): i32 {
  const result = pumpEntries(true);
  if (result == 1) return readEimEntry(S.keepEnd, S.collectAt);
  if (result) return result;
  return S.selectIndex || S.eimIdLength ? ErrorCode.EimNotAssociated : 1; // entries, but not the wanted one; or none at all
}

/** Streams one object: its element is looked for first, then forwarded; an own object goes out from memory. */
function continueSendDataObject(): i32 {
  if (S.networkState == NetworkState.Failed) {
    return networkFailure();
  }
  if (S.streamDone) {
    requestFeed();
    return S.networkSourceAt == S.networkSourceEnd ? nextDataObject() : pendingForRoom();
  }
  if (S.headerPending || S.forwardDepth) {
    const forwarded = pumpForward();
    if (forwarded == PENDING) return pendingForRoom();
    if (forwarded == 0) S.forwardDepth = 0;
    return forwarded ? forwarded : nextDataObject();
  }
  const result = pumpSelect();
  if (isUnsettled(result) || isLost(result)) return result;
  return result == 1 ? MOVED : nextDataObject();
}

/** No room will come when all that was announced is out: the card answers the second time with more than the first time. */
function pendingForRoom(): i32 {
  return S.networkPut == S.networkTotal ? ErrorCode.BadResponse : PENDING;
}

function continueNetwork(what: u32, result: i32): i32 {
  if (isUnsettled(result)) return result;
  if (result) return networkRefusal(what, result);
  switch (what) {
    case Do.GetEimPackage:
      return HAS_ESIPA ? countPackage(settleStateChange(readGetEimPackage())) : 0;
    case Do.InitiateAuthentication:
      return replyExpect(0xa0);
    case Do.AuthenticateClient:
      return readAuthentication();
    case Do.GetBoundProfilePackage:
      return S.replyState == Reply.Stream ? 0 : noteReason(orBadAnswer(replyExpect(0xa0)), CancelReason.MetadataMismatch);
    case Do.Receipt:
      return 0;
    case Do.SendOwed:
      return !HAS_ESIPA ? 0 : settleOwed(S.owedIsTriggerResult ? 0 : readProvideResult());
    case Do.FinishDataResponse:
      return HAS_DATA ? readProvideResult() : 0;
    case Do.HandleInstallationResult:
    case Do.HandleStoredNotification:
    case Do.CancelSessionAtServer:
      // a status in JSON may say that it was refused
      return S.replyChoice == 0x81 ? replyExpect(0) : 0;
  }
  if (!HAS_ESIPA) return 0;
  settleRollback();
  return skipUnacknowledged(what, readProvideResult());
}

function orBadAnswer(result: i32): i32 {
  return result ? result : replyError(false);
}

/** The SM-DS has no event: subject and reason code 8.9.5 and 3.9, or eventIdUnknown in ASN.1. */
const NO_EVENT: i32 = 0x89539;
const EVENT_ID_UNKNOWN: i32 = 6;

function readAuthentication(): i32 {
  const result = readAuthenticateClient();
  const isNone = S.stepDetail == NO_EVENT || S.stepDetail == EVENT_ID_UNKNOWN;
  if (HAS_DIRECT && HAS_DISCOVERY && result == ErrorCode.SmdpError && S.peerKind == PeerKind.Smds && isNone) {
    S.collectAt = MESSAGE;
    return AuthenticateOutcome.Smds;
  }
  return noteReason(result, CancelReason.PprNotAllowed);
}

/** The eIM has the result: the profile change stands. */
function settleRollback(): void {
  if (!HAS_STATE_CHANGES || !S.rollbackPending) return;
  // what was in the way is over
  if (S.onlineDeadlineSet && !S.rollbackTried && isNetworkError(S.error)) {
    S.error = 0;
    S.detail = 0;
  }
  forgetRollback();
}

/** The eIM has answered, so it was told of the change. */
function settleStateChange(kind: i32): i32 {
  if (HAS_STATE_CHANGES && S.stateChanged && kind >= 0) {
    S.stateChanged = false;
    ask(Action.Persist);
  }
  return kind;
}

/** A package that cannot be decoded is reported, not an end of the run (SGP.32 v1.2 §3.1.1.1). */
function networkRefusal(what: u32, error: i32): i32 {
  // nobody has pushed anything
  if (
    HAS_PUSH &&
    what == Do.GetEimPackage &&
    O.command == Command.Listen &&
    error == ErrorCode.NetworkTimeout &&
    S.replyState == Reply.Awaited
  )
    return PackageKind.None;
  if (HAS_ESIPA && what == Do.GetEimPackage && isWireError(error)) {
    readGetEimPackage(); // as far as it came, for the transaction id
    noteError(error);
    networkAbort();
    return countPackage(PackageKind.Invalid);
  }
  return error;
}

function countPackage(kind: i32): i32 {
  if (kind > PackageKind.None) S.packages++;
  return kind;
}

/** What the eIM found in the metadata is error 50 of AuthenticateClient and of GetBoundProfilePackage: `reason` is what to cancel with. */
function noteReason(result: i32, reason: u32): i32 {
  const foundByEim = 50;
  if (result == ErrorCode.EimError && S.stepDetail == foundByEim) S.cancelReason = reason;
  return result;
}

/** A report that the eIM refuses stays owed and ends the run. At the start of a run it does not: an eIM that never takes it could not be polled again. */
function settleOwed(result: i32): i32 {
  if (result) {
    noteError(result);
    return S.packages ? result : 0;
  }
  S.owedLength = 0;
  ask(Action.Persist);
  return 0;
}

/** A result that the eIM takes without acknowledging it stays on the card and is not sent again in this run (SPEC.md, I-10). */
function skipUnacknowledged(what: u32, result: i32): i32 {
  if (result == ErrorCode.BadEimAnswer || (result && what != Do.ProvideStoredResult)) return result;
  if (result) noteError(result);
  for (let at = S.acknowledgedAt; at < S.acknowledgedEnd; at = derEnd) {
    if (readTlv(at, S.acknowledgedEnd)) return ErrorCode.BadEimAnswer;
    if (derEquals(SEQUENCE, S.sequenceLength)) return 0;
  }
  S.resultSkip++;
  return 0;
}

function continueCardFromNetwork(what: u32): i32 {
  const result = pumpPackage();
  if (isUnsettled(result)) return result;
  if (HAS_LOCAL && what == Do.RunEs10Function && !result) {
    S.networkFromHost = false;
    S.networkState = NetworkState.Idle;
    return S.profileSwitched ? 1 : 0;
  }
  S.networkFromHost = false;
  if (HAS_ESIPA && what == Do.LoadEuiccPackage && result == ErrorCode.MessageTooLong && !S.chainOpen) {
    noteError(result);
    return 3; // the result is too long to keep, but the card keeps it
  }
  if (HAS_MODEMS && what == Do.LoadEuiccPackage && isModemError(result) && !S.chainOpen && !S.answerIsLost) {
    S.answerIsLost = true;
    return 3; // the card knows whether it has run
  }
  if (result) return result;
  networkAbort();
  if (HAS_ESIPA && what == Do.AddInitialEim) return readAddInitialEim();
  if (!HAS_ESIPA || what == Do.LoadBoundProfilePackage) return finishInstallation();
  const outcome = readPackageResult();
  if (outcome == PackageOutcome.NotKept) noteRefusal(S.stepDetail);
  S.keepEnd = S.collectAt;
  // the network that it was pushed over goes with the profile: the device reports by itself (SPEC.md, N-6)
  if (HAS_PUSH && outcome == PackageOutcome.ProfileChanged && isPushed()) leavePush();
  if (HAS_STATE_CHANGES && outcome == PackageOutcome.ProfileChanged) {
    S.rollbackPending = true;
    S.rollbackTried = false;
    S.onlineDeadlineSet = false;
    ask(Action.Persist);
  }
  return outcome;
}

function finishInstallation(): i32 {
  const outcome = readInstallationResult();
  if (outcome < 0) return outcome;
  S.resultAt = S.keepEnd;
  S.resultEnd = S.collectAt;
  S.keepEnd = S.collectAt;
  S.installationFailed = outcome != 0;
  if (outcome) noteError(ErrorCode.InstallationFailed);
  else S.profilesInstalled++;
  return 0;
}
