/* SPDX-License-Identifier: Apache-2.0 */
/* The file: 8 bytes that name it, SHA-256 of the module, length of the state (4 bytes, big endian), state, SHA-256 of all before. */

#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ipa.h"
#include "ipa_port.h"
#include "posix.h"

#if MBEDTLS_VERSION_MAJOR < 3
#define mbedtls_sha256 mbedtls_sha256_ret
#endif

static const uint8_t mark[8] = {'I', 'P', 'A', 'S', 'T', 'A', 'T', '1'};

enum { MODULE_AT = sizeof mark, LENGTH_AT = MODULE_AT + SHA256_BYTES, STATE_AT = LENGTH_AT + 4 };
/** A module has one page of memory, so that no state is longer. */
#define FILE_BYTES (STATE_AT + 65536 + SHA256_BYTES)

static uint8_t module_sha256[SHA256_BYTES];
static uint8_t file[FILE_BYTES];

void store_set_module(const uint8_t sha256[SHA256_BYTES]) { memcpy(module_sha256, sha256, SHA256_BYTES); }

/** The file beside it that takes its place once it is whole. */
static const char *new_path(void) {
  static char path[PATH_MAX];
  const int length = snprintf(path, sizeof path, "%s.new", settings.state_file);
  return length > 0 && (size_t)length < sizeof path ? path : "";
}

/** Reads all of the file. Returns its length, -1 with errno. */
static ssize_t read_file(void) {
  const int descriptor = open(settings.state_file, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  size_t total = 0;
  ssize_t length;
  while ((length = read(descriptor, file + total, sizeof file - total)) > 0) total += (size_t)length;
  close(descriptor);
  return length < 0 ? -1 : (ssize_t)total;
}

static uint32_t number_at(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/** Why what was read is not used; NULL when it was put into the instance. */
static const char *take(size_t length) {
  uint8_t checksum[SHA256_BYTES];
  if (length < STATE_AT + SHA256_BYTES || memcmp(file, mark, sizeof mark) != 0) return "it is no state file";
  const uint32_t state_length = number_at(file + LENGTH_AT);
  const size_t end = length - SHA256_BYTES;
  mbedtls_sha256(file, end, checksum, 0);
  if (state_length != end - STATE_AT || memcmp(file + end, checksum, SHA256_BYTES) != 0) return "it is damaged";
  if (memcmp(file + MODULE_AT, module_sha256, SHA256_BYTES) != 0) return "it belongs to another build of the module";
  return ipa_restore(file + STATE_AT, state_length) == 0 ? NULL : "it belongs to another version of the interface";
}

/** Better now than after a poll whose state would be lost. */
static bool can_be_written(void) {
  const int descriptor = open(new_path(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  close(descriptor);
  return unlink(new_path()) == 0;
}

enum store_outcome store_restore(void) {
  if (settings.state_file == NULL) return STORE_EMPTY;
  const ssize_t length = read_file();
  const char *why = length >= 0 ? take((size_t)length) : errno == ENOENT ? NULL : strerror(errno);
  if (why != NULL) {
    fail(0, "--state: %s cannot be used: %s", settings.state_file, why);
    return STORE_REFUSED;
  }
  if (!can_be_written()) {
    fail(0, "--state: %s cannot be written: %s", settings.state_file, strerror(errno));
    return STORE_REFUSED;
  }
  return length < 0 ? STORE_EMPTY : STORE_RESTORED;
}

static bool write_all(int descriptor, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    const ssize_t written = write(descriptor, bytes, length);
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) {
      bytes += written;
      length -= (size_t)written;
    }
  }
  return fsync(descriptor) == 0;
}

/** That the new file has the name lasts only once the folder is on the disk, too. */
static void sync_folder(void) {
  char path[PATH_MAX];
  const char *slash = strrchr(settings.state_file, '/');
  const int length = slash == NULL ? 1 : (int)(slash - settings.state_file) + 1;
  snprintf(path, sizeof path, "%.*s", length, slash == NULL ? "." : settings.state_file);
  const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  (void)fsync(descriptor);
  close(descriptor);
}

/** Writes the new file beside the old one, and puts it in its place: a power cut leaves the one or the other. */
static bool replace_file(size_t length) {
  const int descriptor = open(new_path(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  const bool is_written = write_all(descriptor, file, length);
  if (close(descriptor) != 0 || !is_written) return false;
  if (rename(new_path(), settings.state_file) != 0) return false;
  sync_folder();
  return true;
}

int ipa_port_store(const uint8_t *state, uint32_t length) {
  if (settings.state_file == NULL) return 0;
  if (length > FILE_BYTES - STATE_AT - SHA256_BYTES) return -E2BIG;
  memcpy(file, mark, sizeof mark);
  memcpy(file + MODULE_AT, module_sha256, SHA256_BYTES);
  for (uint32_t at = 0; at < 4; at++) file[LENGTH_AT + at] = (uint8_t)(length >> (24 - 8 * at));
  memcpy(file + STATE_AT, state, length);
  mbedtls_sha256(file, STATE_AT + length, file + STATE_AT + length, 0);
  if (replace_file(STATE_AT + (size_t)length + SHA256_BYTES)) return 0;
  const int error = errno;
  fail(0, "--state: %s cannot be written: %s", settings.state_file, strerror(error));
  return error > 0 ? -error : -1;
}

bool store_save(void) {
  uint32_t length;
  const uint8_t *state = ipa_state(&length);
  return ipa_port_store(state, length) == 0;
}
