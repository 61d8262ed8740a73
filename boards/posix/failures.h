/* SPDX-License-Identifier: Apache-2.0 */
/* Errors in words: name, layer, what happened, what to do. */
#ifndef IPA_POSIX_FAILURES_H
#define IPA_POSIX_FAILURES_H

#include <stdint.h>

/** One error of the module or of its host. */
struct failure_words {
  int32_t number;
  /** As in assembly/abi/errors.ts, or of enum ipa_host_error. */
  const char *name;
  /** "layer: what happened". */
  const char *words;
  /** NULL: that of its layer. */
  const char *advice;
};

/** The words of an error; those of "Unknown" for a number of a newer module. */
const struct failure_words *failure_words(int32_t number);

/** One sentence on what to do next. */
const char *failure_advice(const struct failure_words *words);

#endif
