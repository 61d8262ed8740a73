// SPDX-License-Identifier: Apache-2.0
// The memory map: one region that holds everything the module remembers between two calls. The host may save it after any
// call and put it back into a fresh instance (design property P5). Module-level variables elsewhere are scratch within a call.

import { HAS_COAP, HAS_DIRECT, HAS_EMULATION, HAS_MODEMS, HAS_POLICY, HAS_SELECTION, IS_INDIRECT } from './features';
import {
  ACTIVATION_CODE_BYTES,
  BACKOFF_BYTES,
  CARD_LINE_BYTES,
  CARD_WINDOW_BYTES,
  COAP_HEAD_BYTES,
  EMULATION_BYTES,
  LINE_BYTES,
  MESSAGE_BYTES,
  METADATA_BYTES,
  NETWORK_WINDOW_BYTES,
  OWED_BYTES,
  RESPONSE_BYTES,
  SESSION_BYTES,
  TLV_DEPTH,
} from './limits';

/** The scalars, by owner. Buffers follow behind, at the addresses below. Fields named …At and …End are addresses. */
@unmanaged
export class State {
  // addresses up to 190 take a byte of code less at each use; fields used five times or more become globals and need no such place
  abiVersion: i32;
  cardState: i32;
  networkState: i32;
  keepEnd: usize; // bytes of MESSAGE below this are still needed; responses are gathered behind them
  collectAt: usize; // end of what was gathered in MESSAGE
  scanDepth: u32;
  stepDetail: i32;
  networkSourceAt: usize;
  networkSourceEnd: usize;
  networkAt: usize;
  responseAt: usize;
  scanHeaderBytes: u32; // of the header last completed

  // engine: the command and its present step
  nowMs: u32;
  actions: u32; // bit n: action n waits to be given out
  actionArgument: i32;
  actionData: usize;
  actionLength: i32;
  error: i32; // the first error of this command, 0 so far none
  detail: i32;
  stepError: i32; // what the last failed step ended with
  packages: u32;
  profilesInstalled: u32;
  notifications: u32;
  running: bool;
  stepStarted: bool;
  procedure: u32;
  step: u32;

  // engine: what procedures remember between steps
  noMorePackages: bool;
  initialEimTried: bool;
  returnProcedure: u32; // where Do.Return goes
  returnStep: u32;
  otherEims: bool; // the eUICC has more than this one: results may be theirs
  eimIndirect: bool; // the eIM wants downloads and notifications to go through it
  route: u32; // PeerKind of the download, or of the notification in hand
  contactSmds: bool; // the server asked is an SM-DS
  eventSkip: u32; // events of the SM-DS that were handled in this run
  consentRequired: bool;
  consent: i32; // ConsentAnswer, -1 while it is awaited
  smdsAddressLength: u32; // of the SM-DS whose events are being handled
  hashCcLength: u32;
  rollbackPending: bool; // a result after a profile change that the eIM does not have yet
  rollbackTried: bool;
  onlineDeadlineSet: bool;
  onlineDeadlineMs: u32;
  pauseTries: u32;
  pausing: bool;
  pauseUntilMs: u32;
  answerOut: bool; // a part of the answer to Es10 is with the host
  functionTag: u32; // second byte of the tag of the function of command Es10
  profileSwitched: bool;
  matchAt: u32; // bytes of eimId compared so far
  itemFound: bool;
  staleChannelsClosed: bool;
  requestAt: usize; // a request prepared in MESSAGE, or what goes with action NetworkOpen
  requestEnd: usize;
  acknowledgedAt: usize; // sequence numbers (80 LL …) still to be removed
  acknowledgedEnd: usize;
  resultSkip: u32; // pending results that stay on the card for this run
  notificationSkip: u32; // notifications that could not be delivered in this run
  euiccInfoEnd: usize; // EUICCInfo1 lies in MESSAGE up to here, the challenge behind it
  dataTotal: u32; // bytes of the IpaEuiccData being measured or sent
  dataWanted: u32; // bit n: object n of the IpaEuiccDataRequest
  dataObject: u32;
  deliveries: u32; // lists asked for in this run; bounds the delivery loop
  owedLength: u32;
  /** eimHash of the eIM that it is owed to. */
  owedEim: u32;
  /** Hash of the eimId of the eIM that is talked to. */
  eimHash: u32;
  owedIsTriggerResult: bool;
  smdpAddressLength: u32;
  smdpOidAt: u32;
  smdpOidLength: u32;
  matchingIdAt: u32; // offsets in ACTIVATION_CODE
  matchingIdLength: u32;
  smdpAddressAt: u32;
  cancelReason: u32;

