/* SPDX-License-Identifier: Apache-2.0 */
/* In place of update_start.c, for programs that run no module. */

#include <stdlib.h>

#include "update_host.h"

void host_test(char **words) {
  (void)words;
  abort();
}

void host_start(char **words) {
  (void)words;
  abort();
}
