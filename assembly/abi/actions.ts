// SPDX-License-Identifier: Apache-2.0
// What the module asks its host to do. ipa_poll returns one of these; ipa_argument, ipa_data and ipa_length describe it.

/** What the host is asked to do. */
export const enum Action {
  /** Nothing to do until an event comes. Argument: milliseconds after which to poll again, or -1 when only an event matters. */
  Idle = 0,
  /** Write the data bytes to the modem's line. Answered by event CardData, in any chunking. */
  CardWrite = 1,
  /** Transmit the data bytes, one command APDU, to the card. Answered by event CardResponse. */
  CardTransmit = 2,
  /** Reset the card and re-attach the modem (APDU link only; the AT link does it itself). Answered by event CardReady. */
  CardReset = 3,
  /** Select the eIM to talk to. Data: 81 address, then A6 with trustedPublicKeyDataTls where the eUICC holds one. Answered by event NetworkOpened. */
  NetworkOpen = 4,
  /** Send the data bytes as the next part of a request body. Argument: length of the whole body in bytes. Answered by event NetworkSent. */
  NetworkSend = 5,
  /** Give the next part of the response body. Answered by event NetworkData. */
  NetworkReceive = 6,
  /** Drop the exchange in progress; the peer stays selected. Not answered. */
  NetworkAbort = 7,
  /** The peer is no longer needed. Not answered. */
  NetworkClose = 8,
  /** Give the next part of the AddInitialEimRequest of this device. Answered by event InitialEimData. */
  InitialEimRead = 9,
  /** A good moment to save the state region: a report is now owed, or no longer owed. Not answered. */
  Persist = 10,
  /** The command is over. Argument: 0, or the negative error that ended it. Data: summary TLVs (tags in Summary). */
  Finished = 11,
}

/** Tags of the summary that comes with action Finished; each value is a signed big-endian integer of 4 bytes. */
export const enum Summary {
  /** eIM packages handled, of all kinds. */
  Packages = 0x80,
  /** Profiles whose installation the eUICC confirmed. */
  ProfilesInstalled = 0x81,
  /** Notifications delivered from the eUICC's list; the result of a download of this run is not among them. */
  Notifications = 0x82,
  /** The peer's own code behind the error: status word, +CME ERROR number (-1 where the modem sends words), result code, HTTP status. */
  Detail = 0x83,
}
