// SPDX-License-Identifier: Apache-2.0
// How each step of the tables begins: the checks that are done at once, and the requests that are sent.

import { Action, Summary } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { OWED_BYTES } from '../abi/limits';
import { CardLink } from '../abi/options';
import { MESSAGE, NETWORK_TX, OWED, S, SCRATCH } from '../abi/state';
import { sendAuthenticateServer } from '../es10/authenticate-server';
import { CancelReason, sendCancelSession } from '../es10/cancel-session';
import { sendGetEid } from '../es10/get-eid';
import { sendGetEimConfigurationData } from '../es10/get-eim-configuration-data';
import { sendGetEuiccChallenge, sendGetEuiccInfo1 } from '../es10/get-euicc-challenge';
import { sendCloseChannel, sendOpenChannel } from '../es10/manage-channel';
import { sendPrepareDownload } from '../es10/prepare-download';
import { keepSequence, sendRemoveNotification } from '../es10/remove-notification-from-list';
import { sendRetrieveBySequence, sendRetrieveNotifications, sendRetrieveResults } from '../es10/retrieve-notifications-list';
import { sendSelectIsdr } from '../es10/select-isdr';
import { sendTerminalCapability } from '../es10/terminal-capability';
import { beginAuthenticateClient } from '../esipa/authenticate-client';
import { sendCancelSessionEsipa } from '../esipa/cancel-session';
import { sendGetBoundProfilePackage } from '../esipa/get-bound-profile-package';
import { sendGetEimPackage } from '../esipa/get-eim-package';
import { beginHandleNotification, sendInstallationResult, sendOwed } from '../esipa/handle-notification';
import { sendInitiateAuthentication } from '../esipa/initiate-authentication';
import {
  beginProvideResult,
  oweDataError,
  owePackageError,
  oweTriggerError,
  PackageError,
  sendPackageResult,
  sendPackageResultAndNotifications,
} from '../esipa/provide-eim-package-result';
import { atSend } from '../link/at';
import { readTrigger } from '../proc/download-trigger';
import { Do } from '../proc/functions';
import { beginDataResponse, DATA_OBJECTS, putOwnDataObject, readDataRequest, sendDataObjectRequest } from '../proc/ipa-euicc-data';
import { ask } from '../wire/ask';
import { derEnd, readTlv } from '../wire/der-read';
import { putHeader } from '../wire/der-write';
import { CardState, LinkCommand, NetworkState } from '../wire/lanes';
import { networkAbort, networkAsk } from '../wire/network-lane';
import { scanBegin } from '../wire/tlv-stream';
import { PENDING } from './streams';

/** Outcome of a step that is to be done once more. */
export const REPEAT: i32 = i32.MIN_VALUE + 2;

/** Lists asked for in one run at most: bounds the delivery of what is owed. */
const MAX_DELIVERIES: u32 = 64;

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
  return what < 160 ? startNetwork(what) : startStream(what);
}

