/* SPDX-License-Identifier: Apache-2.0 */
/* Options by getopt_long. */

#include "command_line.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipa_abi.h"
#include "modem.h"
#include "posix.h"
#include "store.h"
#include "trust.h"

#if MBEDTLS_VERSION_MAJOR < 3
#define mbedtls_sha256 mbedtls_sha256_ret
#endif

#define MOST_MODULE_BYTES (256 * 1024)
#define MOST_INITIAL_EIM_BYTES (8 * 1024)
#define MOST_SECONDS (31536000)
#define MOST_TIMEOUT_MS (3600000)

static const char help[] =
  "Usage: ipa-posix --modem <line> [options]\n"
  "Polls the eIM of the eUICC in a modem until it has no more packages, and prints the result as one line of JSON.\n\n"
  "  --modem <line>               tcp:<host>:<port>, or pty:<path> for a serial line or pseudo-terminal\n"
  "  --baud <number>              speed of a serial line (default 115200)\n"
  "  --eim-scheme <scheme>        https, coap (nothing protects it) or coaps; default: as the eUICC is told\n"
  "  --resolve <name>=<place>     where a host or host:port is found: another host:port; may be given 16 times\n"
  "  --ca <file>                  PEM: authorities for servers that the eUICC names no key for, such as SM-DP+\n"
  "  --psk <identity>:<hex>       for coaps: a key that this device and the eIM share\n"
  "  --state <file>               keeps what is owed over runs\n"
  "  --initial-eim <file>         AddInitialEimRequest (DER) for an eUICC without an eIM\n"
  "  --module <file>              the module, where this program runs it in an interpreter\n"
  "  --repeat[=<seconds>]         polls again and again (default: every 86400 s)\n"
  "  --timeout-ms <number>        how long the network may take for a step (default 30000)\n"
  "  --verbose                    tells each action on standard error\n"
  "  --help                       prints this\n\n"
  "Exit status: 0 done, 1 failed, 2 wrong command line.\n";

enum { OPTION_MODEM = 1, OPTION_BAUD, OPTION_SCHEME, OPTION_RESOLVE, OPTION_CA, OPTION_PSK, OPTION_STATE, OPTION_INITIAL_EIM, OPTION_MODULE,
       OPTION_REPEAT, OPTION_TIMEOUT, OPTION_VERBOSE, OPTION_HELP };

static const struct option options[] = {
  {"modem", required_argument, NULL, OPTION_MODEM},
  {"baud", required_argument, NULL, OPTION_BAUD},
  {"eim-scheme", required_argument, NULL, OPTION_SCHEME},
  {"resolve", required_argument, NULL, OPTION_RESOLVE},
  {"ca", required_argument, NULL, OPTION_CA},
  {"psk", required_argument, NULL, OPTION_PSK},
  {"state", required_argument, NULL, OPTION_STATE},
  {"initial-eim", required_argument, NULL, OPTION_INITIAL_EIM},
  {"module", required_argument, NULL, OPTION_MODULE},
  {"repeat", optional_argument, NULL, OPTION_REPEAT},
  {"timeout-ms", required_argument, NULL, OPTION_TIMEOUT},
  {"verbose", no_argument, NULL, OPTION_VERBOSE},
  {"help", no_argument, NULL, OPTION_HELP},
  {NULL, 0, NULL, 0},
};

/** Says what is wrong. */
static bool __attribute__((format(printf, 1, 2))) wrong(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("error: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  return false;
}

static bool read_number(uint32_t *number, const char *option, const char *text, uint32_t least, uint32_t most) {
  char *end;
  errno = 0;
  const unsigned long value = strtoul(text, &end, 10);
  if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || value < least || value > most)
    return wrong("--%s: \"%s\" is no whole number from %u to %u", option, text, least, most);
  *number = (uint32_t)value;
  return true;
}

/** Reads all of a file. Returns its length, or 0 when it cannot be read, is empty or too long: then that has been said. */
static uint32_t read_file(const char *option, const char *path, uint8_t *bytes, uint32_t capacity) {
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  uint32_t length = 0;
  ssize_t part = -1;
  if (descriptor >= 0)
    while (length < capacity && (part = read(descriptor, bytes + length, capacity - length)) > 0) length += (uint32_t)part;
  const int error = errno;
  if (descriptor >= 0) close(descriptor);
  if (part < 0) wrong("--%s: %s cannot be read: %s", option, path, strerror(error));
  else if (length == 0) wrong("--%s: %s is empty", option, path);
  else if (length == capacity) wrong("--%s: %s is too long; %u bytes are possible", option, path, capacity - 1);
  else return length;
  return 0;
}

static int hex_digit(char digit) {
  static const char digits[] = "0123456789abcdef";
  const char *at = digit == '\0' ? NULL : strchr(digits, digit >= 'A' && digit <= 'F' ? digit + ('a' - 'A') : digit);
  return at == NULL ? -1 : (int)(at - digits);
}

