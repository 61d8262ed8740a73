// SPDX-License-Identifier: Apache-2.0
// How each step of the tables begins: the checks that are done at once, and the requests that are sent.

import { Action, PeerKind } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import {
  HAS_COMPACT,
  HAS_DATA,
  HAS_DIRECT,
  HAS_DISCOVERY,
  HAS_ESIPA,
  HAS_JSON,
  HAS_LOCAL,
  HAS_MODEMS,
  HAS_POLICY,
  HAS_PUSH,
  HAS_RESULT_LIST,
  HAS_SELECTION,
  HAS_STALE_CHANNELS,
  HAS_STATE_CHANGES,
} from '../abi/features';
import { CardAccess, CardLink, Command, ModemQuirk } from '../abi/options';
import { MESSAGE, MESSAGE_END, METADATA, O, S, SCRATCH_END, TRANSACTION_ID } from '../abi/state';
import { sendAuthenticateServer } from '../es10/authenticate-server';
import { CancelReason, sendCancelSession } from '../es10/cancel-session';
import { sendGetEid } from '../es10/get-eid';
import { sendGetEimConfigurationData } from '../es10/get-eim-configuration-data';
import { sendGetEuiccChallenge, sendGetEuiccInfo1 } from '../es10/get-euicc-challenge';
import { sendGetEuiccConfiguredAddresses } from '../es10/get-euicc-configured-addresses';
import { sendListOperationalProfiles } from '../es10/get-profiles-info';
import { sendGetRat } from '../es10/get-rat';
import { sendImmediateEnable } from '../es10/immediate-enable';
import { sendCloseChannel, sendOpenChannel } from '../es10/manage-channel';
import { hasHashCc, isConfirmationCodeRequired, sendPrepareDownload } from '../es10/prepare-download';
import { sendFetch } from '../es10/proactive-command';
import { sendProfileRollback } from '../es10/profile-rollback';
import { keepSequence, sendRemoveNotification } from '../es10/remove-notification-from-list';
import { sendRetrieveBySequence, sendRetrieveNotifications, sendRetrieveResults } from '../es10/retrieve-notifications-list';
import { sendSelectIsdr } from '../es10/select-isdr';
import { sendTerminalCapability } from '../es10/terminal-capability';
import {
  compactAuthenticateResponse,
  compactCancelResponse,
  compactInstallationResult,
  compactPrepareResponse,
  isCompacting,
  sendCompactNotification,
} from '../esipa/compact';
import { forgetTransaction, sendGetEimPackage } from '../esipa/get-eim-package';
import { sendOwed } from '../esipa/handle-trigger-result';
import { beginProvideResult, sendPackageResult, sendPackageResultAndNotifications, sendReceipt } from '../esipa/provide-eim-package-result';
import { atSend } from '../link/at';
import { awaitPush } from '../link/coap-push';
import { Do } from '../proc/functions';
import { DATA_OBJECTS, putOwnDataObject, sendDataObjectRequest } from '../proc/ipa-euicc-data';
import { beginAuthenticateClient } from '../rsp/authenticate-client';
import { sendCancelSessionResponse } from '../rsp/cancel-session';
import { sendGetBoundProfilePackage } from '../rsp/get-bound-profile-package';
import { beginHandleNotification, sendHandleNotification } from '../rsp/handle-notification';
import { sendInitiateAuthentication } from '../rsp/initiate-authentication';
import { isPushed } from '../rsp/peer';
import { PREFIX } from '../rsp/prefix';
import { replyBegin } from '../rsp/reply';
import { requestRest } from '../rsp/request';
import { ask } from '../wire/ask';
import { backAt } from '../wire/der-back';
import { derEnd, derValue, expectTlv, readTlv } from '../wire/der-read';
import { putByteTlv, putTlv } from '../wire/der-write';
import { LinkCommand, NetworkState, Stale } from '../wire/lanes';
import { networkAbort, networkAsk } from '../wire/network-lane';
import { scanBegin } from '../wire/tlv-stream';
import { isDirect, isLocal, isModemError, startAtOnce } from './at-once';
import { backoffIsUsed } from './backoff';
import { beginPackage } from './install';
import { awaitPeer, openPeer } from './peer';
import { PENDING, REPEAT } from './streams';

