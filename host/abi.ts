// SPDX-License-Identifier: Apache-2.0
// Generated from assembly/abi/ by `npm run abi`; do not edit. The words of the interface between module and host.

// errors: One space of results: >= 0 is a result, < 0 an error, in ranges of 16 by the layer that is at fault.

/** Version of this interface; changes when a host must change. */
export const ABI_VERSION = 4;

/** Errors, in ranges by layer: use, wire, card, modem, eUICC, eIM, SM-DP+, network, limits. */
export const ErrorCode = {
  /** use: a command is running already */
  Busy: -1,
  /** use: an event that nobody waits for */
  UnexpectedEvent: -2,
  /** use: an option is unknown, of the wrong length or out of range */
  BadOption: -3,
  /** use: more bytes than the window holds */
  WindowOverflow: -4,
  /** use: no such event */
  UnknownEvent: -5,
  /** use: the eUICC has no eIM and the host brings none */
  NoInitialEim: -6,
  /** wire: a tag or length is not DER or BER definite form */
  BadEncoding: -16,
  /** wire: an element reaches past the end of what holds it */
  Overrun: -17,
  /** wire: nested too deep */
  TooDeep: -18,
  /** wire: bytes after the end of the message */
  TrailingBytes: -19,
  /** wire: the message ends too early */
  Truncated: -20,
  /** wire: not the tag that must come here */
  UnexpectedTag: -21,
  /** wire: a mandatory element is missing */
  MissingElement: -22,
  /** wire: a value of the wrong length or out of range */
  BadValue: -23,
  /** card: an error status word (detail: SW1SW2) */
  StatusWord: -32,
  /** card: a response shorter than a status word or with data where none may be */
  BadResponse: -33,
  /** card: GET RESPONSE without end */
  EndlessResponse: -34,
  /** card: the card or its reader is gone */
  CardLost: -35,
  /** card: no ISD-R: not an eUICC (detail: SW1SW2) */
  NotAnEuicc: -36,
  /** modem: ERROR */
  ModemError: -48,
  /** modem: +CME ERROR or +CMS ERROR (detail: its number, -1 for text) */
  ModemCmeError: -49,
  /** modem: an answer whose length or hex digits are wrong */
  ModemGarbage: -50,
  /** modem: no answer in time */
  ModemTimeout: -51,
  /** eUICC: the EID has wrong check digits */
  BadEid: -64,
  /** eUICC: the function answered an error (detail: its code) */
  EuiccRefused: -65,
  /** eUICC: the eIM asked for is not associated with this eUICC */
  EimNotAssociated: -66,
  /** eUICC: the bound profile package ended without a ProfileInstallationResult */
  NoInstallationResult: -67,
  /** eUICC: the profile was not installed (detail: errorReason of the ProfileInstallationResult) */
  InstallationFailed: -68,
  /** eIM: answered with an error (detail: its code) */
  EimError: -80,
  /** eIM: a package of unknown kind */
  UnknownPackage: -81,
  /** eIM: a download trigger that this module does not support or whose activation code is wrong */
  BadTrigger: -82,
  /** eIM: an answer that cannot be decoded */
  BadEimAnswer: -83,
  /** SM-DP+: the signed server address is not the one asked for */
  ServerAddressMismatch: -96,
  /** SM-DP+: the profile policy rules are not allowed on this device */
  PprNotAllowed: -97,
  /** SM-DP+: a confirmation code is required and none was supplied */
  ConfirmationCodeMissing: -98,
  /** SM-DP+: refused (detail: its code, or subject and reason code of ES9+ as five hexadecimal digits) */
  SmdpError: -99,
  /** SM-DP+: an answer that cannot be decoded */
  BadSmdpAnswer: -100,
  /** SM-DP+: its certificate is not valid at the present time */
  CertificateExpired: -101,
  /** SM-DP+: its certificate has another OID than the activation code */
  SmdpOidMismatch: -102,
  /** SM-DP+: its certificate is of a CI that the eIM does not allow */
  CertificateIssuerRefused: -103,
  /** SM-DP+: the profile in the package is not the one that was announced */
  MetadataMismatch: -104,
  /** SM-DP+: the user or the device's policy does not want the profile */
  ConsentRefused: -105,
  /** SM-DP+: the eUICC has no address of a default SM-DP+ or of an SM-DS */
  NoServerAddress: -106,
  /** network: no connection */
  NetworkUnreachable: -112,
  /** network: time-out */
  NetworkTimeout: -113,
  /** network: the server is not the one that is trusted: another key, another issuer, or no TLS at all */
  NetworkTlsRefused: -114,
  /** network: connection lost in the middle */
  NetworkConnectionLost: -115,
  /** network: HTTP status (detail) */
  NetworkHttpStatus: -116,
  /** network: not an ESipa answer */
  NetworkMalformed: -117,
  /** network: the CoAP server refused (detail: class and code, 0x84 is 4.04), or RST (detail 0) */
  CoapRefused: -118,
  /** network: CoAP needs a random number, and option Seed is missing */
  NoSeed: -119,
  /** limits: a message larger than the message buffer */
  MessageTooLong: -128,
  /** limits: more packages in one poll than allowed */
  TooManyPackages: -129,
} as const;
/** Errors, in ranges by layer: use, wire, card, modem, eUICC, eIM, SM-DP+, network, limits. */
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