  // engine: the command
  trigger: i32; // outcome of reading option DownloadData
  stateChangeCause: u32;
  stateChanged: bool; // stateChangeCause holds a cause that the eIM was not told

  // identifiers learnt
  eimIdLength: u32;
  associationTokenLength: u32;
  transactionIdLength: u32;
  eimTransactionIdLength: u32;
  sequenceLength: u32;

  // card lane (wire/card-lane.ts)
  channel: u32;
  chainOpen: bool; // blocks of the ES10 command are still to come
  blockNumber: u32;
  blockFill: u32;
  commandRemaining: u32; // bytes of the ES10 command not yet in a block
  apduLength: u32;
  apduWaiting: bool; // the link has not taken the APDU yet
  apduOut: bool; // its response has not come yet
  apduStale: bool; // … and will not be wanted when it comes
  responseMore: bool;
  responsePart: u32; // a part of a response whose rest comes in the same answer of the modem (ResponsePart)
  responseLe: u32;
  getResponses: u32;
  responseEnd: usize;
  cardError: i32;
  cardDetail: i32;
  cardReady: bool; // the host has reset the card
  cardGone: bool; // the host says that nothing will answer any more
  cardSourceAt: usize; // bytes in memory that are still to go into the ES10 command
  cardSourceEnd: usize;
  runNext: u32; // runs that follow, in RUNS
  runEnd: u32;

  // AT link (link/at.ts)
  linkCommand: i32;
  linkLast: i32; // the last command of a sequence
  linkTries: u32;
  linkPaused: bool; // waiting before the same line is sent again
  linkDeadlineMs: u32;
  lineLength: u32;
  lineGoesOn: bool; // its beginning was taken as an answer
  hexDigits: u32; // of the answer so far, without those that the card lane has taken
  hexExpected: u32;
  answerSeen: bool;
  lengthSeen: bool; // this modem tells the length of answers
  linkFailure: i32;
  linkDetail: i32;
  linkStale: u32; // what may still come of commands that were given up: Stale
  linkAfter: i32; // the command to send when the line is clear
  cardIsNew: bool; // the card was reset and has not answered yet
  access: u32; // CardAccess in use
  accessTried: u32; // bit n: CardAccess n was tried, or need not be
  resetTried: bool; // the card was reset because it answered 6985
  sessionLength: u32;
  isRegistered: bool;
  blockBytes: u32; // what STORE DATA has come down to, 0: nothing was refused
  provenBytes: u32; // the longest block that was answered
  proactiveBytes: u32; // of the proactive command that waits, 0: none
  fetches: u32;
  answerIsLost: bool; // an eUICC package may have run although its answer did not come

  // streaming TLV scanner (wire/tlv-stream.ts)
  scanHeaderLength: u32;
  scanTag: u32; // tag being read
  scanLength: u32; // length being read
  scanDone: bool;

  // streams between the lanes (engine/streams.ts)
  selectDepth: u32; // the element of a card response that is looked for: depth, tag (0: any), and which one of them
  selectTag: u32;
  selectOuter: u32; // tag that the response must have
  selectIndex: u32;
  forwardDepth: u32; // the element being forwarded, 0: none
  retag: u32; // tag byte to send instead of the element's own, 0: its own
  headerPending: bool; // a header was read but not forwarded yet
  streamDone: bool;
  segmentHeaderLength: u32; // BF36 header kept for the first segment
  bppBytes: u32; // its length
  bppHead: u32; // how far the part with the metadata is (BppHead)
  replayAt: usize; // the part of the package that was gathered to be looked at
  replayEnd: usize;
  replayHeader: u32; // bytes of the BF36 header at its beginning
  resultAt: usize; // the ProfileInstallationResult
  resultEnd: usize;
  installationFailed: bool;

  // the peer and its answer (rsp/)
  peerKind: u32;
  binding: u32;
  slot: u32; // slot of the element being read, 0: none
  replyOuter: u32;
  replyChoice: u32; // tag of the chosen alternative
  replyCode: i32; // value of a primitive alternative
  replyState: i32;
  replySkip: u32; // depth of an element that is looked into but not kept
  metadataLength: u32;
  metadataKeep: bool; // the element in the metadata being read is kept