/** Lists asked for in one run at most: bounds the delivery of what is owed. */
const MAX_DELIVERIES: u32 = 64;
/** Proactive commands fetched in one run: a card must not keep the module busy for ever. */
const MOST_FETCHES: u32 = 16;
const LAST_STALE_CHANNEL: u32 = 3;

/** Selects which element of the next response is streamed on. */
function select(outer: u32, depth: u32, tag: u32, index: u32): void {
  S.selectOuter = outer;
  S.selectDepth = depth;
  S.selectTag = tag;
  S.selectIndex = index;
  S.retag = 0;
}

/** Bytes of the element that is pending. */
function pendingBytes(): u32 {
  return S.scanHeaderBytes + S.scanLength;
}

/** Begins the step `what`. Returns PENDING, or its outcome when it is done at once. */
export function startStep(what: u32): i32 {
  S.stepDetail = 0;
  S.streamDone = false;
  if (what < 32) return startAtOnce(what);
  if (what < 64) return startHost(what);
  if (what < 96) return startCard(what);
  if (what < 128) return startCardElement(what);
  if (what < 192 && S.networkState >= NetworkState.Opening && (what != Do.SendOwed || S.owedLength)) return awaitPeer();
  return what < 160 ? startNetwork(what) : startStream(what);
}

const PAUSE_MS: u32 = 2000;
const MOST_TRIES: u32 = 15;

function startHost(what: u32): i32 {
  if (what == Do.OpenNetwork || what == Do.OpenServer) return openPeer(what == Do.OpenServer);
  if (what == Do.Consent) return HAS_POLICY ? startConsent() : 0;
  if (HAS_STATE_CHANGES && what == Do.Pause) {
    if (S.pauseTries < MOST_TRIES) S.pauseTries++;
    S.pausing = true;
    S.pauseUntilMs = S.nowMs + S.pauseTries * PAUSE_MS;
    return PENDING;
  }
  const reset = what == Do.ResetCard;
  if (reset) forgetChannel();
  if (O.cardLink != CardLink.Apdu) {
    const command = HAS_MODEMS ? linkCommand(what) : reset ? LinkCommand.PowerDown : LinkCommand.Attention;
    if (HAS_MODEMS && !command) return 0;
    atSend(command);
  } else if (reset) {
    S.cardReady = false;
    ask(Action.CardReset);
  } else return 0;
  return PENDING;
}

/** A reset closes all channels. */
function forgetChannel(): void {
  S.channel = 0;
  if (!HAS_MODEMS) return;
  S.sessionLength = 0;
  S.proactiveBytes = 0;
  S.cardIsNew = true;
}

/** What the modem is told in the step `what`; None: nothing. */
function linkCommand(what: u32): i32 {
  const quirks = O.modem;
  switch (what) {
    case Do.ResetCard:
      return quirks & ModemQuirk.Restart ? LinkCommand.Restart : LinkCommand.PowerDown;
    case Do.UnlockModem:
      return quirks & ModemQuirk.SimLock && !S.cardGone && !(S.linkStale & Stale.Answer) ? LinkCommand.Unlock : LinkCommand.None;
    case Do.AwaitRegistration:
      if (!HAS_STATE_CHANGES || quirks & ModemQuirk.NoRegistration) return LinkCommand.None;
      S.onlineDeadlineSet = true;
      S.onlineDeadlineMs = S.nowMs + O.onlineTimeoutMs;
      S.pauseTries = 0;
      return LinkCommand.Registration;
  }
  return LinkCommand.Attention;
}

/** Asks the host where the user, the Rules Authorisation Table or a confirmation code demand it. */
function startConsent(): i32 {
  S.hashCcLength = 0;
  const needsCode = isConfirmationCodeRequired() && !hasHashCc();
  if (!O.askConsent && !S.consentRequired && !needsCode) return 0;
  let at = putTlv(PREFIX, 0x80, TRANSACTION_ID, S.transactionIdLength);
  at = putByteTlv(at, 0x01, needsCode ? 0xff : 0);
  at = putByteTlv(at, 0x83, S.consentRequired ? 0xff : 0);
  memory.copy(at, METADATA, S.metadataLength);
  S.requestAt = PREFIX;
  S.requestEnd = at + S.metadataLength;
  S.consent = -1;
  ask(Action.Consent);
  return PENDING;
}

