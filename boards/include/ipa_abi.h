/* SPDX-License-Identifier: Apache-2.0 */
/* Generated from assembly/abi/ by `npm run abi`; do not edit. The words of the interface between module and host. */
#ifndef IPA_ABI_H
#define IPA_ABI_H

/* errors: One space of results: >= 0 is a result, < 0 an error, in ranges of 16 by the layer that is at fault. */

/** Version of this interface; changes when a host must change. */
#define IPA_ABI_VERSION (4)

/** Errors, in ranges by layer: use, wire, card, modem, eUICC, eIM, SM-DP+, network, limits. */
enum ipa_error {
  /** use: a command is running already */
  IPA_ERROR_BUSY = -1,
  /** use: an event that nobody waits for */
  IPA_ERROR_UNEXPECTED_EVENT = -2,
  /** use: an option is unknown, of the wrong length or out of range */
  IPA_ERROR_BAD_OPTION = -3,
  /** use: more bytes than the window holds */
  IPA_ERROR_WINDOW_OVERFLOW = -4,
  /** use: no such event */
  IPA_ERROR_UNKNOWN_EVENT = -5,
  /** use: the eUICC has no eIM and the host brings none */
  IPA_ERROR_NO_INITIAL_EIM = -6,
  /** wire: a tag or length is not DER or BER definite form */
  IPA_ERROR_BAD_ENCODING = -16,
  /** wire: an element reaches past the end of what holds it */
  IPA_ERROR_OVERRUN = -17,
  /** wire: nested too deep */
  IPA_ERROR_TOO_DEEP = -18,
  /** wire: bytes after the end of the message */
  IPA_ERROR_TRAILING_BYTES = -19,
  /** wire: the message ends too early */
  IPA_ERROR_TRUNCATED = -20,
  /** wire: not the tag that must come here */
  IPA_ERROR_UNEXPECTED_TAG = -21,
  /** wire: a mandatory element is missing */
  IPA_ERROR_MISSING_ELEMENT = -22,
  /** wire: a value of the wrong length or out of range */
  IPA_ERROR_BAD_VALUE = -23,
  /** card: an error status word (detail: SW1SW2) */
  IPA_ERROR_STATUS_WORD = -32,
  /** card: a response shorter than a status word or with data where none may be */
  IPA_ERROR_BAD_RESPONSE = -33,
  /** card: GET RESPONSE without end */
  IPA_ERROR_ENDLESS_RESPONSE = -34,
  /** card: the card or its reader is gone */
  IPA_ERROR_CARD_LOST = -35,
  /** card: no ISD-R: not an eUICC (detail: SW1SW2) */
  IPA_ERROR_NOT_AN_EUICC = -36,
  /** modem: ERROR */
  IPA_ERROR_MODEM_ERROR = -48,
  /** modem: +CME ERROR or +CMS ERROR (detail: its number, -1 for text) */
  IPA_ERROR_MODEM_CME_ERROR = -49,
  /** modem: an answer whose length or hex digits are wrong */
  IPA_ERROR_MODEM_GARBAGE = -50,
  /** modem: no answer in time */
  IPA_ERROR_MODEM_TIMEOUT = -51,
  /** eUICC: the EID has wrong check digits */
  IPA_ERROR_BAD_EID = -64,
  /** eUICC: the function answered an error (detail: its code) */
  IPA_ERROR_EUICC_REFUSED = -65,
  /** eUICC: the eIM asked for is not associated with this eUICC */
  IPA_ERROR_EIM_NOT_ASSOCIATED = -66,
  /** eUICC: the bound profile package ended without a ProfileInstallationResult */
  IPA_ERROR_NO_INSTALLATION_RESULT = -67,
  /** eUICC: the profile was not installed (detail: errorReason of the ProfileInstallationResult) */
  IPA_ERROR_INSTALLATION_FAILED = -68,
  /** eIM: answered with an error (detail: its code) */
  IPA_ERROR_EIM_ERROR = -80,
  /** eIM: a package of unknown kind */
  IPA_ERROR_UNKNOWN_PACKAGE = -81,
  /** eIM: a download trigger that this module does not support or whose activation code is wrong */
  IPA_ERROR_BAD_TRIGGER = -82,
  /** eIM: an answer that cannot be decoded */
  IPA_ERROR_BAD_EIM_ANSWER = -83,
  /** SM-DP+: the signed server address is not the one asked for */
  IPA_ERROR_SERVER_ADDRESS_MISMATCH = -96,
  /** SM-DP+: the profile policy rules are not allowed on this device */
  IPA_ERROR_PPR_NOT_ALLOWED = -97,
  /** SM-DP+: a confirmation code is required and none was supplied */
  IPA_ERROR_CONFIRMATION_CODE_MISSING = -98,
  /** SM-DP+: refused (detail: its code, or subject and reason code of ES9+ as five hexadecimal digits) */
  IPA_ERROR_SMDP_ERROR = -99,
  /** SM-DP+: an answer that cannot be decoded */
  IPA_ERROR_BAD_SMDP_ANSWER = -100,
  /** SM-DP+: its certificate is not valid at the present time */
  IPA_ERROR_CERTIFICATE_EXPIRED = -101,
  /** SM-DP+: its certificate has another OID than the activation code */
  IPA_ERROR_SMDP_OID_MISMATCH = -102,
  /** SM-DP+: its certificate is of a CI that the eIM does not allow */
  IPA_ERROR_CERTIFICATE_ISSUER_REFUSED = -103,
  /** SM-DP+: the profile in the package is not the one that was announced */
  IPA_ERROR_METADATA_MISMATCH = -104,
  /** SM-DP+: the user or the device's policy does not want the profile */
  IPA_ERROR_CONSENT_REFUSED = -105,
  /** SM-DP+: the eUICC has no address of a default SM-DP+ or of an SM-DS */
  IPA_ERROR_NO_SERVER_ADDRESS = -106,
  /** network: no connection */
  IPA_ERROR_NETWORK_UNREACHABLE = -112,
  /** network: time-out */
  IPA_ERROR_NETWORK_TIMEOUT = -113,
  /** network: the server is not the one that is trusted: another key, another issuer, or no TLS at all */
  IPA_ERROR_NETWORK_TLS_REFUSED = -114,
  /** network: connection lost in the middle */
  IPA_ERROR_NETWORK_CONNECTION_LOST = -115,
  /** network: HTTP status (detail) */
  IPA_ERROR_NETWORK_HTTP_STATUS = -116,
  /** network: not an ESipa answer */
  IPA_ERROR_NETWORK_MALFORMED = -117,
  /** network: the CoAP server refused (detail: class and code, 0x84 is 4.04), or RST (detail 0) */
  IPA_ERROR_COAP_REFUSED = -118,
  /** network: CoAP needs a random number, and option Seed is missing */
  IPA_ERROR_NO_SEED = -119,
  /** limits: a message larger than the message buffer */
  IPA_ERROR_MESSAGE_TOO_LONG = -128,
  /** limits: more packages in one poll than allowed */
  IPA_ERROR_TOO_MANY_PACKAGES = -129,
};

