/* SPDX-License-Identifier: Apache-2.0 */
/* The self-test: the module against a modem, a card and a clock that are only pretended. It knows nothing that the modules do not share. */

#include "ipa_self_test.h"

#include <stdbool.h>
#include <string.h>

/** Time-out of a card command; simulated time. */
#define CARD_TIMEOUT_MS (1000u)
/** How long bytes of a modem that never stops are on their way; simulated time. */
#define NOISE_MS (250u)
/** Calls of ipa_poll after which a command has no end: eight times what the most patient module makes. */
#define MOST_STEPS (2500u)
/** What the card says to the selection of ISD-R: there is none. */
#define FILE_NOT_FOUND (0x6a82)

/** What the modem is like. */
enum modem { HAS_PLAIN_CARD, REFUSES, IS_SILENT, IS_NOISY };

#ifdef IPA_WITHOUT_ESIPA
#define COMMAND IPA_COMMAND_DELIVER_NOTIFICATIONS
#else
#define COMMAND IPA_COMMAND_POLL
#endif

static const uint8_t BEGIN[] = {
  IPA_OPTION_COMMAND, 1, COMMAND, IPA_OPTION_CARD_LINK, 1, IPA_CARD_LINK_AT,
  IPA_OPTION_CARD_TIMEOUT_MS, 4, 0, 0, CARD_TIMEOUT_MS >> 8, CARD_TIMEOUT_MS & 0xff,
};

/** One command against one modem. */
struct run {
  enum modem modem;
  uint32_t now_ms;
  /** ISD-R was asked for by its AID (SGP.02 §2.2.3). */
  bool has_selected;
};

/** Tells an event. Returns what the module says; IPA_SELF_TEST_WRONG_ANSWER when it has no room for the bytes. */
static int32_t tell(int32_t kind, const void *bytes, uint32_t length) {
  uint32_t size = 0;
  uint8_t *window = ipa_window(kind, &size);
  if (length > 0) {
    if (window == NULL || size < length) return IPA_SELF_TEST_WRONG_ANSWER;
    memcpy(window, bytes, length);
  }
  return ipa_event(kind, 0, length);
}

static int32_t expect(int32_t answer, int32_t expected) {
  if (answer == IPA_HOST_TRAPPED) return answer;
  return answer == expected ? 0 : IPA_SELF_TEST_WRONG_ANSWER;
}

/** What is wrong is refused, and changes nothing. */
static int32_t test_refusals(void) {
  static const uint8_t UNKNOWN_OPTION[] = {IPA_OPTION_COMMAND, 1, COMMAND, 0x7f, 0};
  static const uint8_t UNKNOWN_COMMAND[] = {IPA_OPTION_COMMAND, 1, 99};
  static const uint8_t CUT_OFF[] = {IPA_OPTION_COMMAND, 1};
  int32_t error = expect(tell(IPA_EVENT_COMMAND, UNKNOWN_OPTION, sizeof UNKNOWN_OPTION), IPA_ERROR_BAD_OPTION);
  if (error == 0) error = expect(tell(IPA_EVENT_COMMAND, UNKNOWN_COMMAND, sizeof UNKNOWN_COMMAND), IPA_ERROR_BAD_OPTION);
  if (error == 0) error = expect(tell(IPA_EVENT_COMMAND, CUT_OFF, sizeof CUT_OFF), IPA_ERROR_BAD_OPTION);
  if (error == 0) error = expect(ipa_event(99, 0, 0), IPA_ERROR_UNKNOWN_EVENT);
  if (error == 0) error = expect(ipa_event(IPA_EVENT_NETWORK_OPENED, 0, 0), IPA_ERROR_UNEXPECTED_EVENT);
  if (error == 0) error = expect(ipa_poll(0), IPA_ACTION_IDLE);
  return error;
}

/** Whether `text` occurs in a command. */
static bool has(const uint8_t *command, uint32_t length, const char *text) {
  const uint32_t wanted = (uint32_t)strlen(text);
  for (uint32_t at = 0; at + wanted <= length; at++)
    if (memcmp(command + at, text, wanted) == 0) return true;
  return false;
}

/** What a modem answers that has a card with no ISD-R in it. */
static const char *answer_of_plain_card(struct run *run, const uint8_t *command, uint32_t length) {
  if (has(command, length, "AT+CCHO=")) return "\r\nERROR\r\n";
  if (!has(command, length, "AT+CSIM=")) return "\r\nOK\r\n";
  if (has(command, length, "\"0070")) return "\r\n+CSIM: 6,\"019000\"\r\n\r\nOK\r\n";
  if (!has(command, length, "A40400")) return "\r\n+CSIM: 4,\"9000\"\r\n\r\nOK\r\n";
  run->has_selected |= has(command, length, "10A0000005591010FFFFFFFF8900000100");
  return "\r\n+CSIM: 4,\"6A82\"\r\n\r\nOK\r\n";
}

