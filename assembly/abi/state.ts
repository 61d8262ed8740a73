// SPDX-License-Identifier: Apache-2.0
// The memory map: one region that holds everything the module remembers between two calls. The host may save it after any
// call and put it back into a fresh instance (design property P5). Module-level variables elsewhere are scratch within a call.

import {
  ACTIVATION_CODE_BYTES,
  CARD_LINE_BYTES,
  CARD_WINDOW_BYTES,
  MESSAGE_BYTES,
  NETWORK_WINDOW_BYTES,
  OWED_BYTES,
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
  owedIsTriggerResult: bool;
  smdpAddressLength: u32;
  matchingIdAt: u32; // offsets in ACTIVATION_CODE
  matchingIdLength: u32;
  smdpAddressAt: u32;
  cancelReason: u32;

  // options of the command
  cardLink: i32;
  blockBytes: u32;
  maxPackages: u32;
  ipaFeatures: u32;
  hasInitialEim: bool;
  cardTimeoutMs: u32;
  wantedEimIdLength: u32;
  eimAddressLength: u32;
  imeiLength: u32;
  deviceCapabilitiesLength: u32;

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
  responseLe: u32;
  getResponses: u32;
  responseEnd: usize;
  cardError: i32;
  cardDetail: i32;
  cardReady: bool; // the host has reset the card
  cardGone: bool; // the host says that nothing will answer any more
  cardSourceAt: usize; // bytes in memory that are still to go into the ES10 command
  cardSourceEnd: usize;

  // AT link (link/at.ts)
  linkCommand: i32;
  linkNext: i32; // command to send after this one
  linkTries: u32;
  linkWaiting: bool;
  linkPaused: bool; // waiting before the same line is sent again
  linkDeadlineMs: u32;
  lineLength: u32;
  lineKind: i32;
  hexDigits: u32;
  hexExpected: u32;
  hexHigh: u32;
  answerSeen: bool;
  linkFailure: i32;
  linkDetail: i32;

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

  // the eIM's answer (esipa/reply.ts)
  replyOuter: u32;
  replyChoice: u32; // tag of the chosen alternative
  replyCode: i32; // value of a primitive alternative
  replyState: i32;
  replySkip: u32; // depth of an element that is looked into but not kept
  metadataPpr: bool;

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
}

/** Bytes a header may overhang a full block or window before the rest is moved to the next one. */
const SLACK: usize = 16;

/** Room for the scalars, in bytes. */
export const SCALARS: usize = 512;
const A_EID: usize = SCALARS;
const A_EIM_ID: usize = A_EID + 16;
const A_WANTED_EIM_ID: usize = A_EIM_ID + 128;
const A_EIM_ADDRESS: usize = A_WANTED_EIM_ID + 128;
const A_TAC: usize = A_EIM_ADDRESS + 128;
const A_IMEI: usize = A_TAC + 8;
const A_DEVICE_CAPABILITIES: usize = A_IMEI + 8;
const A_ASSOCIATION_TOKEN: usize = A_DEVICE_CAPABILITIES + 48;
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
const A_SCRATCH: usize = A_LINE + 32;
const A_ACTIVATION_CODE: usize = A_SCRATCH + 128;
const A_OWED: usize = A_ACTIVATION_CODE + ACTIVATION_CODE_BYTES;
const A_APDU: usize = A_OWED + OWED_BYTES;
const A_RESPONSE: usize = A_APDU + 261 + SLACK;
const A_CARD_LINE: usize = A_RESPONSE + 272;
const A_CARD_WINDOW: usize = A_CARD_LINE + CARD_LINE_BYTES;
const A_NETWORK_TX: usize = A_CARD_WINDOW + CARD_WINDOW_BYTES;
const A_NETWORK_RX: usize = A_NETWORK_TX + NETWORK_WINDOW_BYTES + SLACK;
const A_MESSAGE: usize = A_NETWORK_RX + NETWORK_WINDOW_BYTES;

/** Size of the region the host saves, in bytes. */
export const REGION_BYTES: usize = A_MESSAGE + MESSAGE_BYTES;
/** Address of the region. */
export const REGION: usize = memory.data(A_MESSAGE + MESSAGE_BYTES, 16);
/** The scalars, and where they lie; scripts/shrink makes wasm globals of those used most, so no address of one is ever computed. */
export const S: State = changetype<State>(REGION);
export const SCALARS_BEGIN: usize = REGION;
export const SCALARS_END: usize = REGION + SCALARS;

export const EID: usize = REGION + A_EID;
export const EIM_ID: usize = REGION + A_EIM_ID;
export const WANTED_EIM_ID: usize = REGION + A_WANTED_EIM_ID;
export const EIM_ADDRESS: usize = REGION + A_EIM_ADDRESS;
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
/** First characters of the modem line being read. */
export const LINE: usize = REGION + A_LINE;
/** Small requests and prefixes are put together here. */
export const SCRATCH: usize = REGION + A_SCRATCH;
export const ACTIVATION_CODE: usize = REGION + A_ACTIVATION_CODE;
export const OWED: usize = REGION + A_OWED;
/** The command APDU: 5 bytes of header, then data. */
export const APDU: usize = REGION + A_APDU;
/** The response APDU. */
export const RESPONSE: usize = REGION + A_RESPONSE;
export const CARD_LINE: usize = REGION + A_CARD_LINE;
export const CARD_WINDOW: usize = REGION + A_CARD_WINDOW;
export const NETWORK_TX: usize = REGION + A_NETWORK_TX;
export const NETWORK_RX: usize = REGION + A_NETWORK_RX;
/** Messages that must be seen whole. */
export const MESSAGE: usize = REGION + A_MESSAGE;
export const MESSAGE_END: usize = REGION + A_MESSAGE + MESSAGE_BYTES;
