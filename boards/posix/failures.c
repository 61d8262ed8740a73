/* SPDX-License-Identifier: Apache-2.0 */
/* The table of errors, in the words of assembly/abi/errors.ts; a test holds them together. */

#include "failures.h"

#include <stddef.h>
#include <string.h>

#include "ipa_abi.h"
#include "ipa_module.h"

static const struct failure_words table[] = {
  {IPA_ERROR_BUSY, "Busy", "use: a command is running already", NULL},
  {IPA_ERROR_UNEXPECTED_EVENT, "UnexpectedEvent", "use: an event that nobody waits for", NULL},
  {IPA_ERROR_BAD_OPTION, "BadOption", "use: an option is unknown, of the wrong length or out of range", NULL},
  {IPA_ERROR_WINDOW_OVERFLOW, "WindowOverflow", "use: more bytes than the window holds", NULL},
  {IPA_ERROR_UNKNOWN_EVENT, "UnknownEvent", "use: no such event", NULL},
  {IPA_ERROR_NO_INITIAL_EIM, "NoInitialEim", "use: the eUICC has no eIM and the host brings none",
   "give the AddInitialEimRequest of this device with --initial-eim, or associate an eIM first"},
  {IPA_ERROR_BAD_ENCODING, "BadEncoding", "wire: a tag or length is not DER or BER definite form", NULL},
  {IPA_ERROR_OVERRUN, "Overrun", "wire: an element reaches past the end of what holds it", NULL},
  {IPA_ERROR_TOO_DEEP, "TooDeep", "wire: nested too deep", NULL},
  {IPA_ERROR_TRAILING_BYTES, "TrailingBytes", "wire: bytes after the end of the message", NULL},
  {IPA_ERROR_TRUNCATED, "Truncated", "wire: the message ends too early", NULL},
  {IPA_ERROR_UNEXPECTED_TAG, "UnexpectedTag", "wire: not the tag that must come here", NULL},
  {IPA_ERROR_MISSING_ELEMENT, "MissingElement", "wire: a mandatory element is missing", NULL},
  {IPA_ERROR_BAD_VALUE, "BadValue", "wire: a value of the wrong length or out of range", NULL},
  {IPA_ERROR_STATUS_WORD, "StatusWord", "card: an error status word (detail: SW1SW2)",
   "look the status word up in ETSI TS 102 221 section 10.2.1"},
  {IPA_ERROR_BAD_RESPONSE, "BadResponse", "card: a response shorter than a status word or with data where none may be", NULL},
  {IPA_ERROR_ENDLESS_RESPONSE, "EndlessResponse", "card: GET RESPONSE without end", NULL},
  {IPA_ERROR_CARD_LOST, "CardLost", "card: the card or its reader is gone",
   "check the cable and the power of the modem, then poll again: what is owed is delivered then"},
  {IPA_ERROR_NOT_AN_EUICC, "NotAnEuicc", "card: no ISD-R: not an eUICC (detail: SW1SW2)",
   "put an eUICC into the modem, or choose the slot that holds it: this card has no ISD-R"},
  {IPA_ERROR_MODEM_ERROR, "ModemError", "modem: ERROR",
   "check that the modem knows AT+CSIM or AT+CCHO, and that nobody else uses its port"},
  {IPA_ERROR_MODEM_CME_ERROR, "ModemCmeError", "modem: +CME ERROR or +CMS ERROR (detail: its number, -1 for text)",
   "look the number up in 3GPP TS 27.007 section 9.2; 10 is no card, 13 and 14 are a card that is not ready"},
  {IPA_ERROR_MODEM_GARBAGE, "ModemGarbage", "modem: an answer whose length or hex digits are wrong",
   "close other programs that use this port, and check its speed (--baud)"},
  {IPA_ERROR_MODEM_TIMEOUT, "ModemTimeout", "modem: no answer in time",
   "check that the port is the AT port of the modem and that its speed is right (--baud)"},
  {IPA_ERROR_BAD_EID, "BadEid", "eUICC: the EID has wrong check digits", NULL},
  {IPA_ERROR_EUICC_REFUSED, "EuiccRefused", "eUICC: the function answered an error (detail: its code)", NULL},
  {IPA_ERROR_EIM_NOT_ASSOCIATED, "EimNotAssociated", "eUICC: the eIM asked for is not associated with this eUICC", NULL},
  {IPA_ERROR_NO_INSTALLATION_RESULT, "NoInstallationResult", "eUICC: the bound profile package ended without a ProfileInstallationResult",
   NULL},
  {IPA_ERROR_INSTALLATION_FAILED, "InstallationFailed",
   "eUICC: the profile was not installed (detail: errorReason of the ProfileInstallationResult)",
   "look errorReason up in SGP.22 section 2.5.6; 9 is a profile that is there already, 10 no room for it"},
  {IPA_ERROR_EIM_ERROR, "EimError", "eIM: answered with an error (detail: its code)",
   "check that the EID of this eUICC is registered at the eIM"},
  {IPA_ERROR_UNKNOWN_PACKAGE, "UnknownPackage", "eIM: a package of unknown kind", NULL},
  {IPA_ERROR_BAD_TRIGGER, "BadTrigger", "eIM: a download trigger that this module does not support or whose activation code is wrong",
   "check the activation code at the eIM: LPA:1$<SM-DP+ address>$<matching ID>"},
  {IPA_ERROR_BAD_EIM_ANSWER, "BadEimAnswer", "eIM: an answer that cannot be decoded", NULL},
  {IPA_ERROR_SERVER_ADDRESS_MISMATCH, "ServerAddressMismatch", "SM-DP+: the signed server address is not the one asked for", NULL},
  {IPA_ERROR_PPR_NOT_ALLOWED, "PprNotAllowed", "SM-DP+: the profile policy rules are not allowed on this device", NULL},
  {IPA_ERROR_CONFIRMATION_CODE_MISSING, "ConfirmationCodeMissing", "SM-DP+: a confirmation code is required and none was supplied",
   "let the eIM supply the confirmation code of the order"},
  {IPA_ERROR_SMDP_ERROR, "SmdpError", "SM-DP+: refused (detail: its code, or subject and reason code of ES9+ as five hexadecimal digits)",
   NULL},
  {IPA_ERROR_BAD_SMDP_ANSWER, "BadSmdpAnswer", "SM-DP+: an answer that cannot be decoded", NULL},
  {IPA_ERROR_CERTIFICATE_EXPIRED, "CertificateExpired", "SM-DP+: its certificate is not valid at the present time",
   "check the clock of this machine, then tell the operator of the SM-DP+"},
  {IPA_ERROR_SMDP_OID_MISMATCH, "SmdpOidMismatch", "SM-DP+: its certificate has another OID than the activation code", NULL},
  {IPA_ERROR_CERTIFICATE_ISSUER_REFUSED, "CertificateIssuerRefused", "SM-DP+: its certificate is of a CI that the eIM does not allow",
   NULL},
  {IPA_ERROR_METADATA_MISMATCH, "MetadataMismatch", "SM-DP+: the profile in the package is not the one that was announced", NULL},
  {IPA_ERROR_CONSENT_REFUSED, "ConsentRefused", "SM-DP+: the user or the device's policy does not want the profile", NULL},
  {IPA_ERROR_NO_SERVER_ADDRESS, "NoServerAddress", "SM-DP+: the eUICC has no address of a default SM-DP+ or of an SM-DS", NULL},
  {IPA_ERROR_NETWORK_UNREACHABLE, "NetworkUnreachable", "network: no connection",
   "check the address of the server and the network; --resolve leads to another place"},
  {IPA_ERROR_NETWORK_TIMEOUT, "NetworkTimeout", "network: time-out",
   "check that the server is up, then poll again; --timeout-ms gives slow networks more time"},
  {IPA_ERROR_NETWORK_TLS_REFUSED, "NetworkTlsRefused",
   "network: the server is not the one that is trusted: another key, another issuer, or no TLS at all",
   "the server is not the one that the eUICC or --ca trusts: check its address, its certificate and --ca, for DTLS also --psk"},
  {IPA_ERROR_NETWORK_CONNECTION_LOST, "NetworkConnectionLost", "network: connection lost in the middle",
   "poll again: what is owed is delivered then"},
  {IPA_ERROR_NETWORK_HTTP_STATUS, "NetworkHttpStatus", "network: HTTP status (detail)",
   "look into the log of the server: it should tell why it refuses"},
  {IPA_ERROR_NETWORK_MALFORMED, "NetworkMalformed", "network: not an ESipa answer",
   "check that the address leads to an eIM or SM-DP+ that has this binding"},
  {IPA_ERROR_COAP_REFUSED, "CoapRefused", "network: the CoAP server refused (detail: class and code, 0x84 is 4.04), or RST (detail 0)",
   "look into the log of the eIM; the detail is class and code, 4.04 is an address without ESipa"},
  {IPA_ERROR_NO_SEED, "NoSeed", "network: CoAP needs a random number, and option Seed is missing", NULL},
  {IPA_ERROR_MESSAGE_TOO_LONG, "MessageTooLong", "limits: a message larger than the message buffer", NULL},
  {IPA_ERROR_TOO_MANY_PACKAGES, "TooManyPackages", "limits: more packages in one poll than allowed",
   "poll again: the eIM has more packages"},
  {IPA_HOST_TRAPPED, "Trapped", "host: the module has trapped",
   "report this with the output of --verbose; what is owed is in the state that was stored"},
  {IPA_HOST_BAD_MODULE, "BadModule", "host: this is no module that this program can run",
   "give a .wasm file of the same version as this program with --module"},
  {IPA_HOST_NO_MEMORY, "NoMemory", "host: the runtime has too little memory for this module", "build the runtime with a larger heap"},
  {IPA_HOST_ANSWER_TOO_LONG, "AnswerTooLong", "host: the eUICC answers with more bytes than there is room for", NULL},
  {IPA_HOST_BAD_STATE, "BadState", "host: the stored state is of another build of the module, or damaged",
   "remove the file of --state to start without what it holds"},
};

