/* SPDX-License-Identifier: Apache-2.0 */
/* What WAMR's core wants to know of its platform: one thread, no files, no memory but the pool. WAMR includes it by this name. */
#ifndef IPA_WAMR_PLATFORM_INTERNAL_H
#define IPA_WAMR_PLATFORM_INTERNAL_H

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Synchronisation has nothing to do, and these types hold nothing. */
typedef int korp_tid;
typedef int korp_thread;
typedef int korp_mutex;
typedef int korp_cond;
typedef int korp_sem;
typedef int korp_rwlock;

/* Only named in declarations of functions that are not there. */
typedef int os_file_handle;
typedef int os_dir_stream;
typedef int os_raw_file_handle;
typedef int os_poll_file_handle;
typedef unsigned int os_nfds_t;
typedef int os_timespec;

/* WAMR's messages are for its developers; their texts alone would take kilobytes of flash. This stands in for its bh_log.h. */
#define _BH_LOG_H
#define LOG_FATAL(...) ((void)0)
#define LOG_ERROR(...) ((void)0)
#define LOG_WARNING(...) ((void)0)
#define LOG_VERBOSE(...) ((void)0)
#define LOG_DEBUG(...) ((void)0)
#define LOG_PROC_MEM(...) ((void)0)
void bh_log_set_verbose_level(uint32_t level);

/* Its errors are told by numbers: of a text only whether it is empty matters, so it is copied as it stands, and printf stays out. */
#define snprintf ipa_wamr_copy_text
#define vsnprintf ipa_wamr_copy_text_list
int ipa_wamr_copy_text(char *text, size_t bytes, const char *format, ...);
int ipa_wamr_copy_text_list(char *text, size_t bytes, const char *format, va_list list);

/* It sorts the ten exports: the library's qsort is 1.5 KB. */
#define qsort ipa_wamr_sort
void ipa_wamr_sort(void *items, size_t count, size_t bytes, int (*compare)(const void *, const void *));

static inline os_file_handle os_get_invalid_handle(void) { return -1; }
static inline int os_getpagesize(void) { return 8; }

#endif
