/* SPDX-License-Identifier: Apache-2.0 */
/* What TLS and DTLS have in common. A port to a chip changes this file least: mbedTLS is the same there. */

#include "secure.h"

#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/version.h>
#include <string.h>

#include "ipa_abi.h"
#include "posix.h"
#include "sessions.h"

/** 1280 of IPv6 (RFC 8200 §5) without its header and UDP's. */
#define DATAGRAM_BYTES (1232)
/** Before a flight is sent again; doubled each time (RFC 6347 §4.2.4.1). */
#define RETRANSMIT_MS (1000)
#define LONGEST_RETRANSMIT_MS (60000)

static const int tls_suites[] = {
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
  MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
  MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
  MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
  0,
};
/* tags of 8 bytes come first: every datagram carries one */
static const int dtls_suites[] = {
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
  MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
  MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
  0,
};
static const int psk_suites[] = {MBEDTLS_TLS_PSK_WITH_AES_128_CCM_8, MBEDTLS_TLS_PSK_WITH_AES_128_GCM_SHA256, 0};
static const char *http_protocol[] = {"http/1.1", NULL};

static int random_for_mbedtls(void *context, unsigned char *bytes, size_t length) {
  (void)context;
  random_bytes(bytes, length);
  return 0;
}

static void allow_tls_12_alone(mbedtls_ssl_config *config) {
#if MBEDTLS_VERSION_MAJOR >= 3
  mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_max_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
#else
  mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_max_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#endif
}

static int configure(struct secure *secure, bool is_datagram) {
  mbedtls_ssl_config *config = &secure->config;
  const int transport = is_datagram ? MBEDTLS_SSL_TRANSPORT_DATAGRAM : MBEDTLS_SSL_TRANSPORT_STREAM;
  const int result = mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_CLIENT, transport, MBEDTLS_SSL_PRESET_DEFAULT);
  if (result != 0) return result;
  mbedtls_ssl_conf_rng(config, random_for_mbedtls, NULL);
  allow_tls_12_alone(config);
  mbedtls_ssl_conf_ciphersuites(config, secure->has_psk ? psk_suites : is_datagram ? dtls_suites : tls_suites);
  if (is_datagram) mbedtls_ssl_conf_handshake_timeout(config, RETRANSMIT_MS, LONGEST_RETRANSMIT_MS);
  if (secure->has_psk)
    return mbedtls_ssl_conf_psk(config, settings.psk_key, settings.psk_key_bytes, (const unsigned char *)settings.psk_identity,
                                strlen(settings.psk_identity));
  return is_datagram ? 0 : mbedtls_ssl_conf_alpn_protocols(config, http_protocol);
}

/** A server name is a DNS name by definition (RFC 6066 §3); addresses are compared in trust.c. */
static int name_server(struct secure *secure, const struct peer *peer) {
  uint8_t ip[16];
  return mbedtls_ssl_set_hostname(&secure->ssl, secure->has_psk || address_ip(&peer->address, ip) > 0 ? NULL : peer->address.host);
}

static int32_t refuse_setup(struct secure *secure, int error) {
  char words[96];
  mbedtls_strerror(error, words, sizeof words);
  secure_end(secure);
  return fail(IPA_NETWORK_FAILURE_TLS_REFUSED, "cannot set up TLS towards %s: %s", secure->name, words);
}

int32_t secure_begin(struct secure *secure, const struct peer *peer, const char *name, const struct secure_carrier *carrier) {
  memset(secure, 0, sizeof *secure);
  secure->name = name;
  secure->has_begun = true;
  secure->has_psk = carrier->is_datagram && settings.psk_identity != NULL;
  mbedtls_ssl_init(&secure->ssl);
  mbedtls_ssl_config_init(&secure->config);
  int error = configure(secure, carrier->is_datagram);
  if (error != 0) return refuse_setup(secure, error);
  if (!secure->has_psk && !trust_begin(&secure->trust, peer, &secure->config)) {
    fail(0, "%s is not trusted: %s", name, secure->trust.problem);
    secure_end(secure);
    return IPA_NETWORK_FAILURE_TLS_REFUSED;
  }
  error = mbedtls_ssl_setup(&secure->ssl, &secure->config);
  if (error == 0) error = name_server(secure, peer);
  if (error != 0) return refuse_setup(secure, error);
  if (carrier->is_datagram) mbedtls_ssl_set_mtu(&secure->ssl, DATAGRAM_BYTES);
  mbedtls_ssl_set_bio(&secure->ssl, carrier->context, carrier->send, carrier->receive, NULL);
  sessions_key(secure->session_key, peer, secure->has_psk);
  secure->offers_session = sessions_offer(secure->session_key, &secure->ssl);
  return 0;
}

