/* SPDX-License-Identifier: Apache-2.0 */
/* ipa-posix: polls the eIM of the eUICC in a modem. All that a program on a device does, and no more. */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "command_line.h"
#include "failures.h"
#include "ipa.h"
#include "ipa_port.h"
#include "modem.h"
#include "posix.h"
#include "store.h"

/** Prints text as a JSON string; what is not ASCII comes from nobody here but file names, and stays. */
static void print_string(const char *text) {
  putchar('"');
  for (; *text != '\0'; text++) {
    const unsigned char each = (unsigned char)*text;
    if (each == '"' || each == '\\') printf("\\%c", each);
    else if (each < ' ') printf("\\u%04x", each);
    else putchar(each);
  }
  putchar('"');
}

/** What was remembered of the network or the line to the modem says more of errors of theirs, and nothing of others. */
static const char *problem_behind(int32_t error) {
  const bool is_network = error <= IPA_ERROR_NETWORK_UNREACHABLE && error >= IPA_ERROR_NETWORK_MALFORMED;
  return is_network || error == IPA_ERROR_CARD_LOST ? last_problem() : "";
}

/** The error for programs, and for people on standard error. */
static void print_failure(int32_t error) {
  const struct failure_words *words = failure_words(error);
  const int32_t detail = ipa_summary(IPA_SUMMARY_DETAIL);
  const char *problem = problem_behind(error);
  char message[640];
  snprintf(message, sizeof message, "%s%s%s", words->words, problem[0] == '\0' ? "" : ": ", problem);
  printf(",\"error\":{\"code\":\"%s\",\"number\":%d,\"detail\":%d,\"message\":", words->name, error, detail);
  print_string(message);
  printf(",\"advice\":");
  print_string(failure_advice(words));
  putchar('}');
  if (detail == 0) fprintf(stderr, "error: %s\nnext: %s\n", message, failure_advice(words));
  else fprintf(stderr, "error: %s (detail %d)\nnext: %s\n", message, detail, failure_advice(words));
}

static void print_result(int32_t error, bool is_restored) {
  printf("{\"ok\":%s,\"modem\":", error == 0 ? "true" : "false");
  print_string(settings.modem);
  printf(",\"restored\":%s,\"packages\":%d,\"profilesInstalled\":%d,\"notifications\":%d", is_restored ? "true" : "false",
         ipa_summary(IPA_SUMMARY_PACKAGES), ipa_summary(IPA_SUMMARY_PROFILES_INSTALLED), ipa_summary(IPA_SUMMARY_NOTIFICATIONS));
  if (error < 0) print_failure(error);
  puts("}");
  fflush(stdout);
}

/** Certificates of servers must be valid now. */
static void add_time(struct ipa_options *options) {
  char text[16];
  struct tm utc;
  const time_t now = time(NULL);
  if (gmtime_r(&now, &utc) == NULL || strftime(text, sizeof text, "%Y%m%d%H%M%S", &utc) != 14) return;
  ipa_option_bytes(options, IPA_OPTION_UTC_TIME, (const uint8_t *)text, 14);
}

#ifndef IPA_WITHOUT_COAP
/** What the module needs for CoAP, and to say when to poll next: up to a tenth of the interval later, so that no crowd polls at once. */
static void add_coap(struct ipa_options *options, const struct command_line *line) {
  uint32_t seed = ipa_port_random();
  /* 0 would say that there is none */
  if (seed == 0) seed = 1;
  if (line->eim_scheme >= 0) ipa_option_number(options, IPA_OPTION_ESIPA_SCHEME, 1, (uint32_t)line->eim_scheme);
  ipa_option_number(options, IPA_OPTION_SEED, 4, seed);
  if (!line->repeats) return;
  uint8_t schedule[20] = {0};
  const uint32_t seconds[] = {line->repeat_seconds, line->repeat_seconds / 10};
  for (uint32_t at = 0; at < 8; at++) schedule[at] = (uint8_t)(seconds[at / 4] >> (24 - 8 * (at % 4)));
  ipa_option_bytes(options, IPA_OPTION_POLL_SCHEDULE, schedule, sizeof schedule);
}
#endif