/* limits: Sizes of windows and buffers, in bytes. Every number here is RAM on the device. */

/** Network window: the largest part of a message that is in memory at a time, each way. */
#define IPA_NETWORK_WINDOW_BYTES (1024)

/** Room for what CoAP has in front of a block of NETWORK_WINDOW_BYTES. */
#define IPA_COAP_HEAD_BYTES (64)

/** Modem bytes or response APDU per event. */
#define IPA_CARD_WINDOW_BYTES (258)

/** What is read of a line of the modem before it is looked at. */
#define IPA_LINE_BYTES (64)

/** A response APDU, and twice LINE_BYTES of digits that may go beyond it. */
#define IPA_RESPONSE_BYTES (324)

/** The handle of a channel that the modem opens; long ones have 16 digits. */
#define IPA_SESSION_BYTES (24)

/** The longest AT command line: AT+CGLA=<handle>,522,"…" and carriage return. */
#define IPA_CARD_LINE_BYTES (564)

/** Messages that must be seen whole: certificates and signatures of an authentication, an eIM configuration, a signed result. */
#define IPA_MESSAGE_BYTES (3072)

/** A report that only this module holds: signed error of a package, error of a trigger. */
#define IPA_OWED_BYTES (512)

/** Activation code (SGP.32 v1.2 §2.11.1.3: 0..255). */
#define IPA_ACTIVATION_CODE_BYTES (256)