// limits: Sizes of windows and buffers, in bytes. Every number here is RAM on the device.

/** Network window: the largest part of a message that is in memory at a time, each way. */
export const NETWORK_WINDOW_BYTES = 1024;

/** Room for what CoAP has in front of a block of NETWORK_WINDOW_BYTES. */
export const COAP_HEAD_BYTES = 64;

/** Modem bytes or response APDU per event. */
export const CARD_WINDOW_BYTES = 258;

/** What is read of a line of the modem before it is looked at. */
export const LINE_BYTES = 64;

/** A response APDU, and twice LINE_BYTES of digits that may go beyond it. */
export const RESPONSE_BYTES = 324;

/** The handle of a channel that the modem opens; long ones have 16 digits. */
export const SESSION_BYTES = 24;

/** The longest AT command line: AT+CGLA=<handle>,522,"…" and carriage return. */
export const CARD_LINE_BYTES = 564;

/** Messages that must be seen whole: certificates and signatures of an authentication, an eIM configuration, a signed result. */
export const MESSAGE_BYTES = 3072;

/** A report that only this module holds: signed error of a package, error of a trigger. */
export const OWED_BYTES = 512;

/** Activation code (SGP.32 v1.2 §2.11.1.3: 0..255). */
export const ACTIVATION_CODE_BYTES = 256;

/** Nesting of TLVs that is followed. */
export const TLV_DEPTH = 16;

/** GET RESPONSE commands for one ES10 function. */
export const MAX_GET_RESPONSES = 512;

/** Elements of profile metadata that are kept: ICCID, names, class, policy rules, owner. */
export const METADATA_BYTES = 256;

/** Notifications whose failed deliveries are remembered, 8 bytes each. */
export const BACKOFF_BYTES = 64;

/** The virtual ISD-R (emulation/): the longest command it takes, an eUICC package or AddInitialEim. */
export const VIRTUAL_COMMAND_BYTES = 2048;

/** … its longest answer, while it is put together. */
export const VIRTUAL_ANSWER_BYTES = 2432;

/** … the eIM configurations it keeps. */
export const VIRTUAL_EIMS_BYTES = 1536;

/** … the eUICC package results it keeps until the eIM has them; the oldest goes when there is no room. */
export const VIRTUAL_RESULTS_BYTES = 1920;

/** Everything of the virtual ISD-R: these four, and what is small. */
export const EMULATION_BYTES = 9216;

// actions: What the module asks its host to do. ipa_poll returns one of these; ipa_argument, ipa_data and ipa_length describe it.

