// SPDX-License-Identifier: Apache-2.0
// Option TLVs of event Command: one-byte tag, one-byte length (81 LL from 128 on), value. Unknown options are refused.

/** Options of a command; all but Command may be left out. */
export const enum Option {
  /** Which command (Command), 1 byte. */
  Command = 0x80,
  /** Card link (CardLink), 1 byte. Default: At. */
  CardLink = 0x81,
  /** Data bytes per STORE DATA block, 1 byte, 16 to 255. Default: 255. */
  BlockBytes = 0x82,
  /** eimId of the eIM to poll, UTF-8, 1 to 128 bytes. Default: the first in the eUICC. */
  EimId = 0x83,
  /** Empty: an AddInitialEimRequest can be read with action RequestRead. */
  InitialEim = 0x84,
  /** First 4 bytes of the IMEI as SGP.22 DeviceInfo.tac. Default: 35290611. */
  Tac = 0x85,
  /** IMEI, 8 bytes, swapped BCD. Default: left out. */
  Imei = 0x86,
  /** Contents of SGP.22 DeviceCapabilities, at most 48 bytes. Default: LTE release 13. */
  DeviceCapabilities = 0x87,
  /** ipaFeatures, one byte of named bits, bit 0 first. Default: indirect, eimCtxParams1Generation. */
  IpaFeatures = 0x88,
  /** Time-out of one card command in milliseconds, 4 bytes big endian, below 2^31. Default: 30000. */
  CardTimeoutMs = 0x89,
  /** Address to use instead of the eIM's own ("host:port"), at most 128 bytes. */
  EimAddress = 0x8a,
  /** Packages to handle at most in one poll, 1 byte. Default: 32. */
  MaxPackages = 0x8b,
  /** Empty: the command that was in progress when the state was saved is given up; what is owed stays owed. For the first command after power loss. */
  Restart = 0x8c,
  /** Binding of ESipa (Binding), 1 byte. Default: Asn1. */
  EsipaBinding = 0x8d,
  /** Binding of ES9+ and ES11 (Binding), 1 byte. Default: Json where the module has it, else Asn1. */
  RspBinding = 0x8e,
  /** What to download, for command Download: contents of profileDownloadData (SGP.32 v1.2 §2.11.1.3), 80 activationCode, 81 contactDefaultSmdp or A2 contactSmds. */
  DownloadData = 0x8f,
  /** Empty: action Consent comes for every profile, not only where the Rules Authorisation Table demands consent. */
  AskConsent = 0x90,
  /** The time in UTC as 14 digits YYYYMMDDhhmmss: certificates of servers must be valid then. Default: validity is not checked. */
  UtcTime = 0x91,
  /** StateChangeCause to tell the eIM with the first request, 1 byte. Default: what the module itself has seen. */
  StateChangeCause = 0x92,
  /** rPLMN to tell the eIM, 3 bytes as in SGP.32 v1.2 §6.3.2.6. Default: left out. */
  Rplmn = 0x93,
  /** Whom to declare by TERMINAL CAPABILITY (Assistant), 1 byte. Default: Ipad; in the variant lpa Lpad. */
  Assistant = 0x94,
  /** How long the modem may take to be online after a profile change before it is rolled back, in milliseconds, 4 bytes big endian, below 2^31. Default: 180000. */
  OnlineTimeoutMs = 0x95,
  /** Minor version of the eIM's SGP.32, 1 byte: 0 for v1.0, whose ProvideEimPackageResult has no eidValue. Default: 2. */
  EsipaVersion = 0x96,
  /**
   * How messages reach the eIM (Scheme), 1 byte. Default: CoAP over DTLS where the eIM's configuration allows that and not HTTPS, else HTTPS.
   * Command Listen takes Https for CoAP over DTLS, too.
   */
  EsipaScheme = 0x97,
  /** Random number that tokens and message IDs of CoAP, and the addition of PollSchedule, are drawn from, 4 bytes, not zero. Without: CoAP is refused, nothing is added. */
  Seed = 0x98,
  /** Largest block of CoAP in bytes as the exponent SZX, 1 byte, 0 to 6: 16 to 1,024 bytes. Default: 6. */
  CoapBlockSzx = 0x99,
  /** ACK_TIMEOUT of RFC 7252 in milliseconds, 4 bytes big endian, below 2^31; adapted upwards to the round trips seen. Default: 2000. */
  AckTimeoutMs = 0x9a,
  /**
   * When to poll next, 20 bytes: interval, random addition at most, then where the device is awake or reachable only at times (eDRX, PSM)
   * how long until the next window opens, from one window to the next (0: always), and how long a window is; seconds, 4 bytes big endian each.
   */
  PollSchedule = 0x9b,
  /** How long command Listen waits for a package, in milliseconds, 4 bytes big endian, below 2^31. Default: 60000. */
  ListenMs = 0x9c,
  /** What the modem is like, 1 byte: way to the card (CardAccess), and its oddities (ModemQuirk) added to that; AT link only. Default: 0. */
  Modem = 0x9d,
  /** Data bytes asked for by one GET RESPONSE at most, 1 byte, 16 to 255. Default: what the card has, at most 256; less is learnt. */
  ResponseBytes = 0x9e,
}