/** Nesting of TLVs that is followed. */
#define IPA_TLV_DEPTH (16)

/** GET RESPONSE commands for one ES10 function. */
#define IPA_MAX_GET_RESPONSES (512)

/** Elements of profile metadata that are kept: ICCID, names, class, policy rules, owner. */
#define IPA_METADATA_BYTES (256)

/** Notifications whose failed deliveries are remembered, 8 bytes each. */
#define IPA_BACKOFF_BYTES (64)

/** The virtual ISD-R (emulation/): the longest command it takes, an eUICC package or AddInitialEim. */
#define IPA_VIRTUAL_COMMAND_BYTES (2048)

/** … its longest answer, while it is put together. */
#define IPA_VIRTUAL_ANSWER_BYTES (2432)

/** … the eIM configurations it keeps. */
#define IPA_VIRTUAL_EIMS_BYTES (1536)

/** … the eUICC package results it keeps until the eIM has them; the oldest goes when there is no room. */
#define IPA_VIRTUAL_RESULTS_BYTES (1920)

/** Everything of the virtual ISD-R: these four, and what is small. */
#define IPA_EMULATION_BYTES (9216)

/* actions: What the module asks its host to do. ipa_poll returns one of these; ipa_argument, ipa_data and ipa_length describe it. */

/** What the host is asked to do. */
enum ipa_action {
  /** Nothing to do until an event comes. Argument: milliseconds after which to poll again, or -1 when only an event matters. */
  IPA_ACTION_IDLE = 0,
  /** Write the data bytes to the modem's line. Answered by event CardData, in any chunking. */
  IPA_ACTION_CARD_WRITE = 1,
  /** Transmit the data bytes, one command APDU, to the card. Answered by event CardResponse. */
  IPA_ACTION_CARD_TRANSMIT = 2,
  /** Reset the card and re-attach the modem (APDU link only; the AT link does it itself). Answered by event CardReady. */
  IPA_ACTION_CARD_RESET = 3,
  /** Select the peer to talk to. Data: 80 PeerKind, 82 Binding (one byte each), 83 Scheme where it is not HTTPS, 84 (empty) where this peer is to be waited for on the device's own port, 81 address, then A6 with trustedPublicKeyDataTls where the eUICC holds one for an eIM. Answered by event NetworkOpened. */
  IPA_ACTION_NETWORK_OPEN = 4,
  /** Send the data bytes as the next part of a request body. Argument: length of the whole body in bytes, plus 2^24 times the function, which is the second byte of its tag (RspFunction); the JSON binding has it in the path. Answered by event NetworkSent. */
  IPA_ACTION_NETWORK_SEND = 5,
  /** Give the next part of the response body. Argument: how many bytes it may have. Answered by event NetworkData. */
  IPA_ACTION_NETWORK_RECEIVE = 6,
  /** Drop the exchange in progress; the peer stays selected. Not answered. */
  IPA_ACTION_NETWORK_ABORT = 7,
  /** The peer is no longer needed. Not answered. */
  IPA_ACTION_NETWORK_CLOSE = 8,
  /** Give the next part of the ES10 request that the host brings: of command Es10, or the AddInitialEimRequest. Argument: how many bytes it may have. Answered by event RequestData. */
  IPA_ACTION_REQUEST_READ = 9,
  /** A good moment to save the state region: a report is now owed, or no longer owed. Not answered. */
  IPA_ACTION_PERSIST = 10,
  /** The command is over. Argument: 0, or the negative error that ended it. Data: summary TLVs (tags in Summary). */
  IPA_ACTION_FINISHED = 11,
  /** Take the data bytes as the next part of the eUICC's answer to command Es10. Argument: 1 when more follows, else 0. Not answered. */
  IPA_ACTION_ANSWER = 12,
  /** Say whether a profile may be installed. Data: 80 transactionId, 01 whether a confirmation code is required, 83 whether the Rules Authorisation Table demands consent, then of the profile's metadata 5A, 91, 92, 95, 99 and B7 as far as they are there. Answered by event Consent. */
  IPA_ACTION_CONSENT = 13,
  /** Sign the data bytes with the device's key: ECDSA with SHA-256. Answered by event Signature. Variant ipad-consumer alone, as the next one. */
  IPA_ACTION_SIGN = 14,
  /** Check a signature of an eIM. Data: A5 with eimPublicKeyData (A0 key or A1 certificate), then the signed bytes, 30 and 84 as they stand, then 5F37 with the signature. Answered by event Verified. */
  IPA_ACTION_VERIFY_EIM = 15,
  /** Send the data bytes to the peer as one datagram. They are there until the next call of ipa_poll or ipa_event, and before the host writes to a window. Not answered: the module knows what to do about datagrams that are lost. */
  IPA_ACTION_DATAGRAM_SEND = 16,
};