function startCard(what: u32): i32 {
  // what the answer of AuthenticateClient brought is still needed when the rules are judged
  if (HAS_POLICY && what == Do.GetRat) S.keepEnd = S.collectAt;
  if (what != Do.PrepareDownload) S.collectAt = S.keepEnd;
  switch (what) {
    case Do.TerminalCapability:
      // the basic channel is not in reach then
      if (HAS_MODEMS && S.access == CardAccess.Channel) return 0;
      sendTerminalCapability();
      break;
    case Do.OpenChannel:
      S.channel = 0;
      if (HAS_MODEMS && S.access == CardAccess.Basic) return 0;
      sendOpenChannel();
      break;
    case Do.SelectIsdr:
      // AT+CCHO has selected it
      if (HAS_MODEMS && S.access == CardAccess.Channel) sendTerminalCapability();
      else sendSelectIsdr();
      break;
    case Do.CloseChannel:
      if (!S.channel || S.error == ErrorCode.CardLost) return 0;
      sendCloseChannel();
      break;
    case Do.CloseStaleChannels:
      return HAS_STALE_CHANNELS ? closeNextChannel() : 0;
    case Do.GetEid:
      if (HAS_ESIPA) sendGetEid();
      break;
    case Do.RemoveNotification:
      sendRemoveNotification();
      break;
    case Do.RemoveAcknowledged:
      return HAS_ESIPA ? removeNextAcknowledged() : 0;
    case Do.GetEuiccInfo1:
      S.keepEnd = MESSAGE;
      S.collectAt = MESSAGE;
      sendGetEuiccInfo1();
      break;
    case Do.GetEuiccChallenge:
      sendGetEuiccChallenge();
      break;
    case Do.PrepareDownload:
      return startPrepareDownload();
    case Do.GetConfiguredAddresses:
      if (HAS_DISCOVERY) sendGetEuiccConfiguredAddresses();
      break;
    case Do.GetRat:
      if (HAS_POLICY) sendGetRat();
      break;
    case Do.ListOperationalProfiles:
      if (HAS_POLICY) sendListOperationalProfiles();
      break;
    case Do.ImmediateEnable:
      if (!HAS_STATE_CHANGES || isLocal() || S.installationFailed) return 0;
      sendImmediateEnable();
      break;
    case Do.AnswerCard:
      if (!HAS_MODEMS || !S.proactiveBytes || S.access == CardAccess.Channel || ++S.fetches > MOST_FETCHES) return 0;
      sendFetch();
      break;
    case Do.ProfileRollback:
      if (HAS_STATE_CHANGES) sendProfileRollback();
      break;
    case Do.CancelSession:
      networkAbort();
      S.keepEnd = MESSAGE;
      S.collectAt = MESSAGE;
      if (!S.transactionIdLength) return 0;
      // the order must outlive this session
      if (HAS_JSON && S.again && !S.triedAgain) S.cancelReason = CancelReason.Timeout;
      sendCancelSession();
  }
  return PENDING;
}

/** Channels 1 to 3 are what a host that lost its memory has left open (ETSI TS 102 221 §11.1.17: 6A81 when none is free). */
function closeNextChannel(): i32 {
  S.staleChannelsClosed = true;
  if (S.channel == LAST_STALE_CHANNEL) return 0;
  S.channel++;
  sendCloseChannel();
  return PENDING;
}

/** The request stays in MESSAGE until it is sent; the response is gathered behind it. */
function startPrepareDownload(): i32 {
  if (S.keepEnd == MESSAGE) S.keepEnd = S.collectAt;
  S.collectAt = S.keepEnd;
  const result = sendPrepareDownload();
  return result ? result : PENDING;
}