function startAtOnce(what: u32): i32 {
  switch (what) {
    case Do.NoMorePackages:
      S.noMorePackages = true;
      return S.packages ? 1 : 0;
    case Do.DeliveryDone:
      return S.noMorePackages ? 1 : 0;
    case Do.SkipNotification:
      S.notificationSkip++;
      // the eIM refused this one; without a connection the others need not be tried
      return S.stepError == ErrorCode.NetworkHttpStatus ? 0 : S.stepError;
    case Do.CountNotification:
      S.notifications++;
      return 0;
    case Do.OweUnknownPackage:
      noteError(ErrorCode.UnknownPackage);
      return owe(PackageError.UnknownPackage);
    case Do.OweInvalidFormat:
      return owe(PackageError.InvalidPackageFormat);
    case Do.OwePackageError:
      // cut off before it was whole: the eIM has no result and will offer it again
      if (isNetworkError(S.stepError)) return S.stepError;
      // the form of the card's answer says nothing about the package
      return owe(isWireError(S.stepError) && S.cardState != CardState.Done ? PackageError.InvalidPackageFormat : PackageError.Undefined);
    case Do.OweResult:
      return oweResult();
    case Do.OweDataError:
      if (isNetworkError(S.stepError)) return S.stepError;
      oweDataError(PackageError.Undefined);
      return owed();
    case Do.OweTagListError:
      oweDataError(1); // incorrectTagList
      return owed();
    case Do.OweTriggerError:
      oweTriggerError();
      return owed();
    case Do.ReadDataRequest:
      return readDataRequest();
    case Do.BeginDataResponse:
      beginDataResponse();
      return 0;
    case Do.ReadTrigger:
      const trigger = readTrigger();
      if (trigger > 0) noteError(ErrorCode.BadTrigger);
      return trigger;
    case Do.CloseNetwork:
      if (S.networkOpened) ask(Action.NetworkClose);
      S.networkOpened = false;
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

function isNetworkError(error: i32): bool {
  return error <= ErrorCode.NetworkUnreachable && error >= ErrorCode.NetworkMalformed;
}

function owe(code: u32): i32 {
  owePackageError(code);
  return owed();
}

function owed(): i32 {
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
  S.networkSourceEnd = putSummary(at, Summary.Detail, S.detail);
  ask(Action.Finished);
}

function startHost(what: u32): i32 {
  if (what == Do.OpenNetwork) {
    S.networkState = NetworkState.Opening;
    ask(Action.NetworkOpen);
    return PENDING;
  }
  const reset = what == Do.ResetCard;
  if (reset) S.channel = 0;
  S.linkNext = reset ? LinkCommand.PowerUp : LinkCommand.EchoOff;
  if (S.cardLink == CardLink.At) atSend(reset ? LinkCommand.PowerDown : LinkCommand.Attention);
  else if (reset) {
    S.cardReady = false;
    ask(Action.CardReset);
  } else return 0;
  return PENDING;
}

function startCard(what: u32): i32 {
  if (what != Do.PrepareDownload) S.collectAt = S.keepEnd;
  switch (what) {
    case Do.TerminalCapability:
      sendTerminalCapability();
      break;
    case Do.OpenChannel:
      sendOpenChannel();
      break;
    case Do.SelectIsdr:
      sendSelectIsdr();
      break;
    case Do.CloseChannel:
      if (!S.channel || S.error == ErrorCode.ModemTimeout || S.error == ErrorCode.CardLost) return 0;
      sendCloseChannel();
      break;
    case Do.CloseStaleChannels:
      return closeNextChannel();
    case Do.GetEid:
      sendGetEid();
      break;
    case Do.RemoveNotification:
      sendRemoveNotification();
      break;
    case Do.RemoveAcknowledged:
      return removeNextAcknowledged();
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
    case Do.CancelSession:
      networkAbort();
      S.keepEnd = MESSAGE;
      S.collectAt = MESSAGE;
      if (!S.transactionIdLength) return 0;
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
  const result = sendPrepareDownload();
  S.keepEnd = S.cardSourceEnd;
  S.collectAt = S.keepEnd;
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
  switch (what) {
    case Do.GetEimConfigurationData:
      S.keepEnd = MESSAGE;
      S.collectAt = MESSAGE;
      select(0xbf55, 0, 0, 0);
      sendGetEimConfigurationData();
      break;
    case Do.RetrieveResults:
      if (++S.deliveries > MAX_DELIVERIES) return 0;
      select(0xbf2b, 3, 0xbf51, S.resultSkip);
      sendRetrieveResults();
      break;
    case Do.RetrieveNotifications:
      if (++S.deliveries > MAX_DELIVERIES) return 0;
      select(0xbf2b, 3, 0, S.notificationSkip);
      sendRetrieveNotifications();
      break;
    case Do.RetrieveForResult:
      select(0xbf2b, 2, 0xa0, 0);
      sendRetrieveBySequence();
      break;
    case Do.AuthenticateServer:
      select(0xbf38, 1, 0xbf38, 0);
      const result = sendAuthenticateServer();
      return result ? result : PENDING;
    default:
      return startDataObject();
  }
  return PENDING;
}

/** The next object of an IpaEuiccData, in the pass that measures or the one that sends. */
function startDataObject(): i32 {
  if (S.dataObject >= DATA_OBJECTS) return 0;
  if (!(S.dataWanted & (1 << S.dataObject))) return nextDataObject();
  if (sendDataObjectRequest()) return PENDING;
  const end = putOwnDataObject();
  if (S.networkCounting) {
    S.dataTotal += end - SCRATCH;
    return nextDataObject();
  }
  S.networkSourceAt = SCRATCH;
  S.networkSourceEnd = end;
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
      if (!S.owedLength) return 0;
      sendOwed();
      break;
    case Do.GetEimPackage:
      if (S.packages >= S.maxPackages) return ErrorCode.TooManyPackages;
      S.transactionIdLength = 0;
      S.cancelReason = CancelReason.Undefined;
      sendGetEimPackage();
      break;
    case Do.ProvideEimPackageResult:
      sendPackageResult();
      break;
    case Do.InitiateAuthentication:
      sendInitiateAuthentication();
      break;
    case Do.GetBoundProfilePackage:
      sendGetBoundProfilePackage();
      break;
    case Do.HandleInstallationResult:
      sendInstallationResult();
      break;
    case Do.CancelSessionEsipa:
      sendCancelSessionEsipa();
  }
  return PENDING;
}

function startStream(what: u32): i32 {
  switch (what) {
    case Do.ProvideStoredResult:
      beginProvideResult(pendingBytes());
      break;
    case Do.HandleStoredNotification:
      beginHandleNotification(pendingBytes());
      break;
    case Do.ProvideResultAndNotifications:
      sendPackageResultAndNotifications(pendingBytes());
      break;
    case Do.AuthenticateClient:
      beginAuthenticateClient(pendingBytes());
      break;
    case Do.AddInitialEim:
      if (S.initialEimTried || !S.hasInitialEim) return ErrorCode.NoInitialEim;
      S.initialEimTried = true;
      S.networkFromHost = true;
      scanBegin();
      networkAsk();
      break;
    case Do.LoadEuiccPackage:
      S.cardState = CardState.Idle; // what the card answered before is no matter of this one
      break;
    case Do.LoadBoundProfilePackage:
      S.collectAt = S.keepEnd;
      S.cancelReason = CancelReason.LoadBppExecutionError;
      S.segmentHeaderLength = 0;
      S.cardState = CardState.Done;
  }
  return PENDING;
}