/** Who is at the other end of the network. */
enum ipa_peer_kind {
  /** eIM: ESipa. */
  IPA_PEER_KIND_EIM = 0,
  /** SM-DP+: ES9+. */
  IPA_PEER_KIND_SMDP = 1,
  /** SM-DS: ES11. */
  IPA_PEER_KIND_SMDS = 2,
};

/** How messages are written. */
enum ipa_binding {
  /** DER, one message a body. */
  IPA_BINDING_ASN1 = 0,
  /** JSON with base64 of DER in it. */
  IPA_BINDING_JSON = 1,
};

/** How messages travel. With the last two the host is given datagrams (DatagramSend), not parts of a body. */
enum ipa_scheme {
  /** HTTP over TLS. */
  IPA_SCHEME_HTTPS = 0,
  /** CoAP over DTLS (SGP.32 v1.2 §6.2). */
  IPA_SCHEME_COAPS = 1,
  /** CoAP over bare UDP, which nothing protects: for tests and private networks. */
  IPA_SCHEME_COAP = 2,
};

/** Functions of ESipa, ES9+ and ES11 by the second byte of their tag. */
enum ipa_rsp_function {
  /** initiateAuthentication */
  IPA_RSP_FUNCTION_INITIATE_AUTHENTICATION = 0x39,
  /** getBoundProfilePackage */
  IPA_RSP_FUNCTION_GET_BOUND_PROFILE_PACKAGE = 0x3a,
  /** authenticateClient */
  IPA_RSP_FUNCTION_AUTHENTICATE_CLIENT = 0x3b,
  /** handleNotification */
  IPA_RSP_FUNCTION_HANDLE_NOTIFICATION = 0x3d,
  /** cancelSession */
  IPA_RSP_FUNCTION_CANCEL_SESSION = 0x41,
  /** getEimPackage */
  IPA_RSP_FUNCTION_GET_EIM_PACKAGE = 0x4f,
  /** provideEimPackageResult */
  IPA_RSP_FUNCTION_PROVIDE_EIM_PACKAGE_RESULT = 0x50,
};

/** Tags of the summary that comes with action Finished; each value is a signed big-endian integer of 4 bytes. */
enum ipa_summary {
  /** eIM packages handled, of all kinds. */
  IPA_SUMMARY_PACKAGES = 0x80,
  /** Profiles whose installation the eUICC confirmed. */
  IPA_SUMMARY_PROFILES_INSTALLED = 0x81,
  /** Notifications delivered from the eUICC's list; the result of a download of this run is not among them. */
  IPA_SUMMARY_NOTIFICATIONS = 0x82,
  /** The peer's own code behind the error: status word, +CME ERROR number (-1 where the modem sends words), result code, HTTP status; for a status of ES9+ in JSON subject and reason code in five hexadecimal digits, 8.2.6 and 3.8 as 0x82638. */
  IPA_SUMMARY_DETAIL = 0x83,
  /** StateChangeCause that no eIM has been told yet; -1: none. */
  IPA_SUMMARY_STATE_CHANGE = 0x84,
  /** 1: the eUICC is a consumer one, and the functions of SGP.32 were the module's own. What the eIM got is signed by the device's key, not by the eUICC; eIM configurations, counters and results are in the state region, and nowhere else. */
  IPA_SUMMARY_EMULATED = 0x85,
  /** Seconds until the next poll is due (option PollSchedule); -1: the host did not ask. */
  IPA_SUMMARY_NEXT_POLL = 0x86,
  /** How the card was reached over the AT link: CardAccess times 256, plus the data bytes per STORE DATA block that it came down to. */
  IPA_SUMMARY_CARD_PATH = 0x87,
};

/* events: What the host tells the module. Bytes of an event are first copied to ipa_window(kind), at most ipa_window_size(kind) of them. */