  // JSON binding (rsp/json-…)
  again: bool; // the server wants the session from its beginning
  triedAgain: bool;
  restIsResult: bool; // HandleNotification brings the result of a trigger
  restLeft: u32; // bytes of the request's last element still to be encoded
  base64Value: u32;
  base64Bits: u32;
  jsonAt: usize; // text not looked at yet
  jsonEnd: usize;
  jsonState: u32;
  jsonDepth: u32;
  jsonKey: bool; // the string is a name
  jsonEscape: u32;
  jsonEscapeValue: u32;
  jsonHash: u32;
  jsonField: u32; // the field whose value comes
  jsonText: u32; // bytes gathered at SCRATCH
  jsonStatus: u32;

  // network lane (wire/network-lane.ts)
  networkOpened: bool;
  networkCounting: bool; // count what would be sent, in dataTotal
  networkFromHost: bool; // the stream is the AddInitialEimRequest
  networkMore: bool;
  networkTotal: u32;
  networkPut: u32;
  networkFill: u32;
  networkHandedOut: u32;
  networkEnd: usize;
  networkError: i32;
  networkDetail: i32;

  // CoAP link (link/coap.ts)
  scheme: u32; // of the peer that is open; all but Https means datagrams
  randomState: u32;
  coapState: u32;
  coapMessageId: u32; // of the message that is out
  coapToken: u32;
  coapOut: bool; // it is to be sent
  coapControlBytes: u32; // of an ACK, a RST or a refusal that is to be sent before it
  coapTries: u32;
  coapSentMs: u32;
  coapWaitMs: u32; // from the last time it was sent to the next one
  coapDeadlineMs: u32;
  coapArrived: bool; // it is acknowledged since the host told the time
  coapAckMs: u32; // ACK_TIMEOUT as adapted to the round trips seen
  coapTag: u32; // Request-Tag of the body that is being sent
  coapRequestSzx: u32;
  coapAnswerSzx: u32;
  coapBase: u32; // bytes of the body in front of the window that is being sent
  coapOffset: u32; // bytes in front of the block in hand: of the window that is being sent, or of the body that comes
  coapRestarts: u32;
  coapMore: bool; // blocks of the answer are still to be asked for
  coapNextAt: usize; // a block that came while the one before it goes to the card
  coapNextEnd: usize;
  coapNextMore: bool;
  coapResponseId: u32; // of the separate response last acknowledged
  coapFailed: bool; // told when all that came before was used

  // packages that the eIM pushes (link/coap-push.ts)
  pushState: u32;
  pushBegun: u32; // message IDs plus 1 of the last two pushes
  pushId: u32; // message ID plus 1 of the request last taken
  pushTokenLength: u32;
  pushTag: u32; // what tells the bodies of the peer apart
  pushIsAnswer: bool; // what is out answers the peer's request
  pushIsSeparate: bool; // … and goes as a message of its own
  pushCode: u32; // of the answer
  pushBlock1: i32; // the block that 2.31 is owed for, -1: none
  pushSzx: u32; // size of the blocks of the answer
  pushOwed: bool; // the request last taken is not answered yet

  // engine/schedule.ts
  pollFailures: u32;
}

/** Options of the command, with their defaults; engine/command.ts writes them by their offsets, so they stand apart from the scalars. */
@unmanaged
export class Options {
  command: u32;
  cardLink: i32;
  blockBytes: u32;
  maxPackages: u32;
  ipaFeatures: u32;
  hasInitialEim: u32;
  cardTimeoutMs: u32;
  wantedEimIdLength: u32;
  eimAddressLength: u32;
  imeiLength: u32;
  deviceCapabilitiesLength: u32;
  esipaBinding: u32;
  rspBinding: u32;
  askConsent: u32;
  utcTimeLength: u32;
  rplmnLength: u32;
  assistant: u32;
  onlineTimeoutMs: u32;
  esipaVersion: u32;
  stateChangeCause: u32;
  hasStateChangeCause: u32;
  esipaScheme: u32;
  hasEsipaScheme: u32;
  seed: u32;
  coapBlockSzx: u32;
  ackTimeoutMs: u32;
  pollScheduleLength: u32;
  listenMs: u32;
  modem: u32;
  responseBytes: u32;
}

/**
 * A window of the network in this variant. Over HTTPS to an eIM alone a small one costs nothing but calls; a block of CoAP, and what a request
 * to an SM-DP+ has in front, need the whole.
 */
export const WINDOW_BYTES: i32 = IS_INDIRECT && !HAS_COAP ? NETWORK_WINDOW_BYTES / 2 : NETWORK_WINDOW_BYTES;
/** Bytes a header may overhang a full block or window before the rest is moved to the next one. */
const SLACK: usize = 32;

