/* SPDX-License-Identifier: Apache-2.0 */
/* Linked in front of the template's log (-Wl,--wrap=ipa_port_log), which says nothing: prints each event with its argument. */

#include <stdint.h>
#include <stdio.h>

void __wrap_ipa_port_log(int32_t what, int32_t argument);

void __wrap_ipa_port_log(int32_t what, int32_t argument) { printf("%d:%d\n", (int)what, (int)argument); }
