// SPDX-License-Identifier: Apache-2.0
// One space of results: >= 0 is a result, < 0 an error, in ranges of 16 by the layer that is at fault.

/** Version of this interface; changes when a host must change. */
export const ABI_VERSION: i32 = 4;

/** Errors, in ranges by layer: use, wire, card, modem, eUICC, eIM, SM-DP+, network, limits. */
export const enum ErrorCode {
  /** use: a command is running already */
  Busy = -1,
  /** use: an event that nobody waits for */
  UnexpectedEvent = -2,
  /** use: an option is unknown, of the wrong length or out of range */
  BadOption = -3,
  /** use: more bytes than the window holds */
  WindowOverflow = -4,
  /** use: no such event */
  UnknownEvent = -5,
  /** use: the eUICC has no eIM and the host brings none */
  NoInitialEim = -6,

  /** wire: a tag or length is not DER or BER definite form */
  BadEncoding = -16,
  /** wire: an element reaches past the end of what holds it */
  Overrun = -17,
  /** wire: nested too deep */
  TooDeep = -18,
  /** wire: bytes after the end of the message */
  TrailingBytes = -19,
  /** wire: the message ends too early */
  Truncated = -20,
  /** wire: not the tag that must come here */
  UnexpectedTag = -21,
  /** wire: a mandatory element is missing */
  MissingElement = -22,
  /** wire: a value of the wrong length or out of range */
  BadValue = -23,

  /** card: an error status word (detail: SW1SW2) */
  StatusWord = -32,
  /** card: a response shorter than a status word or with data where none may be */
  BadResponse = -33,
  /** card: GET RESPONSE without end */
  EndlessResponse = -34,
  /** card: the card or its reader is gone */
  CardLost = -35,
  /** card: no ISD-R: not an eUICC (detail: SW1SW2) */
  NotAnEuicc = -36,

  /** modem: ERROR */
  ModemError = -48,
  /** modem: +CME ERROR or +CMS ERROR (detail: its number, -1 for text) */
  ModemCmeError = -49,
  /** modem: an answer whose length or hex digits are wrong */
  ModemGarbage = -50,
  /** modem: no answer in time */
  ModemTimeout = -51,

  /** eUICC: the EID has wrong check digits */
  BadEid = -64,
  /** eUICC: the function answered an error (detail: its code) */
  EuiccRefused = -65,
  /** eUICC: the eIM asked for is not associated with this eUICC */
  EimNotAssociated = -66,
  /** eUICC: the bound profile package ended without a ProfileInstallationResult */
  NoInstallationResult = -67,
  /** eUICC: the profile was not installed (detail: errorReason of the ProfileInstallationResult) */
  InstallationFailed = -68,

  /** eIM: answered with an error (detail: its code) */
  EimError = -80,
  /** eIM: a package of unknown kind */
  UnknownPackage = -81,
  /** eIM: a download trigger that this module does not support or whose activation code is wrong */
  BadTrigger = -82,
  /** eIM: an answer that cannot be decoded */
  BadEimAnswer = -83,

  /** SM-DP+: the signed server address is not the one asked for */
  ServerAddressMismatch = -96,
  /** SM-DP+: the profile policy rules are not allowed on this device */
  PprNotAllowed = -97,
  /** SM-DP+: a confirmation code is required and none was supplied */
  ConfirmationCodeMissing = -98,
  /** SM-DP+: refused (detail: its code, or subject and reason code of ES9+ as five hexadecimal digits) */
  SmdpError = -99,
  /** SM-DP+: an answer that cannot be decoded */
  BadSmdpAnswer = -100,
  /** SM-DP+: its certificate is not valid at the present time */
  CertificateExpired = -101,
  /** SM-DP+: its certificate has another OID than the activation code */
  SmdpOidMismatch = -102,
  /** SM-DP+: its certificate is of a CI that the eIM does not allow */
  CertificateIssuerRefused = -103,
  /** SM-DP+: the profile in the package is not the one that was announced */
  MetadataMismatch = -104,
  /** SM-DP+: the user or the device's policy does not want the profile */
  ConsentRefused = -105,
  /** SM-DP+: the eUICC has no address of a default SM-DP+ or of an SM-DS */
  NoServerAddress = -106,

  /** network: no connection */
  NetworkUnreachable = -112,
  /** network: time-out */
  NetworkTimeout = -113,
  /** network: the server is not the one that is trusted: another key, another issuer, or no TLS at all */
  NetworkTlsRefused = -114,
  /** network: connection lost in the middle */
  NetworkConnectionLost = -115,
  /** network: HTTP status (detail) */
  NetworkHttpStatus = -116,
  /** network: not an ESipa answer */
  NetworkMalformed = -117,
  /** network: the CoAP server refused (detail: class and code, 0x84 is 4.04), or RST (detail 0) */
  CoapRefused = -118,
  /** network: CoAP needs a random number, and option Seed is missing */
  NoSeed = -119,

  /** limits: a message larger than the message buffer */
  MessageTooLong = -128,
  /** limits: more packages in one poll than allowed */
  TooManyPackages = -129,
}
