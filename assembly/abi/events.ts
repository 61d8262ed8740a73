// SPDX-License-Identifier: Apache-2.0
// What the host tells the module. Bytes of an event are first copied to ipa_window(kind), at most ipa_window_size(kind) of them.

/** What happened, told by ipa_event(kind, argument, length). */
export const enum Event {
  /** Start a command. Bytes: option TLVs (Option). */
  Command = 1,
  /** Bytes from the modem's line. */
  CardData = 2,
  /** One response APDU: data, SW1, SW2. */
  CardResponse = 3,
  /** The card was reset and answers. */
  CardReady = 4,
  /** The card or its line is gone. */
  CardFailed = 5,
  /** The peer is selected. */
  NetworkOpened = 6,
  /** The part of the request body was taken; the next one may come. */
  NetworkSent = 7,
  /** A part of the response body. Argument: 1 when more follows, 0 with the last part (which may be empty). */
  NetworkData = 8,
  /** The exchange failed. Argument: a NetworkFailure code, plus 256 times the HTTP status where there is one. */
  NetworkFailed = 9,
  /** A part of the ES10 request that the host brings. Argument: 1 when more follows, 0 with the last part. */
  RequestData = 10,
  /** Whether the profile may be installed. Argument: a ConsentAnswer. Bytes: hashCc (32 bytes) where a confirmation code is required and known. */
  Consent = 11,
  /** The signature that action Sign asked for. Bytes: r and s, 32 bytes each; none when there is no key. */
  Signature = 12,
  /** What action VerifyEim asked for. Argument: 1 when the signature is right, else 0. */
  Verified = 13,
  /**
   * A datagram of the peer. It may come at any time. One that is longer than the window, or that is refused with UnexpectedEvent, is dropped:
   * the peer sends it again.
   */
  Datagram = 14,
}

/** What the user or the device's policy says; the first two are the reasons to cancel with (SGP.22 v2.5 §5.7.14). */
export const enum ConsentAnswer {
  /** endUserRejection */
  Reject = 0,
  /** postponed */
  Postpone = 1,
  /** Yes. */
  Install = 2,
}

/** Why the network could not do it. */
export const enum NetworkFailure {
  /** No connection to the address. */
  Unreachable = 1,
  /** Connecting, the response head or a part of the body took too long. */
  Timeout = 2,
  /** The server did not show the key that the eIM configuration names. */
  TlsRefused = 3,
  /** The connection was cut in the middle of an exchange. */
  ConnectionLost = 4,
  /** The HTTP status was not 2xx. */
  HttpStatus = 5,
  /** The answer was not of the expected media type or form. */
  Malformed = 6,
}