/** Room for the scalars, in bytes. */
export const SCALARS: usize = 928;
/** Room for the options, in bytes. */
export const OPTIONS_BYTES: usize = 128;
const A_OPTIONS: usize = SCALARS;
const A_EID: usize = A_OPTIONS + OPTIONS_BYTES;
const A_EIM_ID: usize = A_EID + 16;
const A_WANTED_EIM_ID: usize = A_EIM_ID + 128;
const A_EIM_ADDRESS: usize = A_WANTED_EIM_ID + 128;
const A_UTC_TIME: usize = A_EIM_ADDRESS + 128;
const A_RPLMN: usize = A_UTC_TIME + 16;
const A_TAC: usize = A_RPLMN + 8;
const A_IMEI: usize = A_TAC + 8;
const A_DEVICE_CAPABILITIES: usize = A_IMEI + 8;
const A_POLL_SCHEDULE: usize = A_DEVICE_CAPABILITIES + 48;
const A_HASH_CC: usize = A_POLL_SCHEDULE + (HAS_COAP ? 24 : 0);
const A_SLOTS: usize = A_HASH_CC + (HAS_POLICY ? 40 : 0);
const A_RUNS: usize = A_SLOTS + 56;
const A_CI_PKID: usize = A_RUNS + 48;
const A_METADATA: usize = A_CI_PKID + (HAS_DIRECT ? 24 : 0);
const A_BACKOFF: usize = A_METADATA + (HAS_POLICY ? METADATA_BYTES : 0);
const A_ASSOCIATION_TOKEN: usize = A_BACKOFF + (HAS_SELECTION ? BACKOFF_BYTES : 0);
const A_TRANSACTION_ID: usize = A_ASSOCIATION_TOKEN + 8;
const A_EIM_TRANSACTION_ID: usize = A_TRANSACTION_ID + 16;
const A_SEQUENCE: usize = A_EIM_TRANSACTION_ID + 16;
const A_SCAN_HEADER: usize = A_SEQUENCE + 8;
const A_SEGMENT_HEADER: usize = A_SCAN_HEADER + 8;
const A_SCAN_TAGS: usize = A_SEGMENT_HEADER + 8;
const A_SCAN_REMAINING: usize = A_SCAN_TAGS + 4 * TLV_DEPTH;
const A_SCAN_CONSTRUCTED: usize = A_SCAN_REMAINING + 4 * TLV_DEPTH;
const A_ELEMENT_ENDS: usize = A_SCAN_CONSTRUCTED + TLV_DEPTH;
const A_LINE: usize = A_ELEMENT_ENDS + 4 * TLV_DEPTH;
const A_SESSION: usize = A_LINE + LINE_BYTES + 4;
const A_SCRATCH: usize = A_SESSION + (HAS_MODEMS ? SESSION_BYTES : 0);
const A_ACTIVATION_CODE: usize = A_SCRATCH + 128;
const A_OWED: usize = A_ACTIVATION_CODE + ACTIVATION_CODE_BYTES;
const A_APDU: usize = A_OWED + OWED_BYTES;
const A_RESPONSE: usize = A_APDU + 261 + SLACK;
const A_CARD_LINE: usize = A_RESPONSE + (HAS_MODEMS ? RESPONSE_BYTES : 272);
const A_CARD_WINDOW: usize = A_CARD_LINE + CARD_LINE_BYTES;
const A_COAP_CONTROL: usize = A_CARD_WINDOW + CARD_WINDOW_BYTES;
const A_PUSH_TOKEN: usize = A_COAP_CONTROL + 12;
const A_NETWORK_TX: usize = A_PUSH_TOKEN + 8;
const A_NETWORK_RX: usize = A_NETWORK_TX + WINDOW_BYTES + (HAS_COAP ? COAP_HEAD_BYTES : SLACK);
const A_MESSAGE: usize = A_NETWORK_RX + WINDOW_BYTES + (HAS_COAP ? COAP_HEAD_BYTES : 0);

const A_EMULATION: usize = A_MESSAGE + MESSAGE_BYTES;

/** Size of the region the host saves, in bytes. */
export const REGION_BYTES: usize = A_EMULATION + (HAS_EMULATION ? EMULATION_BYTES : 0);
/** Address of the region. */
export const REGION: usize = memory.data(A_EMULATION + (HAS_EMULATION ? EMULATION_BYTES : 0), 16);
/** The scalars, and where they lie; scripts/shrink makes wasm globals of those used most, so no address of one is ever computed. */
export const S: State = changetype<State>(REGION);
export const SCALARS_BEGIN: usize = REGION;
export const SCALARS_END: usize = REGION + SCALARS;