function removeNextAcknowledged(): i32 {
  if (S.acknowledgedAt >= S.acknowledgedEnd) return 0;
  let result = readTlv(S.acknowledgedAt, S.acknowledgedEnd);
  if (result) return result;
  S.acknowledgedAt = derEnd;
  result = keepSequence();
  if (result) return result;
  sendRemoveNotification();
  return PENDING;
}

function startCardElement(what: u32): i32 {
  scanBegin();
  S.headerPending = false;
  S.forwardDepth = 0;
  S.itemFound = false;
  switch (what) {
    case Do.GetEimConfigurationData:
      if (!HAS_ESIPA) return 0;
      S.keepEnd = MESSAGE;
      S.collectAt = MESSAGE;
      select(0xbf55, 0, 0, 0);
      sendGetEimConfigurationData();
      break;
    case Do.FindResult:
      if (isLocal()) return 0;
      if (++S.deliveries > MAX_DELIVERIES) return 0;
      if (!HAS_SELECTION || !S.otherEims) return 1;
      select(0xbf2b, 0, 0, 0);
      sendRetrieveResults();
      break;
    case Do.FindNotification:
      if (++S.deliveries > MAX_DELIVERIES) return 0;
      // by way of the eIM the address does not matter, and the list is read only once
      if (!(HAS_DIRECT && isDirect()) && !(HAS_SELECTION && backoffIsUsed())) return 1;
      select(0xbf2b, 0, 0, 0);
      sendRetrieveNotifications();
      break;
    case Do.RetrieveResults:
      if (!HAS_ESIPA) return 0;
      select(0xbf2b, 3, 0xbf51, S.resultSkip);
      sendRetrieveResults();
      break;
    case Do.RetrieveNotifications:
      select(0xbf2b, 3, 0, S.notificationSkip);
      sendRetrieveNotifications();
      break;
    case Do.RetrieveForResult:
      if (!HAS_RESULT_LIST) return 0;
      select(0xbf2b, 2, 0xa0, 0);
      sendRetrieveBySequence();
      break;
    case Do.FindInstallationResult:
      // a modem has failed, not the card
      if (!HAS_MODEMS || !isModemError(S.stepError)) return 1;
      S.collectAt = S.keepEnd;
      select(0xbf2b, 0, 0, 0);
      sendRetrieveNotifications();
      break;
    case Do.AuthenticateServer:
      select(0xbf38, 1, 0xbf38, 0);
      const result = sendAuthenticateServer();
      return result ? result : PENDING;
    default:
      return HAS_DATA ? startDataObject() : 0;
  }
  return PENDING;
}

/** The next object of an IpaEuiccData, in the pass that measures or the one that sends. */
function startDataObject(): i32 {
  if (S.dataObject >= DATA_OBJECTS) return 0;
  if (!(S.dataWanted & (1 << S.dataObject))) return nextDataObject();
  if (sendDataObjectRequest()) return PENDING;
  putOwnDataObject();
  if (S.networkCounting) {
    S.dataTotal += SCRATCH_END - backAt;
    return nextDataObject();
  }
  requestRest(backAt, SCRATCH_END);
  S.streamDone = true;
  return PENDING;
}

/** Goes to the next object. */
export function nextDataObject(): i32 {
  S.dataObject++;
  return REPEAT;
}