/** What happened, told by ipa_event(kind, argument, length). */
enum ipa_event {
  /** Start a command. Bytes: option TLVs (Option). */
  IPA_EVENT_COMMAND = 1,
  /** Bytes from the modem's line. */
  IPA_EVENT_CARD_DATA = 2,
  /** One response APDU: data, SW1, SW2. */
  IPA_EVENT_CARD_RESPONSE = 3,
  /** The card was reset and answers. */
  IPA_EVENT_CARD_READY = 4,
  /** The card or its line is gone. */
  IPA_EVENT_CARD_FAILED = 5,
  /** The peer is selected. */
  IPA_EVENT_NETWORK_OPENED = 6,
  /** The part of the request body was taken; the next one may come. */
  IPA_EVENT_NETWORK_SENT = 7,
  /** A part of the response body. Argument: 1 when more follows, 0 with the last part (which may be empty). */
  IPA_EVENT_NETWORK_DATA = 8,
  /** The exchange failed. Argument: a NetworkFailure code, plus 256 times the HTTP status where there is one. */
  IPA_EVENT_NETWORK_FAILED = 9,
  /** A part of the ES10 request that the host brings. Argument: 1 when more follows, 0 with the last part. */
  IPA_EVENT_REQUEST_DATA = 10,
  /** Whether the profile may be installed. Argument: a ConsentAnswer. Bytes: hashCc (32 bytes) where a confirmation code is required and known. */
  IPA_EVENT_CONSENT = 11,
  /** The signature that action Sign asked for. Bytes: r and s, 32 bytes each; none when there is no key. */
  IPA_EVENT_SIGNATURE = 12,
  /** What action VerifyEim asked for. Argument: 1 when the signature is right, else 0. */
  IPA_EVENT_VERIFIED = 13,
  /** A datagram of the peer. It may come at any time. One that is longer than the window, or that is refused with UnexpectedEvent, is dropped: the peer sends it again. */
  IPA_EVENT_DATAGRAM = 14,
};

/** What the user or the device's policy says; the first two are the reasons to cancel with (SGP.22 v2.5 §5.7.14). */
enum ipa_consent_answer {
  /** endUserRejection */
  IPA_CONSENT_ANSWER_REJECT = 0,
  /** postponed */
  IPA_CONSENT_ANSWER_POSTPONE = 1,
  /** Yes. */
  IPA_CONSENT_ANSWER_INSTALL = 2,
};

/** Why the network could not do it. */
enum ipa_network_failure {
  /** No connection to the address. */
  IPA_NETWORK_FAILURE_UNREACHABLE = 1,
  /** Connecting, the response head or a part of the body took too long. */
  IPA_NETWORK_FAILURE_TIMEOUT = 2,
  /** The server did not show the key that the eIM configuration names. */
  IPA_NETWORK_FAILURE_TLS_REFUSED = 3,
  /** The connection was cut in the middle of an exchange. */
  IPA_NETWORK_FAILURE_CONNECTION_LOST = 4,
  /** The HTTP status was not 2xx. */
  IPA_NETWORK_FAILURE_HTTP_STATUS = 5,
  /** The answer was not of the expected media type or form. */
  IPA_NETWORK_FAILURE_MALFORMED = 6,
};

/* options: Option TLVs of event Command: one-byte tag, one-byte length (81 LL from 128 on), value. Unknown options are refused. */