/** What the host is asked to do. */
export const Action = {
  /** Nothing to do until an event comes. Argument: milliseconds after which to poll again, or -1 when only an event matters. */
  Idle: 0,
  /** Write the data bytes to the modem's line. Answered by event CardData, in any chunking. */
  CardWrite: 1,
  /** Transmit the data bytes, one command APDU, to the card. Answered by event CardResponse. */
  CardTransmit: 2,
  /** Reset the card and re-attach the modem (APDU link only; the AT link does it itself). Answered by event CardReady. */
  CardReset: 3,
  /** Select the peer to talk to. Data: 80 PeerKind, 82 Binding (one byte each), 83 Scheme where it is not HTTPS, 84 (empty) where this peer is to be waited for on the device's own port, 81 address, then A6 with trustedPublicKeyDataTls where the eUICC holds one for an eIM. Answered by event NetworkOpened. */
  NetworkOpen: 4,
  /** Send the data bytes as the next part of a request body. Argument: length of the whole body in bytes, plus 2^24 times the function, which is the second byte of its tag (RspFunction); the JSON binding has it in the path. Answered by event NetworkSent. */
  NetworkSend: 5,
  /** Give the next part of the response body. Argument: how many bytes it may have. Answered by event NetworkData. */
  NetworkReceive: 6,
  /** Drop the exchange in progress; the peer stays selected. Not answered. */
  NetworkAbort: 7,
  /** The peer is no longer needed. Not answered. */
  NetworkClose: 8,
  /** Give the next part of the ES10 request that the host brings: of command Es10, or the AddInitialEimRequest. Argument: how many bytes it may have. Answered by event RequestData. */
  RequestRead: 9,
  /** A good moment to save the state region: a report is now owed, or no longer owed. Not answered. */
  Persist: 10,
  /** The command is over. Argument: 0, or the negative error that ended it. Data: summary TLVs (tags in Summary). */
  Finished: 11,
  /** Take the data bytes as the next part of the eUICC's answer to command Es10. Argument: 1 when more follows, else 0. Not answered. */
  Answer: 12,
  /** Say whether a profile may be installed. Data: 80 transactionId, 01 whether a confirmation code is required, 83 whether the Rules Authorisation Table demands consent, then of the profile's metadata 5A, 91, 92, 95, 99 and B7 as far as they are there. Answered by event Consent. */
  Consent: 13,
  /** Sign the data bytes with the device's key: ECDSA with SHA-256. Answered by event Signature. Variant ipad-consumer alone, as the next one. */
  Sign: 14,
  /** Check a signature of an eIM. Data: A5 with eimPublicKeyData (A0 key or A1 certificate), then the signed bytes, 30 and 84 as they stand, then 5F37 with the signature. Answered by event Verified. */
  VerifyEim: 15,
  /** Send the data bytes to the peer as one datagram. They are there until the next call of ipa_poll or ipa_event, and before the host writes to a window. Not answered: the module knows what to do about datagrams that are lost. */
  DatagramSend: 16,
} as const;
/** What the host is asked to do. */
export type Action = (typeof Action)[keyof typeof Action];

/** Who is at the other end of the network. */
export const PeerKind = {
  /** eIM: ESipa. */
  Eim: 0,
  /** SM-DP+: ES9+. */
  Smdp: 1,
  /** SM-DS: ES11. */
  Smds: 2,
} as const;
/** Who is at the other end of the network. */
export type PeerKind = (typeof PeerKind)[keyof typeof PeerKind];

/** How messages are written. */
export const Binding = {
  /** DER, one message a body. */
  Asn1: 0,
  /** JSON with base64 of DER in it. */
  Json: 1,
} as const;
/** How messages are written. */
export type Binding = (typeof Binding)[keyof typeof Binding];

/** How messages travel. With the last two the host is given datagrams (DatagramSend), not parts of a body. */
export const Scheme = {
  /** HTTP over TLS. */
  Https: 0,
  /** CoAP over DTLS (SGP.32 v1.2 §6.2). */
  Coaps: 1,
  /** CoAP over bare UDP, which nothing protects: for tests and private networks. */
  Coap: 2,
} as const;
/** How messages travel. With the last two the host is given datagrams (DatagramSend), not parts of a body. */
export type Scheme = (typeof Scheme)[keyof typeof Scheme];

/** Functions of ESipa, ES9+ and ES11 by the second byte of their tag. */
export const RspFunction = {
  /** initiateAuthentication */
  InitiateAuthentication: 0x39,
  /** getBoundProfilePackage */
  GetBoundProfilePackage: 0x3a,
  /** authenticateClient */
  AuthenticateClient: 0x3b,
  /** handleNotification */
  HandleNotification: 0x3d,
  /** cancelSession */
  CancelSession: 0x41,
  /** getEimPackage */
  GetEimPackage: 0x4f,
  /** provideEimPackageResult */
  ProvideEimPackageResult: 0x50,
} as const;
/** Functions of ESipa, ES9+ and ES11 by the second byte of their tag. */
export type RspFunction = (typeof RspFunction)[keyof typeof RspFunction];