/** One poll. `is_first`: whatever was going on in the state that was restored is given up. */
static int32_t run_poll(const struct command_line *line, bool is_first) {
  uint8_t bytes[96];
  struct ipa_options options = ipa_options_begin(bytes, sizeof bytes, IPA_COMMAND_POLL);
  ipa_option_number(&options, IPA_OPTION_CARD_LINK, 1, IPA_CARD_LINK_AT);
  if (is_first) ipa_option_bytes(&options, IPA_OPTION_RESTART, NULL, 0);
  if (line->initial_eim != NULL) ipa_option_bytes(&options, IPA_OPTION_INITIAL_EIM, NULL, 0);
  add_time(&options);
#ifndef IPA_WITHOUT_COAP
  add_coap(&options, line);
#endif
  struct ipa_job job = {
    .options = bytes,
    .options_length = options.length,
    .request = line->initial_eim,
    .request_length = line->initial_eim_bytes,
  };
  clear_problem();
  return ipa_run(&job);
}

/** How long until the next poll: what the module says, where it does. */
static uint32_t next_poll_seconds(const struct command_line *line) {
  const int32_t said = ipa_summary(IPA_SUMMARY_NEXT_POLL);
  return said > 0 ? (uint32_t)said : line->repeat_seconds;
}

static void sleep_seconds(uint32_t seconds) {
  struct timespec left = {.tv_sec = (time_t)seconds};
  while (nanosleep(&left, &left) != 0) continue;
}

/** A fresh instance with what was kept. Returns EXIT_DONE, or the exit status when there is none: that has been said. */
static int start(const struct command_line *line, bool *is_restored) {
  const int32_t error = ipa_start(line->wasm, line->wasm_bytes);
  if (error < 0) {
    const struct failure_words *words = failure_words(error);
    fprintf(stderr, "error: %s\nnext: %s\n", words->words, failure_advice(words));
    return EXIT_FAILED;
  }
  const enum store_outcome outcome = store_restore();
  *is_restored = outcome == STORE_RESTORED;
  if (outcome != STORE_REFUSED) return EXIT_DONE;
  fprintf(stderr, "error: %s\nnext: name another file, or remove it to start without what it holds\n", last_problem());
  return EXIT_WRONG_COMMAND_LINE;
}

/** Polls, once or again and again while there is a modem. Returns the exit status. */
static int run(const struct command_line *line) {
  bool is_restored = false;
  bool is_first = true;
  int status = start(line, &is_restored);
  while (status == EXIT_DONE) {
    const int32_t error = run_poll(line, is_first);
    print_result(error, is_restored);
    is_first = false;
    if (error != IPA_HOST_TRAPPED && !store_save()) ipa_port_log(IPA_LOG_NOT_STORED, 0);
    if (!line->repeats || error == IPA_ERROR_CARD_LOST) return error == 0 ? EXIT_DONE : EXIT_FAILED;
    sleep_seconds(next_poll_seconds(line));
    if (error == IPA_HOST_TRAPPED) {
      is_first = true;
      status = start(line, &is_restored);
    }
  }
  return status;
}

int main(int argc, char **argv) {
  struct command_line line;
  signal(SIGPIPE, SIG_IGN);
  int status = command_line_read(&line, argc, argv);
  if (status >= 0) return status;
  if (!modem_open()) {
    fprintf(stderr, "error: cannot reach the modem at %s: %s\n", settings.modem, last_problem());
    fputs("next: check the modem and its line, and that nobody else uses it\n", stderr);
    return EXIT_FAILED;
  }
  status = run(&line);
  ipa_port_network_close();
  modem_close();
  return status;
}