/** Options of a command; all but Command may be left out. */
enum ipa_option {
  /** Which command (Command), 1 byte. */
  IPA_OPTION_COMMAND = 0x80,
  /** Card link (CardLink), 1 byte. Default: At. */
  IPA_OPTION_CARD_LINK = 0x81,
  /** Data bytes per STORE DATA block, 1 byte, 16 to 255. Default: 255. */
  IPA_OPTION_BLOCK_BYTES = 0x82,
  /** eimId of the eIM to poll, UTF-8, 1 to 128 bytes. Default: the first in the eUICC. */
  IPA_OPTION_EIM_ID = 0x83,
  /** Empty: an AddInitialEimRequest can be read with action RequestRead. */
  IPA_OPTION_INITIAL_EIM = 0x84,
  /** First 4 bytes of the IMEI as SGP.22 DeviceInfo.tac. Default: 35290611. */
  IPA_OPTION_TAC = 0x85,
  /** IMEI, 8 bytes, swapped BCD. Default: left out. */
  IPA_OPTION_IMEI = 0x86,
  /** Contents of SGP.22 DeviceCapabilities, at most 48 bytes. Default: LTE release 13. */
  IPA_OPTION_DEVICE_CAPABILITIES = 0x87,
  /** ipaFeatures, one byte of named bits, bit 0 first. Default: indirect, eimCtxParams1Generation. */
  IPA_OPTION_IPA_FEATURES = 0x88,
  /** Time-out of one card command in milliseconds, 4 bytes big endian, below 2^31. Default: 30000. */
  IPA_OPTION_CARD_TIMEOUT_MS = 0x89,
  /** Address to use instead of the eIM's own ("host:port"), at most 128 bytes. */
  IPA_OPTION_EIM_ADDRESS = 0x8a,
  /** Packages to handle at most in one poll, 1 byte. Default: 32. */
  IPA_OPTION_MAX_PACKAGES = 0x8b,
  /** Empty: the command that was in progress when the state was saved is given up; what is owed stays owed. For the first command after power loss. */
  IPA_OPTION_RESTART = 0x8c,
  /** Binding of ESipa (Binding), 1 byte. Default: Asn1. */
  IPA_OPTION_ESIPA_BINDING = 0x8d,
  /** Binding of ES9+ and ES11 (Binding), 1 byte. Default: Json where the module has it, else Asn1. */
  IPA_OPTION_RSP_BINDING = 0x8e,
  /** What to download, for command Download: contents of profileDownloadData (SGP.32 v1.2 §2.11.1.3), 80 activationCode, 81 contactDefaultSmdp or A2 contactSmds. */
  IPA_OPTION_DOWNLOAD_DATA = 0x8f,
  /** Empty: action Consent comes for every profile, not only where the Rules Authorisation Table demands consent. */
  IPA_OPTION_ASK_CONSENT = 0x90,
  /** The time in UTC as 14 digits YYYYMMDDhhmmss: certificates of servers must be valid then. Default: validity is not checked. */
  IPA_OPTION_UTC_TIME = 0x91,
  /** StateChangeCause to tell the eIM with the first request, 1 byte. Default: what the module itself has seen. */
  IPA_OPTION_STATE_CHANGE_CAUSE = 0x92,
  /** rPLMN to tell the eIM, 3 bytes as in SGP.32 v1.2 §6.3.2.6. Default: left out. */
  IPA_OPTION_RPLMN = 0x93,
  /** Whom to declare by TERMINAL CAPABILITY (Assistant), 1 byte. Default: Ipad; in the variant lpa Lpad. */
  IPA_OPTION_ASSISTANT = 0x94,
  /** How long the modem may take to be online after a profile change before it is rolled back, in milliseconds, 4 bytes big endian, below 2^31. Default: 180000. */
  IPA_OPTION_ONLINE_TIMEOUT_MS = 0x95,
  /** Minor version of the eIM's SGP.32, 1 byte: 0 for v1.0, whose ProvideEimPackageResult has no eidValue. Default: 2. */
  IPA_OPTION_ESIPA_VERSION = 0x96,
  /** How messages reach the eIM (Scheme), 1 byte. Default: CoAP over DTLS where the eIM's configuration allows that and not HTTPS, else HTTPS. Command Listen takes Https for CoAP over DTLS, too. */
  IPA_OPTION_ESIPA_SCHEME = 0x97,
  /** Random number that tokens and message IDs of CoAP, and the addition of PollSchedule, are drawn from, 4 bytes, not zero. Without: CoAP is refused, nothing is added. */
  IPA_OPTION_SEED = 0x98,
  /** Largest block of CoAP in bytes as the exponent SZX, 1 byte, 0 to 6: 16 to 1,024 bytes. Default: 6. */
  IPA_OPTION_COAP_BLOCK_SZX = 0x99,
  /** ACK_TIMEOUT of RFC 7252 in milliseconds, 4 bytes big endian, below 2^31; adapted upwards to the round trips seen. Default: 2000. */
  IPA_OPTION_ACK_TIMEOUT_MS = 0x9a,
  /** When to poll next, 20 bytes: interval, random addition at most, then where the device is awake or reachable only at times (eDRX, PSM) how long until the next window opens, from one window to the next (0: always), and how long a window is; seconds, 4 bytes big endian each. */
  IPA_OPTION_POLL_SCHEDULE = 0x9b,
  /** How long command Listen waits for a package, in milliseconds, 4 bytes big endian, below 2^31. Default: 60000. */
  IPA_OPTION_LISTEN_MS = 0x9c,
  /** What the modem is like, 1 byte: way to the card (CardAccess), and its oddities (ModemQuirk) added to that; AT link only. Default: 0. */
  IPA_OPTION_MODEM = 0x9d,
  /** Data bytes asked for by one GET RESPONSE at most, 1 byte, 16 to 255. Default: what the card has, at most 256; less is learnt. */
  IPA_OPTION_RESPONSE_BYTES = 0x9e,
};