/** "identity:hex"; the identity is cut off in place. */
static bool read_psk(char *text) {
  char *colon = strrchr(text, ':');
  const size_t digits = colon == NULL ? 0 : strlen(colon + 1);
  const char *advice = "--psk: write <identity>:<key>, the key in hexadecimal, 1 to 64 bytes";
  if (colon == NULL || colon == text || digits == 0 || digits % 2 != 0 || digits / 2 > sizeof settings.psk_key) return wrong("%s", advice);
  for (size_t at = 0; at < digits; at += 2) {
    const int high = hex_digit(colon[1 + at]);
    const int low = hex_digit(colon[2 + at]);
    if (high < 0 || low < 0) return wrong("%s", advice);
    settings.psk_key[at / 2] = (uint8_t)(high * 16 + low);
  }
  settings.psk_key_bytes = (uint32_t)(digits / 2);
  settings.psk_identity = text;
  *colon = '\0';
  return true;
}

static bool read_scheme(struct command_line *line, const char *text) {
  static const char *const schemes[] = {[IPA_SCHEME_HTTPS] = "https", [IPA_SCHEME_COAPS] = "coaps", [IPA_SCHEME_COAP] = "coap"};
  for (int32_t scheme = 0; scheme < 3; scheme++)
    if (strcmp(text, schemes[scheme]) == 0) line->eim_scheme = scheme;
#ifdef IPA_WITHOUT_COAP
  if (line->eim_scheme > IPA_SCHEME_HTTPS) return wrong("--eim-scheme: the module of this program has no CoAP; build another variant");
#endif
  return line->eim_scheme >= 0 || wrong("--eim-scheme: \"%s\" is none of https, coap and coaps", text);
}

static bool read_ca(const char *path) {
  const char *problem = trust_read_authorities(path);
  return problem == NULL || wrong("--ca: %s cannot be used: %s; give a PEM file with certificates", path, problem);
}

static bool read_initial_eim(struct command_line *line, const char *path) {
  static uint8_t bytes[MOST_INITIAL_EIM_BYTES + 1];
  line->initial_eim = bytes;
  line->initial_eim_bytes = read_file("initial-eim", path, bytes, sizeof bytes);
  return line->initial_eim_bytes > 0;
}

#ifdef IPA_MODULE_SHA256
/** Of the module that was translated to C. */
static bool read_module(struct command_line *line, const char *path) {
  uint8_t sha256[SHA256_BYTES];
  if (path != NULL) return wrong("--module: this program has its module in it; leave the option out");
  for (size_t at = 0; at < sizeof sha256; at++)
    sha256[at] = (uint8_t)(hex_digit(IPA_MODULE_SHA256[2 * at]) * 16 + hex_digit(IPA_MODULE_SHA256[2 * at + 1]));
  store_set_module(sha256);
  line->wasm = NULL;
  return true;
}
#else
static bool read_module(struct command_line *line, const char *path) {
  static uint8_t wasm[MOST_MODULE_BYTES + 1];
  uint8_t sha256[SHA256_BYTES];
  if (path == NULL) return wrong("--module is missing; give the .wasm file of the module");
  line->wasm = wasm;
  line->wasm_bytes = read_file("module", path, wasm, sizeof wasm);
  mbedtls_sha256(wasm, line->wasm_bytes, sha256, 0);
  store_set_module(sha256);
  return line->wasm_bytes > 0;
}
#endif

static bool read_repeat(struct command_line *line, const char *text) {
  line->repeats = true;
  return text == NULL || read_number(&line->repeat_seconds, "repeat", text, 1, MOST_SECONDS);
}

static bool read_modem(const char *text) {
  settings.modem = text;
  return modem_name_is_right(text) || wrong("--modem: \"%s\" is no line; write tcp:<host>:<port> or pty:<path>", text);
}

static bool read_option(struct command_line *line, int option, char *text, const char **module) {
  switch (option) {
    case OPTION_MODEM: return read_modem(text);
    case OPTION_BAUD:
      return read_number(&settings.baud, "baud", text, 0, UINT32_MAX) &&
             (modem_has_speed(settings.baud) || wrong("--baud: %s is no speed of a serial line here; 115200 is the usual one", text));
    case OPTION_SCHEME: return read_scheme(line, text);
    case OPTION_RESOLVE:
      return address_book_add(&settings.book, text) ||
             wrong("--resolve: \"%s\" is not <host>[:<port>]=<host>:<port>, or is one too many", text);
    case OPTION_CA: return read_ca(text);
    case OPTION_PSK: return read_psk(text);
    case OPTION_STATE: settings.state_file = text; return true;
    case OPTION_INITIAL_EIM: return read_initial_eim(line, text);
    case OPTION_MODULE: *module = text; return true;
    case OPTION_REPEAT: return read_repeat(line, text);
    case OPTION_TIMEOUT: return read_number(&settings.network_timeout_ms, "timeout-ms", text, 1, MOST_TIMEOUT_MS);
    case OPTION_VERBOSE: settings.verbose = true; return true;
    default: return false;
  }
}

int command_line_read(struct command_line *line, int argc, char **argv) {
  const char *module = NULL;
  int option;
  *line = (struct command_line){.eim_scheme = -1, .repeat_seconds = 86400};
  bool fits = true;
  while (fits && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    if (option == OPTION_HELP) return fputs(help, stdout), EXIT_DONE;
    fits = read_option(line, option, optarg, &module);
  }
  if (fits && optind < argc) fits = wrong("\"%s\" is no option", argv[optind]);
  if (fits && settings.modem == NULL) fits = wrong("--modem is missing; write tcp:<host>:<port> or pty:<path>");
  fits = fits && read_module(line, module);
  if (fits) return -1;
  fputs("next: ipa-posix --help tells the options\n", stderr);
  return EXIT_WRONG_COMMAND_LINE;
}