/** Tags of the summary that comes with action Finished; each value is a signed big-endian integer of 4 bytes. */
export const Summary = {
  /** eIM packages handled, of all kinds. */
  Packages: 0x80,
  /** Profiles whose installation the eUICC confirmed. */
  ProfilesInstalled: 0x81,
  /** Notifications delivered from the eUICC's list; the result of a download of this run is not among them. */
  Notifications: 0x82,
  /** The peer's own code behind the error: status word, +CME ERROR number (-1 where the modem sends words), result code, HTTP status; for a status of ES9+ in JSON subject and reason code in five hexadecimal digits, 8.2.6 and 3.8 as 0x82638. */
  Detail: 0x83,
  /** StateChangeCause that no eIM has been told yet; -1: none. */
  StateChange: 0x84,
  /** 1: the eUICC is a consumer one, and the functions of SGP.32 were the module's own. What the eIM got is signed by the device's key, not by the eUICC; eIM configurations, counters and results are in the state region, and nowhere else. */
  Emulated: 0x85,
  /** Seconds until the next poll is due (option PollSchedule); -1: the host did not ask. */
  NextPoll: 0x86,
  /** How the card was reached over the AT link: CardAccess times 256, plus the data bytes per STORE DATA block that it came down to. */
  CardPath: 0x87,
} as const;
/** Tags of the summary that comes with action Finished; each value is a signed big-endian integer of 4 bytes. */
export type Summary = (typeof Summary)[keyof typeof Summary];

// events: What the host tells the module. Bytes of an event are first copied to ipa_window(kind), at most ipa_window_size(kind) of them.

/** What happened, told by ipa_event(kind, argument, length). */
export const Event = {
  /** Start a command. Bytes: option TLVs (Option). */
  Command: 1,
  /** Bytes from the modem's line. */
  CardData: 2,
  /** One response APDU: data, SW1, SW2. */
  CardResponse: 3,
  /** The card was reset and answers. */
  CardReady: 4,
  /** The card or its line is gone. */
  CardFailed: 5,
  /** The peer is selected. */
  NetworkOpened: 6,
  /** The part of the request body was taken; the next one may come. */
  NetworkSent: 7,
  /** A part of the response body. Argument: 1 when more follows, 0 with the last part (which may be empty). */
  NetworkData: 8,
  /** The exchange failed. Argument: a NetworkFailure code, plus 256 times the HTTP status where there is one. */
  NetworkFailed: 9,
  /** A part of the ES10 request that the host brings. Argument: 1 when more follows, 0 with the last part. */
  RequestData: 10,
  /** Whether the profile may be installed. Argument: a ConsentAnswer. Bytes: hashCc (32 bytes) where a confirmation code is required and known. */
  Consent: 11,
  /** The signature that action Sign asked for. Bytes: r and s, 32 bytes each; none when there is no key. */
  Signature: 12,
  /** What action VerifyEim asked for. Argument: 1 when the signature is right, else 0. */
  Verified: 13,
  /** A datagram of the peer. It may come at any time. One that is longer than the window, or that is refused with UnexpectedEvent, is dropped: the peer sends it again. */
  Datagram: 14,
} as const;
/** What happened, told by ipa_event(kind, argument, length). */
export type Event = (typeof Event)[keyof typeof Event];

/** What the user or the device's policy says; the first two are the reasons to cancel with (SGP.22 v2.5 §5.7.14). */
export const ConsentAnswer = {
  /** endUserRejection */
  Reject: 0,
  /** postponed */
  Postpone: 1,
  /** Yes. */
  Install: 2,
} as const;
/** What the user or the device's policy says; the first two are the reasons to cancel with (SGP.22 v2.5 §5.7.14). */
export type ConsentAnswer = (typeof ConsentAnswer)[keyof typeof ConsentAnswer];