/** Values of option Command. */
enum ipa_command {
  /** Start up, deliver what is owed, fetch and run packages until none is left (SGP.32 v1.2 §3.1.1.1). */
  IPA_COMMAND_POLL = 1,
  /** Download the profile of option DownloadData straight from the SM-DP+ (SGP.22 v2.5 §3.1.3), and deliver notifications. */
  IPA_COMMAND_DOWNLOAD = 2,
  /** Run one ES10 function: request by action RequestRead, answer by action Answer. The card is reset where the function switched profiles. */
  IPA_COMMAND_ES10 = 3,
  /** Deliver notifications to the SM-DP+ that they are for (SGP.22 v2.5 §3.5). */
  IPA_COMMAND_DELIVER_NOTIFICATIONS = 4,
  /** Wait for packages that the eIM pushes, over CoAP (SGP.32 v1.2 §3.1.1.2). */
  IPA_COMMAND_LISTEN = 5,
};

/** Values of option Assistant. */
enum ipa_assistant {
  /** IPA in the device (SGP.32 v1.2 §3.8.2). */
  IPA_ASSISTANT_IPAD = 0,
  /** LPA in the device: local user, download, discovery (SGP.22 v2.5 §3.4.2). */
  IPA_ASSISTANT_LPAD = 1,
  /** Lpad for a consumer eUICC, whose missing functions of SGP.32 the module has itself; only and by default in the variant ipad-consumer. */
  IPA_ASSISTANT_EMULATED = 2,
};

/** Values of option CardLink. */
enum ipa_card_link {
  /** The host transmits APDUs (action CardTransmit). */
  IPA_CARD_LINK_APDU = 0,
  /** The module speaks AT commands (action CardWrite). */
  IPA_CARD_LINK_AT = 1,
};

/** How an APDU goes through the modem (3GPP TS 27.007): the lower two bits of option Modem. */
enum ipa_card_access {
  /** The first of the others that works, in their order; what worked is tried first by the next command. */
  IPA_CARD_ACCESS_AUTO = 0,
  /** AT+CSIM: the module opens the logical channel itself (§8.17). */
  IPA_CARD_ACCESS_CSIM = 1,
  /** AT+CCHO, AT+CGLA, AT+CCHC: the modem opens it (§8.43 to §8.46). */
  IPA_CARD_ACCESS_CHANNEL = 2,
  /** AT+CSIM on the basic channel, where the modem lets nothing else through. */
  IPA_CARD_ACCESS_BASIC = 3,
};

/** The bits of option Modem that are a CardAccess. */
#define IPA_CARD_ACCESS (3)

/** The other bits of option Modem. */
enum ipa_modem_quirk {
  /** AT+CSIM=1 locks the SIM interface before the first APDU, AT+CSIM=0 unlocks it (Telit). */
  IPA_MODEM_QUIRK_SIM_LOCK = 4,
  /** AT+CGLA leaves the class byte alone: the module puts the channel in, which is the session's number. */
  IPA_MODEM_QUIRK_PASSES_CLASS_BYTE = 8,
  /** The network does not go by way of this modem: its registration is not waited for after a profile change. */
  IPA_MODEM_QUIRK_NO_REGISTRATION = 16,
  /** A profile change is followed by AT+CFUN=4 and 1, not by AT+CFUN=0 and 1, which takes the card's power (§8.2). */
  IPA_MODEM_QUIRK_RADIO_CYCLE = 32,
  /** A profile change is followed by AT+CFUN=1,1: the modem restarts. */
  IPA_MODEM_QUIRK_RESTART = 64,
};

#endif
