/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line says, and the files that it names. */
#ifndef IPA_POSIX_COMMAND_LINE_H
#define IPA_POSIX_COMMAND_LINE_H

#include <stdbool.h>
#include <stdint.h>

/** Exit statuses. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_WRONG_COMMAND_LINE = 2 };

/** What goes into commands of the module; the rest is in `settings`. */
struct command_line {
  /** An ipa_scheme; -1: the module chooses by the eIM's configuration. */
  int32_t eim_scheme;
  /** Contents of the file of --module; NULL where the module was translated to C. */
  const uint8_t *wasm;
  uint32_t wasm_bytes;
  /** AddInitialEimRequest; NULL: none. */
  const uint8_t *initial_eim;
  uint32_t initial_eim_bytes;
  /** Polls again and again. */
  bool repeats;
  uint32_t repeat_seconds;
};

/** Reads the arguments and the files that they name. Returns -1 to go on, else the exit status: all has been said then. */
int command_line_read(struct command_line *line, int argc, char **argv);

#endif
