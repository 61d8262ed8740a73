/* SPDX-License-Identifier: Apache-2.0 */
/* The judgement is made while the server's certificate is looked at, before a byte of ours is encrypted to it. */

#include "trust.h"

#include <stdio.h>
#include <string.h>

#include "certificates.h"

static mbedtls_x509_crt authorities;
static bool has_authorities;

const char *trust_read_authorities(const char *file) {
  if (!has_authorities) mbedtls_x509_crt_init(&authorities);
  const char *problem = certificates_add_file(&authorities, file);
  has_authorities = has_authorities || problem == NULL;
  return problem;
}

static bool equals(const mbedtls_x509_buf *buffer, const uint8_t *bytes, uint32_t length) {
  return buffer->len == length && memcmp(buffer->p, bytes, length) == 0;
}

/** mbedTLS 2.28 compares names alone; an IP address stands in iPAddress (RFC 5280 §4.2.1.6). */
static bool is_made_out_to_ip(const mbedtls_x509_crt *leaf, const uint8_t *ip, uint32_t length) {
  const uint8_t ip_address = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7;
  for (const mbedtls_x509_sequence *name = &leaf->subject_alt_names; name != NULL; name = name->next)
    if (name->buf.tag == ip_address && equals(&name->buf, ip, length)) return true;
  return false;
}

static bool is_named_right(const struct trust *trust, const mbedtls_x509_crt *leaf) {
  uint8_t ip[16];
  const uint32_t length = address_ip(&trust->peer->address, ip);
  /* a host name was given to mbedTLS, which has compared it: MBEDTLS_X509_BADCERT_CN_MISMATCH */
  return length == 0 || is_made_out_to_ip(leaf, ip, length);
}

/** The server itself is what the eUICC knows: its key, or its certificate. */
static bool is_pinned(const struct trust *trust, const mbedtls_x509_crt *leaf) {
  const struct peer *peer = trust->peer;
  if (peer->trust == TRUST_KEY) return equals(&leaf->pk_raw, peer->anchor, peer->anchor_bytes);
  return peer->trust == TRUST_CERTIFICATE && equals(&leaf->raw, peer->anchor, peer->anchor_bytes);
}

static void refuse_flags(struct trust *trust, uint32_t flags) {
  char words[96];
  const int length = mbedtls_x509_crt_verify_info(words, sizeof words, "", flags);
  if (length < 0) snprintf(words, sizeof words, "flags %x", (unsigned)flags);
  words[strcspn(words, "\n")] = '\0';
  snprintf(trust->problem, sizeof trust->problem, "its certificate is not accepted (%s)", words);
}

/** Judges the server's own certificate, the last that mbedTLS shows; `flags` is what is wrong with it and those above it. */
static bool accepts_leaf(struct trust *trust, const mbedtls_x509_crt *leaf, uint32_t flags) {
  trust->is_pinned = is_pinned(trust, leaf);
  if (trust->is_pinned) return true;
  if (trust->peer->trust == TRUST_KEY) snprintf(trust->problem, sizeof trust->problem, "the server's key is not the trusted key");
  else if (flags != 0) refuse_flags(trust, flags);
  else if (!is_named_right(trust, leaf))
    snprintf(trust->problem, sizeof trust->problem, "its certificate is not for %.100s", trust->peer->address.host);
  else return true;
  return false;
}

/** Called by mbedTLS for each certificate of the chain, the server's own (depth 0) last. An error ends the handshake with an alert. */
static int judge(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags) {
  struct trust *trust = context;
  trust->chain_flags |= *flags;
  *flags = 0;
  if (depth > 0) return 0;
  trust->is_accepted = accepts_leaf(trust, certificate, trust->chain_flags);
  return trust->is_accepted ? 0 : MBEDTLS_ERR_X509_FATAL_ERROR;
}

static bool read_anchor(struct trust *trust) {
  const struct peer *peer = trust->peer;
  if (peer->trust == TRUST_KEY) return true;
  if (peer->trust == TRUST_AUTHORITIES) {
    if (!has_authorities)
      snprintf(trust->problem, sizeof trust->problem, "the eUICC does not say whom to trust, and neither does --ca");
    return has_authorities;
  }
  if (certificates_add(&trust->anchor, peer->anchor, peer->anchor_bytes) == 0) return true;
  snprintf(trust->problem, sizeof trust->problem, "the trusted certificate in the eUICC cannot be read");
  return false;
}

bool trust_begin(struct trust *trust, const struct peer *peer, mbedtls_ssl_config *config) {
  memset(trust, 0, sizeof *trust);
  trust->peer = peer;
  mbedtls_x509_crt_init(&trust->anchor);
  if (!read_anchor(trust)) return false;
  /* not required, as there is no chain to a key; what is optional is judged by `judge` */
  mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_OPTIONAL);
  mbedtls_ssl_conf_verify(config, judge, trust);
  if (peer->trust == TRUST_CERTIFICATE) mbedtls_ssl_conf_ca_chain(config, &trust->anchor, NULL);
  if (peer->trust == TRUST_AUTHORITIES) mbedtls_ssl_conf_ca_chain(config, &authorities, NULL);
  return true;
}

bool trust_accepts(const struct trust *trust, const mbedtls_ssl_context *ssl, bool was_resumed) {
  if (!trust->is_accepted) return was_resumed;
  /* what mbedTLS finds after `judge`: a certificate that is not for servers */
  return trust->is_pinned || mbedtls_ssl_get_verify_result(ssl) == 0;
}

void trust_end(struct trust *trust) { mbedtls_x509_crt_free(&trust->anchor); }
