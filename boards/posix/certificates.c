/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates whose critical policies are taken as they are: that a policy says "CI" or "SM-DP+ TLS" is no limit on whom TLS may trust. */

#include "certificates.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/version.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/** The authorities of a whole system are some 250 KB. */
#define MOST_FILE_BYTES (1024 * 1024)

/** Called by mbedTLS for what it does not know. Takes policies, and nothing else: another critical extension refuses the certificate. */
static int take_policies(void *context, const mbedtls_x509_crt *certificate, const mbedtls_x509_buf *oid, int critical,
                         const unsigned char *at, const unsigned char *end) {
  (void)context, (void)certificate, (void)critical, (void)at, (void)end;
  return MBEDTLS_OID_CMP(MBEDTLS_OID_CERTIFICATE_POLICIES, oid) == 0 ? 0 : MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE;
}

int certificates_add(mbedtls_x509_crt *chain, const uint8_t *der, size_t length) {
  return mbedtls_x509_crt_parse_der_with_ext_cb(chain, der, length, 1, take_policies, NULL);
}

#ifdef IPA_MBEDTLS_IS_SHARED
/**
 * Takes the place of the function of this name in the shared library: it is what TLS reads the certificates of servers by, and TLS has no
 * setting for it. Who builds mbedTLS from source, as for a chip, sets MBEDTLS_X509_ALLOW_UNSUPPORTED_CRITICAL_EXTENSION in its stead.
 */
int mbedtls_x509_crt_parse_der(mbedtls_x509_crt *chain, const unsigned char *der, size_t length) {
  return certificates_add(chain, der, length);
}
#endif

#if MBEDTLS_VERSION_MAJOR < 3
static const unsigned char *pem_bytes(const mbedtls_pem_context *pem, size_t *length) {
  *length = pem->buflen;
  return pem->buf;
}
#else
#define pem_bytes mbedtls_pem_get_buffer
#endif

/** Reads the next certificate of a PEM text. Returns 0 or an error of mbedTLS; `used` bytes are done with. */
static int add_pem(mbedtls_x509_crt *chain, const uint8_t *text, size_t *used) {
  mbedtls_pem_context pem;
  size_t length;
  mbedtls_pem_init(&pem);
  int result = mbedtls_pem_read_buffer(&pem, "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", text, NULL, 0, used);
  if (result == 0) {
    const unsigned char *der = pem_bytes(&pem, &length);
    result = certificates_add(chain, der, length);
  }
  mbedtls_pem_free(&pem);
  return result;
}

/** Adds all of a PEM text that ends with a zero byte. Returns how many; `error` is the last that one of them was not read by. */
static uint32_t add_all_pem(mbedtls_x509_crt *chain, const uint8_t *text, int *error) {
  uint32_t count = 0;
  *error = 0;
  for (;;) {
    size_t used = 0;
    const int result = add_pem(chain, text, &used);
    if (used == 0) {
      /* what follows the last certificate is no error */
      if (count == 0 && *error == 0) *error = result;
      return count;
    }
    if (result == 0) count++;
    else *error = result;
    text += used;
  }
}

/** Reads a file and ends it with a zero byte. Returns its length, -1 with errno. */
static ssize_t read_file(const char *path, uint8_t bytes[MOST_FILE_BYTES + 1]) {
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  size_t total = 0;
  ssize_t length = -1;
  if (descriptor < 0) return -1;
  while (total < MOST_FILE_BYTES && (length = read(descriptor, bytes + total, MOST_FILE_BYTES - total)) > 0) total += (size_t)length;
  const int error = errno;
  close(descriptor);
  errno = error;
  bytes[total] = '\0';
  return length < 0 ? -1 : (ssize_t)total;
}

const char *certificates_add_file(mbedtls_x509_crt *chain, const char *path) {
  static uint8_t bytes[MOST_FILE_BYTES + 1];
  static char problem[128];
  const ssize_t length = read_file(path, bytes);
  if (length < 0) return strerror(errno);
  int error = 0;
  uint32_t count = 0;
  if (length > 0 && bytes[0] == (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)) {
    error = certificates_add(chain, bytes, (size_t)length);
    count = error == 0;
  } else
    count = add_all_pem(chain, bytes, &error);
  if (error == 0) return NULL;
  mbedtls_strerror(error, problem, sizeof problem);
  if (count == 0) return problem;
  fprintf(stderr, "warning: a certificate in %s is passed over: %s\n", path, problem);
  return NULL;
}