/** Values of option Command. */
export const enum Command {
  /** Start up, deliver what is owed, fetch and run packages until none is left (SGP.32 v1.2 §3.1.1.1). */
  Poll = 1,
  /** Download the profile of option DownloadData straight from the SM-DP+ (SGP.22 v2.5 §3.1.3), and deliver notifications. */
  Download = 2,
  /** Run one ES10 function: request by action RequestRead, answer by action Answer. The card is reset where the function switched profiles. */
  Es10 = 3,
  /** Deliver notifications to the SM-DP+ that they are for (SGP.22 v2.5 §3.5). */
  DeliverNotifications = 4,
  /** Wait for packages that the eIM pushes, over CoAP (SGP.32 v1.2 §3.1.1.2). */
  Listen = 5,
}

/** Values of option Assistant. */
export const enum Assistant {
  /** IPA in the device (SGP.32 v1.2 §3.8.2). */
  Ipad = 0,
  /** LPA in the device: local user, download, discovery (SGP.22 v2.5 §3.4.2). */
  Lpad = 1,
  /** Lpad for a consumer eUICC, whose missing functions of SGP.32 the module has itself; only and by default in the variant ipad-consumer. */
  Emulated = 2,
}

/** Values of option CardLink. */
export const enum CardLink {
  /** The host transmits APDUs (action CardTransmit). */
  Apdu = 0,
  /** The module speaks AT commands (action CardWrite). */
  At = 1,
}

/** How an APDU goes through the modem (3GPP TS 27.007): the lower two bits of option Modem. */
export const enum CardAccess {
  /** The first of the others that works, in their order; what worked is tried first by the next command. */
  Auto = 0,
  /** AT+CSIM: the module opens the logical channel itself (§8.17). */
  Csim = 1,
  /** AT+CCHO, AT+CGLA, AT+CCHC: the modem opens it (§8.43 to §8.46). */
  Channel = 2,
  /** AT+CSIM on the basic channel, where the modem lets nothing else through. */
  Basic = 3,
}

/** The bits of option Modem that are a CardAccess. */
export const CARD_ACCESS: u32 = 3;

/** The other bits of option Modem. */
export const enum ModemQuirk {
  /** AT+CSIM=1 locks the SIM interface before the first APDU, AT+CSIM=0 unlocks it (Telit). */
  SimLock = 4,
  /** AT+CGLA leaves the class byte alone: the module puts the channel in, which is the session's number. */
  PassesClassByte = 8,
  /** The network does not go by way of this modem: its registration is not waited for after a profile change. */
  NoRegistration = 16,
  /** A profile change is followed by AT+CFUN=4 and 1, not by AT+CFUN=0 and 1, which takes the card's power (§8.2). */
  RadioCycle = 32,
  /** A profile change is followed by AT+CFUN=1,1: the modem restarts. */
  Restart = 64,
}