/** The module has written a command; answers as the modem does. */
static int32_t answer(struct run *run) {
  uint32_t length = 0;
  const uint8_t *command = ipa_data(&length);
  if (command == NULL || length < 3 || memcmp(command, "AT", 2) != 0 || command[length - 1] != '\r') return IPA_SELF_TEST_WRONG_COMMAND;
  if (run->modem == IS_SILENT || run->modem == IS_NOISY) return 0;
  const char *text = run->modem == REFUSES ? "\r\nERROR\r\n" : answer_of_plain_card(run, command, length);
  const uint32_t text_length = (uint32_t)strlen(text);
  return expect(tell(IPA_EVENT_CARD_DATA, text, text_length), (int32_t)text_length);
}

/** The module waits: time passes, and the modem that never stops has something to say. */
static int32_t wait(struct run *run) {
  static const char NOISE[] = "+CSIM: 99999,\"\x80\xff\r\n\r\n+QIND: \"csq\",31,99";
  const int32_t wait_ms = ipa_argument();
  if (wait_ms < 0) return IPA_SELF_TEST_ENDLESS;
  if (run->modem != IS_NOISY) {
    run->now_ms += wait_ms > 0 ? (uint32_t)wait_ms : 1;
    return 0;
  }
  run->now_ms += NOISE_MS;
  /* it takes as much of it as it likes */
  const int32_t taken = tell(IPA_EVENT_CARD_DATA, NOISE, sizeof NOISE - 1);
  return taken == IPA_HOST_TRAPPED ? taken : taken < 0 ? IPA_SELF_TEST_WRONG_ANSWER : 0;
}

/** Goes on until the command is over. Returns how it ended in `result`, and 0. */
static int32_t run_to_end(struct run *run, int32_t *result) {
  for (uint32_t step = 0; step < MOST_STEPS; step++) {
    const int32_t action = ipa_poll(run->now_ms);
    int32_t error = 0;
    if (action == IPA_ACTION_FINISHED) {
      *result = ipa_argument();
      return 0;
    }
    if (action == IPA_HOST_TRAPPED) error = action;
    else if (action == IPA_ACTION_CARD_WRITE) error = answer(run);
    else if (action == IPA_ACTION_IDLE) error = wait(run);
    else if (action != IPA_ACTION_PERSIST) error = IPA_SELF_TEST_WRONG_ACTION;
    if (error != 0) return error;
  }
  return IPA_SELF_TEST_ENDLESS;
}

/** The number of a summary TLV of the last action, 0 when it is not there. */
static int32_t summary(uint8_t tag) {
  uint32_t length = 0;
  const uint8_t *bytes = ipa_data(&length);
  for (uint32_t at = 0; bytes != NULL && at + 6 <= length; at += 6)
    if (bytes[at] == tag && bytes[at + 1] == 4)
      return (int32_t)((uint32_t)bytes[at + 2] << 24 | (uint32_t)bytes[at + 3] << 16 | (uint32_t)bytes[at + 4] << 8 | bytes[at + 5]);
  return 0;
}

static int32_t test_command(enum modem modem, int32_t expected) {
  struct run run = {.modem = modem};
  int32_t result = 0;
  int32_t error = expect(tell(IPA_EVENT_COMMAND, BEGIN, sizeof BEGIN), (int32_t)sizeof BEGIN);
  if (error == 0) error = expect(tell(IPA_EVENT_COMMAND, BEGIN, sizeof BEGIN), IPA_ERROR_BUSY);
  if (error == 0) error = run_to_end(&run, &result);
  if (error != 0) return error;
  if (result != expected) return IPA_SELF_TEST_WRONG_RESULT;
  const bool is_told = modem != HAS_PLAIN_CARD || (run.has_selected && summary(IPA_SUMMARY_DETAIL) == FILE_NOT_FOUND);
  return is_told ? 0 : IPA_SELF_TEST_WRONG_RESULT;
}

int32_t ipa_self_test(const uint8_t *wasm, uint32_t length) {
  int32_t error = ipa_start(wasm, length);
  if (error == 0) error = test_refusals();
  if (error == 0) error = test_command(HAS_PLAIN_CARD, IPA_ERROR_NOT_AN_EUICC);
  if (error == 0) error = test_command(REFUSES, IPA_ERROR_MODEM_ERROR);
  if (error == 0) error = test_command(IS_SILENT, IPA_ERROR_MODEM_TIMEOUT);
  if (error == 0) error = test_command(IS_NOISY, IPA_ERROR_MODEM_TIMEOUT);
  return error;
}