static const struct {
  const char *layer;
  const char *advice;
} layers[] = {
  {"use", "this is a fault of the program around the module: please report it"},
  {"wire", "a peer sent what is not DER: look into its log"},
  {"card", "check the card, then poll again"},
  {"modem", "check the modem, then poll again"},
  {"eUICC", "look the code up in the function of SGP.22 section 5.7 or SGP.32 section 5.9"},
  {"eIM", "look into the log of the eIM"},
  {"SM-DP+", "check the order of the profile at the SM-DP+"},
  {"network", "check the network and the address of the server"},
  {"limits", "the message is larger than this module takes: let the eIM ask for less at a time"},
  {"host", "build this program and the module anew, of the same version"},
};

const struct failure_words *failure_words(int32_t number) {
  static const struct failure_words unknown = {0, "Unknown", "unknown: an error of a newer module",
   "build this program anew, of the same version"};
  for (size_t at = 0; at < sizeof table / sizeof table[0]; at++)
    if (table[at].number == number) return &table[at];
  return &unknown;
}

const char *failure_advice(const struct failure_words *words) {
  if (words->advice != NULL) return words->advice;
  const size_t length = strcspn(words->words, ":");
  for (size_t at = 0; at < sizeof layers / sizeof layers[0]; at++)
    if (strncmp(words->words, layers[at].layer, length) == 0 && layers[at].layer[length] == '\0') return layers[at].advice;
  return "";
}