function startNetwork(what: u32): i32 {
  switch (what) {
    case Do.SendOwed:
      if (!S.owedLength || isLocal() || (HAS_SELECTION && S.owedEim != S.eimHash)) return 0;
      sendOwed();
      break;
    case Do.AskForPackage:
    case Do.GetEimPackage:
      if (!HAS_ESIPA) return 0;
      // it was asked for before
      if (S.networkState) return PENDING;
      if (S.packages >= O.maxPackages) return ErrorCode.TooManyPackages;
      // a result that the modem has lost may still be on the card: the eIM would send its package again
      if (HAS_MODEMS && isModemError(S.error)) return S.error;
      if (HAS_PUSH && O.command == Command.Listen) startListening();
      else sendGetEimPackage();
      if (what == Do.AskForPackage) return 0;
      break;
    case Do.ProvideEimPackageResult:
      if (HAS_ESIPA) sendPackageResult();
      break;
    case Do.InitiateAuthentication:
      S.transactionIdLength = 0;
      S.cancelReason = CancelReason.Undefined;
      S.metadataLength = 0;
      const result = sendInitiateAuthentication();
      return result ? result : PENDING;
    case Do.GetBoundProfilePackage:
      startGetBoundProfilePackage();
      break;
    case Do.Receipt:
      if (!HAS_PUSH || !isPushed()) return 0;
      sendReceipt();
      break;
    case Do.HandleInstallationResult:
      if (HAS_ESIPA) startHandleInstallationResult();
      break;
    case Do.CancelSessionAtServer:
      if (HAS_COMPACT && isCompacting()) makeCompactCancellation();
      // ES11 has no such function
      if (HAS_DIRECT && S.peerKind == PeerKind.Smds) return 0;
      sendCancelSessionResponse();
  }
  return PENDING;
}

/** The package will come as a request of the eIM. */
function startListening(): void {
  forgetTransaction();
  replyBegin(0xbf4e);
  awaitPush();
}

function startGetBoundProfilePackage(): void {
  if (HAS_COMPACT && isCompacting() && compactPrepareResponse(S.keepEnd, S.collectAt)) sendGetBoundProfilePackage(backAt, MESSAGE_END);
  else sendGetBoundProfilePackage(S.keepEnd, S.collectAt);
}

function startHandleInstallationResult(): void {
  if (HAS_COMPACT && isCompacting() && compactInstallationResult(S.resultAt, S.resultEnd)) sendHandleNotification(backAt, MESSAGE_END);
  else sendHandleNotification(S.resultAt, S.resultEnd);
}

/** The compact form takes the place of the card's BF41. */
function makeCompactCancellation(): void {
  if (!compactCancelResponse(S.keepEnd, S.requestEnd)) return;
  S.keepEnd = backAt;
  expectTlv(backAt, MESSAGE_END, 0xbf41);
  S.requestAt = derValue;
  S.requestEnd = MESSAGE_END;
}

function startStream(what: u32): i32 {
  switch (what) {
    case Do.ProvideStoredResult:
      if (HAS_ESIPA) beginProvideResult(pendingBytes());
      break;
    case Do.HandleStoredNotification:
      if (HAS_COMPACT && S.itemFound) {
        sendCompactNotification();
        S.streamDone = true;
      } else beginHandleNotification(pendingBytes());
      break;
    case Do.ProvideResultAndNotifications:
      if (HAS_RESULT_LIST) sendPackageResultAndNotifications(pendingBytes());
      break;
    case Do.AuthenticateClient:
      startAuthenticateClient();
      break;
    case Do.RunEs10Function:
      if (HAS_LOCAL) beginHostRequest();
      break;
    case Do.AddInitialEim:
      if (!HAS_ESIPA) return 0;
      if (S.initialEimTried || !O.hasInitialEim) return ErrorCode.NoInitialEim;
      S.initialEimTried = true;
      beginHostRequest();
      break;
    case Do.LoadEuiccPackage:
      beginPackage();
      break;
    case Do.LoadBoundProfilePackage:
      S.collectAt = S.keepEnd;
      S.cancelReason = CancelReason.LoadBppExecutionError;
      beginPackage();
  }
  return PENDING;
}

/** The eUICC's answer is streamed, or was gathered to be made compact. */
function startAuthenticateClient(): void {
  if (!HAS_COMPACT || !isCompacting()) return beginAuthenticateClient(pendingBytes());
  const isCompact = compactAuthenticateResponse(S.keepEnd, S.collectAt);
  const at = isCompact ? backAt : S.keepEnd;
  const last = isCompact ? MESSAGE_END : S.collectAt;
  beginAuthenticateClient(last - at);
  requestRest(at, last);
  S.streamDone = true;
}

/** The ES10 request comes from the host. */
function beginHostRequest(): void {
  S.replyOuter = 0; // nobody was asked
  beginPackage();
  S.networkFromHost = true;
  scanBegin();
  networkAsk();
}