/** The options. */
export const OPTIONS: usize = REGION + A_OPTIONS;
export const O: Options = changetype<Options>(OPTIONS);

export const EID: usize = REGION + A_EID;
export const EIM_ID: usize = REGION + A_EIM_ID;
export const WANTED_EIM_ID: usize = REGION + A_WANTED_EIM_ID;
export const EIM_ADDRESS: usize = REGION + A_EIM_ADDRESS;
/** YYYYMMDDhhmmss. */
export const UTC_TIME: usize = REGION + A_UTC_TIME;
export const RPLMN: usize = REGION + A_RPLMN;
/** Option PollSchedule: five numbers, big endian. */
export const POLL_SCHEDULE: usize = REGION + A_POLL_SCHEDULE;
/** 04 20 and the 32 bytes of hashCc. */
export const HASH_CC: usize = REGION + A_HASH_CC;
/** Start and end of each Slot. */
export const SLOTS: usize = REGION + A_SLOTS;
/** Start and end of each run of bytes that goes into the ES10 command after the present one. */
export const RUNS: usize = REGION + A_RUNS;
/** euiccCiPKId of the eIM: length, then the value. */
export const CI_PKID: usize = REGION + A_CI_PKID;
/** Elements of the profile metadata that matter, as they came. */
export const METADATA: usize = REGION + A_METADATA;
/** Notifications that could not be delivered (engine/backoff.ts). */
export const BACKOFF: usize = REGION + A_BACKOFF;
export const TAC: usize = REGION + A_TAC;
export const IMEI: usize = REGION + A_IMEI;
export const DEVICE_CAPABILITIES: usize = REGION + A_DEVICE_CAPABILITIES;
export const ASSOCIATION_TOKEN: usize = REGION + A_ASSOCIATION_TOKEN;
export const TRANSACTION_ID: usize = REGION + A_TRANSACTION_ID;
export const EIM_TRANSACTION_ID: usize = REGION + A_EIM_TRANSACTION_ID;
export const SEQUENCE: usize = REGION + A_SEQUENCE;
export const SCAN_HEADER: usize = REGION + A_SCAN_HEADER;
export const SEGMENT_HEADER: usize = REGION + A_SEGMENT_HEADER;
export const SCAN_TAGS: usize = REGION + A_SCAN_TAGS;
export const SCAN_REMAINING: usize = REGION + A_SCAN_REMAINING;
export const SCAN_CONSTRUCTED: usize = REGION + A_SCAN_CONSTRUCTED;
/** Where the constructed elements that are open end; scratch of checkTlv. */
export const ELEMENT_ENDS: usize = REGION + A_ELEMENT_ENDS;
/** First characters of the modem line being read; when it has ended, a zero byte is behind them. */
export const LINE: usize = REGION + A_LINE;
/** Handle of the channel that the modem has opened (AT+CCHO), as it wrote it. */
export const SESSION: usize = REGION + A_SESSION;
/** Small requests and prefixes are put together here. */
export const SCRATCH: usize = REGION + A_SCRATCH;
export const SCRATCH_END: usize = REGION + A_ACTIVATION_CODE;
export const ACTIVATION_CODE: usize = REGION + A_ACTIVATION_CODE;
export const OWED: usize = REGION + A_OWED;
export const OWED_END: usize = OWED + OWED_BYTES;
/** The command APDU: 5 bytes of header, then data. */
export const APDU: usize = REGION + A_APDU;
/** The response APDU. */
export const RESPONSE: usize = REGION + A_RESPONSE;
export const CARD_LINE: usize = REGION + A_CARD_LINE;
export const CARD_WINDOW: usize = REGION + A_CARD_WINDOW;
/** An ACK, a RST or a refusal. */
export const COAP_CONTROL: usize = REGION + A_COAP_CONTROL;
/** Token of the request that the peer pushed. */
export const PUSH_TOKEN: usize = REGION + A_PUSH_TOKEN;
export const NETWORK_TX: usize = REGION + A_NETWORK_TX;
export const NETWORK_RX: usize = REGION + A_NETWORK_RX;
/** Messages that must be seen whole. */
export const MESSAGE: usize = REGION + A_MESSAGE;
export const MESSAGE_END: usize = REGION + A_MESSAGE + MESSAGE_BYTES;
/** What belongs to the virtual ISD-R; its map is in emulation/memory.ts. */
export const EMULATION: usize = REGION + A_EMULATION;
