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
  /**
   * Select the peer to talk to. Data: 80 PeerKind, 82 Binding (one byte each), 83 Scheme where it is not HTTPS, 84 (empty) where this
   * peer is to be waited for on the device's own port, 81 address, then A6 with trustedPublicKeyDataTls where the eUICC holds one for an eIM.
   * Answered by event NetworkOpened.
   */
  NetworkOpen = 4,
  /**
   * Send the data bytes as the next part of a request body. Argument: length of the whole body in bytes, plus 2^24 times the function, which
   * is the second byte of its tag (RspFunction); the JSON binding has it in the path. Answered by event NetworkSent.
   */
  NetworkSend = 5,
  /** Give the next part of the response body. Argument: how many bytes it may have. Answered by event NetworkData. */
  NetworkReceive = 6,
  /** Drop the exchange in progress; the peer stays selected. Not answered. */
  NetworkAbort = 7,
  /** The peer is no longer needed. Not answered. */
  NetworkClose = 8,
  /** Give the next part of the ES10 request that the host brings: of command Es10, or the AddInitialEimRequest. Argument: how many bytes it may have. Answered by event RequestData. */
  RequestRead = 9,
  /** A good moment to save the state region: a report is now owed, or no longer owed. Not answered. */
  Persist = 10,
  /** The command is over. Argument: 0, or the negative error that ended it. Data: summary TLVs (tags in Summary). */
  Finished = 11,
  /** Take the data bytes as the next part of the eUICC's answer to command Es10. Argument: 1 when more follows, else 0. Not answered. */
  Answer = 12,
  /**
   * Say whether a profile may be installed. Data: 80 transactionId, 01 whether a confirmation code is required, 83 whether the Rules
   * Authorisation Table demands consent, then of the profile's metadata 5A, 91, 92, 95, 99 and B7 as far as they are there. Answered by
   * event Consent.
   */
  Consent = 13,
  /**
   * Sign the data bytes with the device's key: ECDSA with SHA-256. Answered by event Signature. Variant ipad-consumer alone, as the next one.
   */
  Sign = 14,
  /**
   * Check a signature of an eIM. Data: A5 with eimPublicKeyData (A0 key or A1 certificate), then the signed bytes, 30 and 84 as they stand,
   * then 5F37 with the signature. Answered by event Verified.
   */
  VerifyEim = 15,
  /**
   * Send the data bytes to the peer as one datagram. They are there until the next call of ipa_poll or ipa_event, and before the host writes
   * to a window. Not answered: the module knows what to do about datagrams that are lost.
   */
  DatagramSend = 16,
}

/** Who is at the other end of the network. */
export const enum PeerKind {
  /** eIM: ESipa. */
  Eim = 0,
  /** SM-DP+: ES9+. */
  Smdp = 1,
  /** SM-DS: ES11. */
  Smds = 2,
}

/** How messages are written. */
export const enum Binding {
  /** DER, one message a body. */
  Asn1 = 0,
  /** JSON with base64 of DER in it. */
  Json = 1,
}

/** How messages travel. With the last two the host is given datagrams (DatagramSend), not parts of a body. */
export const enum Scheme {
  /** HTTP over TLS. */
  Https = 0,
  /** CoAP over DTLS (SGP.32 v1.2 §6.2). */
  Coaps = 1,
  /** CoAP over bare UDP, which nothing protects: for tests and private networks. */
  Coap = 2,
}

/** Functions of ESipa, ES9+ and ES11 by the second byte of their tag. */
export const enum RspFunction {
  /** initiateAuthentication */
  InitiateAuthentication = 0x39,
  /** getBoundProfilePackage */
  GetBoundProfilePackage = 0x3a,
  /** authenticateClient */
  AuthenticateClient = 0x3b,
  /** handleNotification */
  HandleNotification = 0x3d,
  /** cancelSession */
  CancelSession = 0x41,
  /** getEimPackage */
  GetEimPackage = 0x4f,
  /** provideEimPackageResult */
  ProvideEimPackageResult = 0x50,
}

/** Tags of the summary that comes with action Finished; each value is a signed big-endian integer of 4 bytes. */
export const enum Summary {
  /** eIM packages handled, of all kinds. */
  Packages = 0x80,
  /** Profiles whose installation the eUICC confirmed. */
  ProfilesInstalled = 0x81,
  /** Notifications delivered from the eUICC's list; the result of a download of this run is not among them. */
  Notifications = 0x82,
  /**
   * The peer's own code behind the error: status word, +CME ERROR number (-1 where the modem sends words), result code, HTTP status; for a
   * status of ES9+ in JSON subject and reason code in five hexadecimal digits, 8.2.6 and 3.8 as 0x82638.
   */
  Detail = 0x83,
  /** StateChangeCause that no eIM has been told yet; -1: none. */
  StateChange = 0x84,
  /**
   * 1: the eUICC is a consumer one, and the functions of SGP.32 were the module's own. What the eIM got is signed by the device's key, not by
   * the eUICC; eIM configurations, counters and results are in the state region, and nowhere else.
   */
  Emulated = 0x85,
  /** Seconds until the next poll is due (option PollSchedule); -1: the host did not ask. */
  NextPoll = 0x86,
  /** How the card was reached over the AT link: CardAccess times 256, plus the data bytes per STORE DATA block that it came down to. */
  CardPath = 0x87,
}
