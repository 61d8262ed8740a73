/* SPDX-License-Identifier: Apache-2.0 */
/* A few sessions in memory: an eIM, and the servers that it sends a device to. */

#include "sessions.h"

#include <mbedtls/sha256.h>
#include <mbedtls/version.h>
#include <string.h>

#include "posix.h"

#if MBEDTLS_VERSION_MAJOR < 3
#define mbedtls_sha256_starts mbedtls_sha256_starts_ret
#define mbedtls_sha256_update mbedtls_sha256_update_ret
#define mbedtls_sha256_finish mbedtls_sha256_finish_ret
#endif

#define KEPT_SESSIONS (4)

static struct kept {
  bool is_used;
  uint8_t key[32];
  mbedtls_ssl_session session;
} kept[KEPT_SESSIONS];
static uint32_t oldest;

void sessions_key(uint8_t key[32], const struct peer *peer, bool has_psk) {
  const uint8_t fixed[] = {peer->scheme, (uint8_t)peer->trust, has_psk, (uint8_t)(peer->address.port >> 8), (uint8_t)peer->address.port};
  mbedtls_sha256_context hash;
  mbedtls_sha256_init(&hash);
  mbedtls_sha256_starts(&hash, 0);
  mbedtls_sha256_update(&hash, fixed, sizeof fixed);
  mbedtls_sha256_update(&hash, (const uint8_t *)peer->address.host, strlen(peer->address.host) + 1);
  /* --ca and --psk are the same for as long as the sessions live */
  mbedtls_sha256_update(&hash, peer->anchor, peer->anchor_bytes);
  mbedtls_sha256_finish(&hash, key);
  mbedtls_sha256_free(&hash);
}

static struct kept *find(const uint8_t key[32]) {
  for (uint32_t at = 0; at < KEPT_SESSIONS; at++)
    if (kept[at].is_used && memcmp(kept[at].key, key, sizeof kept[at].key) == 0) return &kept[at];
  return NULL;
}

static void drop(struct kept *entry) {
  if (entry->is_used) mbedtls_ssl_session_free(&entry->session);
  entry->is_used = false;
}

bool sessions_offer(const uint8_t key[32], mbedtls_ssl_context *ssl) {
  struct kept *entry = find(key);
  return entry != NULL && mbedtls_ssl_set_session(ssl, &entry->session) == 0;
}

void sessions_keep(const uint8_t key[32], const mbedtls_ssl_context *ssl) {
  struct kept *entry = find(key);
  if (entry == NULL) {
    entry = &kept[oldest];
    oldest = (oldest + 1) % KEPT_SESSIONS;
  }
  drop(entry);
  mbedtls_ssl_session_init(&entry->session);
  entry->is_used = true;
  memcpy(entry->key, key, sizeof entry->key);
  if (mbedtls_ssl_get_session(ssl, &entry->session) != 0) drop(entry);
}

void sessions_forget(const uint8_t key[32]) {
  struct kept *entry = find(key);
  if (entry != NULL) drop(entry);
}
