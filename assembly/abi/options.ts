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
  /** Empty: an AddInitialEimRequest can be read with action InitialEimRead. */
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
}

/** Values of option Command. */
export const enum Command {
  /** Start up, deliver what is owed, fetch and run packages until none is left (SGP.32 v1.2 §3.1.1.1). */
  Poll = 1,
}

/** Values of option CardLink. */
export const enum CardLink {
  /** The host transmits APDUs (action CardTransmit). */
  Apdu = 0,
  /** The module speaks AT+CSIM (action CardWrite). */
  At = 1,
}