/** Why the network could not do it. */
export const NetworkFailure = {
  /** No connection to the address. */
  Unreachable: 1,
  /** Connecting, the response head or a part of the body took too long. */
  Timeout: 2,
  /** The server did not show the key that the eIM configuration names. */
  TlsRefused: 3,
  /** The connection was cut in the middle of an exchange. */
  ConnectionLost: 4,
  /** The HTTP status was not 2xx. */
  HttpStatus: 5,
  /** The answer was not of the expected media type or form. */
  Malformed: 6,
} as const;
/** Why the network could not do it. */
export type NetworkFailure = (typeof NetworkFailure)[keyof typeof NetworkFailure];

// options: Option TLVs of event Command: one-byte tag, one-byte length (81 LL from 128 on), value. Unknown options are refused.

/** Options of a command; all but Command may be left out. */
export const Option = {
  /** Which command (Command), 1 byte. */
  Command: 0x80,
  /** Card link (CardLink), 1 byte. Default: At. */
  CardLink: 0x81,
  /** Data bytes per STORE DATA block, 1 byte, 16 to 255. Default: 255. */
  BlockBytes: 0x82,
  /** eimId of the eIM to poll, UTF-8, 1 to 128 bytes. Default: the first in the eUICC. */
  EimId: 0x83,
  /** Empty: an AddInitialEimRequest can be read with action RequestRead. */
  InitialEim: 0x84,
  /** First 4 bytes of the IMEI as SGP.22 DeviceInfo.tac. Default: 35290611. */
  Tac: 0x85,
  /** IMEI, 8 bytes, swapped BCD. Default: left out. */
  Imei: 0x86,
  /** Contents of SGP.22 DeviceCapabilities, at most 48 bytes. Default: LTE release 13. */
  DeviceCapabilities: 0x87,
  /** ipaFeatures, one byte of named bits, bit 0 first. Default: indirect, eimCtxParams1Generation. */
  IpaFeatures: 0x88,
  /** Time-out of one card command in milliseconds, 4 bytes big endian, below 2^31. Default: 30000. */
  CardTimeoutMs: 0x89,
  /** Address to use instead of the eIM's own ("host:port"), at most 128 bytes. */
  EimAddress: 0x8a,
  /** Packages to handle at most in one poll, 1 byte. Default: 32. */
  MaxPackages: 0x8b,
  /** Empty: the command that was in progress when the state was saved is given up; what is owed stays owed. For the first command after power loss. */
  Restart: 0x8c,
  /** Binding of ESipa (Binding), 1 byte. Default: Asn1. */
  EsipaBinding: 0x8d,
  /** Binding of ES9+ and ES11 (Binding), 1 byte. Default: Json where the module has it, else Asn1. */
  RspBinding: 0x8e,
  /** What to download, for command Download: contents of profileDownloadData (SGP.32 v1.2 §2.11.1.3), 80 activationCode, 81 contactDefaultSmdp or A2 contactSmds. */
  DownloadData: 0x8f,
  /** Empty: action Consent comes for every profile, not only where the Rules Authorisation Table demands consent. */
  AskConsent: 0x90,
  /** The time in UTC as 14 digits YYYYMMDDhhmmss: certificates of servers must be valid then. Default: validity is not checked. */
  UtcTime: 0x91,
  /** StateChangeCause to tell the eIM with the first request, 1 byte. Default: what the module itself has seen. */
  StateChangeCause: 0x92,
  /** rPLMN to tell the eIM, 3 bytes as in SGP.32 v1.2 §6.3.2.6. Default: left out. */
  Rplmn: 0x93,
  /** Whom to declare by TERMINAL CAPABILITY (Assistant), 1 byte. Default: Ipad; in the variant lpa Lpad. */
  Assistant: 0x94,
  /** How long the modem may take to be online after a profile change before it is rolled back, in milliseconds, 4 bytes big endian, below 2^31. Default: 180000. */
  OnlineTimeoutMs: 0x95,
  /** Minor version of the eIM's SGP.32, 1 byte: 0 for v1.0, whose ProvideEimPackageResult has no eidValue. Default: 2. */
  EsipaVersion: 0x96,
  /** How messages reach the eIM (Scheme), 1 byte. Default: CoAP over DTLS where the eIM's configuration allows that and not HTTPS, else HTTPS. Command Listen takes Https for CoAP over DTLS, too. */
  EsipaScheme: 0x97,
  /** Random number that tokens and message IDs of CoAP, and the addition of PollSchedule, are drawn from, 4 bytes, not zero. Without: CoAP is refused, nothing is added. */
  Seed: 0x98,
  /** Largest block of CoAP in bytes as the exponent SZX, 1 byte, 0 to 6: 16 to 1,024 bytes. Default: 6. */
  CoapBlockSzx: 0x99,
  /** ACK_TIMEOUT of RFC 7252 in milliseconds, 4 bytes big endian, below 2^31; adapted upwards to the round trips seen. Default: 2000. */
  AckTimeoutMs: 0x9a,
  /** When to poll next, 20 bytes: interval, random addition at most, then where the device is awake or reachable only at times (eDRX, PSM) how long until the next window opens, from one window to the next (0: always), and how long a window is; seconds, 4 bytes big endian each. */
  PollSchedule: 0x9b,
  /** How long command Listen waits for a package, in milliseconds, 4 bytes big endian, below 2^31. Default: 60000. */
  ListenMs: 0x9c,
  /** What the modem is like, 1 byte: way to the card (CardAccess), and its oddities (ModemQuirk) added to that; AT link only. Default: 0. */
  Modem: 0x9d,
  /** Data bytes asked for by one GET RESPONSE at most, 1 byte, 16 to 255. Default: what the card has, at most 256; less is learnt. */
  ResponseBytes: 0x9e,
} as const;
/** Options of a command; all but Command may be left out. */
export type Option = (typeof Option)[keyof typeof Option];

