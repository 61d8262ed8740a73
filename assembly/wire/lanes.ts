// SPDX-License-Identifier: Apache-2.0
// States of the two lanes.

/** The lane to the card. */
export const enum CardState {
  /** Nothing is going on. */
  Idle = 0,
  /** An ES10 command takes bytes for its next block. */
  Filling = 1,
  /** An APDU is on its way. */
  Waiting = 2,
  /** A piece of the response lies between responseAt and responseEnd. */
  Chunk = 3,
  /** The command is answered and its response taken. */
  Done = 4,
  /** It failed: cardError, cardDetail. */
  Failed = 5,
}

/** What became of a part of a long response. */
export const enum ResponsePart {
  None = 0,
  /** The lane has it. */
  Given = 1,
  /** The lane has used it, and waits for the next one. */
  Taken = 2,
}

/** The lane to the network. */
export const enum NetworkState {
  /** No exchange. */
  Idle = 0,
  /** A request takes bytes. */
  Sending = 1,
  /** The window is with the host. */
  WindowOut = 2,
  /** The next part of the answer was asked for. */
  Asked = 3,
  /** A part of the answer lies between networkAt and networkEnd. */
  Chunk = 4,
  /** The answer is complete. */
  End = 5,
  /** The exchange failed: networkError, networkDetail. */
  Failed = 6,
  /** The peer is being selected; the card goes on meanwhile. */
  Opening = 7,
  /** It could not be: networkError, networkDetail. */
  Unreached = 8,
}

/** The CoAP link: what became of the message that is out. */
export const enum CoapState {
  /** None is out. */
  Idle = 0,
  /** It is repeated until it is acknowledged. */
  Sent = 1,
  /** It was acknowledged; its answer comes as a message of its own. */
  Acknowledged = 2,
}

/** The package that the eIM pushes. */
export const enum PushState {
  /** There is none. */
  None = 0,
  /** Its blocks come in. */
  Receiving = 1,
  /** All of it is here; the answer is not complete. */
  Working = 2,
  /** The answer goes out, block by block as the eIM asks for it. */
  Answering = 3,
}

/** Commands of the AT link, in the order of their texts (link/at-text.ts). */
export const enum LinkCommand {
  None = 0,
  /** AT, until the modem answers. */
  Attention = 1,
  /** ATE0 */
  EchoOff = 2,
  /** AT+CMEE=1 */
  NumericErrors = 3,
  /** AT+CFUN=0, or 4 */
  PowerDown = 4,
  /** AT+CFUN=1 */
  PowerUp = 5,
  /** AT+CSIM with the waiting APDU */
  Csim = 6,
  /** AT+CGLA with the waiting APDU */
  Channel = 7,
  /** AT+CCHO with the AID of ISD-R */
  OpenSession = 8,
  /** AT+CEREG?, until the modem is registered */
  Registration = 9,
  /** AT+CFUN? or AT+CMEE? in turn, whose answer cannot be that of another command */
  Synchronise = 10,
  /** AT+CFUN=1,1 */
  Restart = 11,
  /** AT+CCHC */
  CloseSession = 12,
  /** AT+CSIM=1 */
  Lock = 13,
  /** The text of Synchronise every other time */
  OtherQuestion = 14,
  /** AT+CSIM=0 */
  Unlock = 15,
}

/** What may still come of commands that were given up, bit by bit of linkStale. Modems answer in the order in which they were asked. */
export const enum Stale {
  /** Something: a question is asked whose answer cannot be that of another command. */
  Answer = 1,
  /** More than one answer to that question. */
  Questions = 2,
  /** Which of two questions is to be asked: not the one that was asked last. */
  Other = 4,
}