bool secure_must_wait(int result) {
  return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE;
}

/** The carrier has ended, and nobody has refused anything: a later try may work. */
static bool is_lost(int error) {
  return error == MBEDTLS_ERR_NET_CONN_RESET || error == MBEDTLS_ERR_NET_SEND_FAILED || error == MBEDTLS_ERR_NET_RECV_FAILED ||
         error == MBEDTLS_ERR_SSL_CONN_EOF || error == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY;
}

int32_t secure_failure(const struct secure *secure, int error, const char *doing) {
  char words[96];
  if (error == MBEDTLS_ERR_NET_CONNECT_FAILED) return fail(IPA_NETWORK_FAILURE_UNREACHABLE, "nothing listens at %s", secure->name);
  if (error == 0 || is_lost(error))
    return fail(IPA_NETWORK_FAILURE_CONNECTION_LOST, "the connection to %s was lost while %s", secure->name, doing);
  mbedtls_strerror(error, words, sizeof words);
  return fail(IPA_NETWORK_FAILURE_CONNECTION_LOST, "the connection to %s broke while %s: %s", secure->name, doing, words);
}

static int32_t handshake_failure(struct secure *secure, int error) {
  char words[96];
  /* the session may be what a server that answered dislikes */
  sessions_forget(secure->session_key);
  if (error == MBEDTLS_ERR_NET_CONNECT_FAILED || is_lost(error)) return secure_failure(secure, error, "TLS was set up");
  if (secure->trust.problem[0] != '\0')
    return fail(IPA_NETWORK_FAILURE_TLS_REFUSED, "%s is not trusted: %s", secure->name, secure->trust.problem);
  if (error == MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE)
    return fail(IPA_NETWORK_FAILURE_TLS_REFUSED, "%s shows a certificate with a critical extension unknown to mbedTLS", secure->name);
  mbedtls_strerror(error, words, sizeof words);
  return fail(IPA_NETWORK_FAILURE_TLS_REFUSED, "no TLS with %s: %s", secure->name, words);
}

int32_t secure_handshake(struct secure *secure) {
  const int result = mbedtls_ssl_handshake(&secure->ssl);
  if (secure_must_wait(result)) return SECURE_AGAIN;
  if (result != 0) return handshake_failure(secure, result);
  if (!secure->has_psk && !trust_accepts(&secure->trust, &secure->ssl, secure->offers_session)) {
    sessions_forget(secure->session_key);
    return fail(IPA_NETWORK_FAILURE_TLS_REFUSED, "%s is not trusted: its certificate is not for servers", secure->name);
  }
  /* a server that is new shows its certificate, which was judged */
  const bool is_resumed = secure->offers_session && !secure->has_psk && !secure->trust.is_accepted;
  note("secured: %s, %s%s", secure->name, mbedtls_ssl_get_ciphersuite(&secure->ssl), is_resumed ? ", resumed" : "");
  sessions_keep(secure->session_key, &secure->ssl);
  return 0;
}

void secure_end(struct secure *secure) {
  if (!secure->has_begun) return;
  /* what cannot be sent at once is not worth waiting for */
  (void)mbedtls_ssl_close_notify(&secure->ssl);
  mbedtls_ssl_free(&secure->ssl);
  mbedtls_ssl_config_free(&secure->config);
  if (!secure->has_psk) trust_end(&secure->trust);
  secure->has_begun = false;
}