/** Values of option Command. */
export const Command = {
  /** Start up, deliver what is owed, fetch and run packages until none is left (SGP.32 v1.2 §3.1.1.1). */
  Poll: 1,
  /** Download the profile of option DownloadData straight from the SM-DP+ (SGP.22 v2.5 §3.1.3), and deliver notifications. */
  Download: 2,
  /** Run one ES10 function: request by action RequestRead, answer by action Answer. The card is reset where the function switched profiles. */
  Es10: 3,
  /** Deliver notifications to the SM-DP+ that they are for (SGP.22 v2.5 §3.5). */
  DeliverNotifications: 4,
  /** Wait for packages that the eIM pushes, over CoAP (SGP.32 v1.2 §3.1.1.2). */
  Listen: 5,
} as const;
/** Values of option Command. */
export type Command = (typeof Command)[keyof typeof Command];

/** Values of option Assistant. */
export const Assistant = {
  /** IPA in the device (SGP.32 v1.2 §3.8.2). */
  Ipad: 0,
  /** LPA in the device: local user, download, discovery (SGP.22 v2.5 §3.4.2). */
  Lpad: 1,
  /** Lpad for a consumer eUICC, whose missing functions of SGP.32 the module has itself; only and by default in the variant ipad-consumer. */
  Emulated: 2,
} as const;
/** Values of option Assistant. */
export type Assistant = (typeof Assistant)[keyof typeof Assistant];

/** Values of option CardLink. */
export const CardLink = {
  /** The host transmits APDUs (action CardTransmit). */
  Apdu: 0,
  /** The module speaks AT commands (action CardWrite). */
  At: 1,
} as const;
/** Values of option CardLink. */
export type CardLink = (typeof CardLink)[keyof typeof CardLink];

/** How an APDU goes through the modem (3GPP TS 27.007): the lower two bits of option Modem. */
export const CardAccess = {
  /** The first of the others that works, in their order; what worked is tried first by the next command. */
  Auto: 0,
  /** AT+CSIM: the module opens the logical channel itself (§8.17). */
  Csim: 1,
  /** AT+CCHO, AT+CGLA, AT+CCHC: the modem opens it (§8.43 to §8.46). */
  Channel: 2,
  /** AT+CSIM on the basic channel, where the modem lets nothing else through. */
  Basic: 3,
} as const;
/** How an APDU goes through the modem (3GPP TS 27.007): the lower two bits of option Modem. */
export type CardAccess = (typeof CardAccess)[keyof typeof CardAccess];

/** The bits of option Modem that are a CardAccess. */
export const CARD_ACCESS = 3;

/** The other bits of option Modem. */
export const ModemQuirk = {
  /** AT+CSIM=1 locks the SIM interface before the first APDU, AT+CSIM=0 unlocks it (Telit). */
  SimLock: 4,
  /** AT+CGLA leaves the class byte alone: the module puts the channel in, which is the session's number. */
  PassesClassByte: 8,
  /** The network does not go by way of this modem: its registration is not waited for after a profile change. */
  NoRegistration: 16,
  /** A profile change is followed by AT+CFUN=4 and 1, not by AT+CFUN=0 and 1, which takes the card's power (§8.2). */
  RadioCycle: 32,
  /** A profile change is followed by AT+CFUN=1,1: the modem restarts. */
  Restart: 64,
} as const;
/** The other bits of option Modem. */
export type ModemQuirk = (typeof ModemQuirk)[keyof typeof ModemQuirk];

/** The layer that is at fault for an error. */
export type ErrorLayer = 'use' | 'wire' | 'card' | 'modem' | 'eUICC' | 'eIM' | 'SM-DP+' | 'network' | 'limits';

/** Each error by its number. */
export const ERROR_WORDS: Readonly<Record<number, { readonly name: string; readonly layer: ErrorLayer; readonly words: string }>> = {
  [-1]: {
    name: 'Busy',
    layer: 'use',
    words: 'a command is running already',
  },
  [-2]: {
    name: 'UnexpectedEvent',
    layer: 'use',
    words: 'an event that nobody waits for',
  },
  [-3]: {
    name: 'BadOption',
    layer: 'use',
    words: 'an option is unknown, of the wrong length or out of range',
  },
  [-4]: {
    name: 'WindowOverflow',
    layer: 'use',
    words: 'more bytes than the window holds',
  },
  [-5]: {
    name: 'UnknownEvent',
    layer: 'use',
    words: 'no such event',
  },
  [-6]: {
    name: 'NoInitialEim',
    layer: 'use',
    words: 'the eUICC has no eIM and the host brings none',
  },
  [-16]: {
    name: 'BadEncoding',
    layer: 'wire',
    words: 'a tag or length is not DER or BER definite form',
  },
  [-17]: {
    name: 'Overrun',
    layer: 'wire',
    words: 'an element reaches past the end of what holds it',
  },
  [-18]: {
    name: 'TooDeep',
    layer: 'wire',
    words: 'nested too deep',
  },
  [-19]: {
    name: 'TrailingBytes',
    layer: 'wire',
    words: 'bytes after the end of the message',
  },
  [-20]: {
    name: 'Truncated',
    layer: 'wire',
    words: 'the message ends too early',
  },
  [-21]: {
    name: 'UnexpectedTag',
    layer: 'wire',
    words: 'not the tag that must come here',
  },
  [-22]: {
    name: 'MissingElement',
    layer: 'wire',
    words: 'a mandatory element is missing',
  },
  [-23]: {
    name: 'BadValue',
    layer: 'wire',
    words: 'a value of the wrong length or out of range',
  },
  [-32]: {
    name: 'StatusWord',
    layer: 'card',
    words: 'an error status word (detail: SW1SW2)',
  },
  [-33]: {
    name: 'BadResponse',
    layer: 'card',
    words: 'a response shorter than a status word or with data where none may be',
  },
  [-34]: {
    name: 'EndlessResponse',
    layer: 'card',
    words: 'GET RESPONSE without end',
  },
  [-35]: {
    name: 'CardLost',
    layer: 'card',
    words: 'the card or its reader is gone',
  },
  [-36]: {
    name: 'NotAnEuicc',
    layer: 'card',
    words: 'no ISD-R: not an eUICC (detail: SW1SW2)',
  },
  [-48]: {
    name: 'ModemError',
    layer: 'modem',
    words: 'ERROR',
  },
  [-49]: {
    name: 'ModemCmeError',
    layer: 'modem',
    words: '+CME ERROR or +CMS ERROR (detail: its number, -1 for text)',
  },
  [-50]: {
    name: 'ModemGarbage',
    layer: 'modem',
    words: 'an answer whose length or hex digits are wrong',
  },
  [-51]: {
    name: 'ModemTimeout',
    layer: 'modem',
    words: 'no answer in time',
  },
  [-64]: {
    name: 'BadEid',
    layer: 'eUICC',
    words: 'the EID has wrong check digits',
  },
  [-65]: {
    name: 'EuiccRefused',
    layer: 'eUICC',
    words: 'the function answered an error (detail: its code)',
  },
  [-66]: {
    name: 'EimNotAssociated',
    layer: 'eUICC',
    words: 'the eIM asked for is not associated with this eUICC',
  },
  [-67]: {
    name: 'NoInstallationResult',
    layer: 'eUICC',
    words: 'the bound profile package ended without a ProfileInstallationResult',
  },
  [-68]: {
    name: 'InstallationFailed',
    layer: 'eUICC',
    words: 'the profile was not installed (detail: errorReason of the ProfileInstallationResult)',
  },
  [-80]: {
    name: 'EimError',
    layer: 'eIM',
    words: 'answered with an error (detail: its code)',
  },
  [-81]: {
    name: 'UnknownPackage',
    layer: 'eIM',
    words: 'a package of unknown kind',
  },
  [-82]: {
    name: 'BadTrigger',
    layer: 'eIM',
    words: 'a download trigger that this module does not support or whose activation code is wrong',
  },
  [-83]: {
    name: 'BadEimAnswer',
    layer: 'eIM',
    words: 'an answer that cannot be decoded',
  },
  [-96]: {
    name: 'ServerAddressMismatch',
    layer: 'SM-DP+',
    words: 'the signed server address is not the one asked for',
  },
  [-97]: {
    name: 'PprNotAllowed',
    layer: 'SM-DP+',
    words: 'the profile policy rules are not allowed on this device',
  },
  [-98]: {
    name: 'ConfirmationCodeMissing',
    layer: 'SM-DP+',
    words: 'a confirmation code is required and none was supplied',
  },
  [-99]: {
    name: 'SmdpError',
    layer: 'SM-DP+',
    words: 'refused (detail: its code, or subject and reason code of ES9+ as five hexadecimal digits)',
  },
  [-100]: {
    name: 'BadSmdpAnswer',
    layer: 'SM-DP+',
    words: 'an answer that cannot be decoded',
  },
  [-101]: {
    name: 'CertificateExpired',
    layer: 'SM-DP+',
    words: 'its certificate is not valid at the present time',
  },
  [-102]: {
    name: 'SmdpOidMismatch',
    layer: 'SM-DP+',
    words: 'its certificate has another OID than the activation code',
  },
  [-103]: {
    name: 'CertificateIssuerRefused',
    layer: 'SM-DP+',
    words: 'its certificate is of a CI that the eIM does not allow',
  },
  [-104]: {
    name: 'MetadataMismatch',
    layer: 'SM-DP+',
    words: 'the profile in the package is not the one that was announced',
  },
  [-105]: {
    name: 'ConsentRefused',
    layer: 'SM-DP+',
    words: "the user or the device's policy does not want the profile",
  },
  [-106]: {
    name: 'NoServerAddress',
    layer: 'SM-DP+',
    words: 'the eUICC has no address of a default SM-DP+ or of an SM-DS',
  },
  [-112]: {
    name: 'NetworkUnreachable',
    layer: 'network',
    words: 'no connection',
  },
  [-113]: {
    name: 'NetworkTimeout',
    layer: 'network',
    words: 'time-out',
  },
  [-114]: {
    name: 'NetworkTlsRefused',
    layer: 'network',
    words: 'the server is not the one that is trusted: another key, another issuer, or no TLS at all',
  },
  [-115]: {
    name: 'NetworkConnectionLost',
    layer: 'network',
    words: 'connection lost in the middle',
  },
  [-116]: {
    name: 'NetworkHttpStatus',
    layer: 'network',
    words: 'HTTP status (detail)',
  },
  [-117]: {
    name: 'NetworkMalformed',
    layer: 'network',
    words: 'not an ESipa answer',
  },
  [-118]: {
    name: 'CoapRefused',
    layer: 'network',
    words: 'the CoAP server refused (detail: class and code, 0x84 is 4.04), or RST (detail 0)',
  },
  [-119]: {
    name: 'NoSeed',
    layer: 'network',
    words: 'CoAP needs a random number, and option Seed is missing',
  },
  [-128]: {
    name: 'MessageTooLong',
    layer: 'limits',
    words: 'a message larger than the message buffer',
  },
  [-129]: {
    name: 'TooManyPackages',
    layer: 'limits',
    words: 'more packages in one poll than allowed',
  },
};
