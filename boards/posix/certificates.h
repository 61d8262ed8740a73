/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of the RSP PKI (SGP.22 v2.5 §4.5.2), which mbedTLS does not read as they are: their policies, such as id-rspRole-ci, stand
 * in an extension that is marked critical. */
#ifndef IPA_POSIX_CERTIFICATES_H
#define IPA_POSIX_CERTIFICATES_H

#include <mbedtls/x509_crt.h>
#include <stdint.h>

/** Adds a certificate in DER to the chain, which may be empty. Returns 0 or an error of mbedTLS. */
int certificates_add(mbedtls_x509_crt *chain, const uint8_t *der, size_t length);

/**
 * Adds those of a file, PEM with one or more or DER with one. Returns NULL, or what is wrong, in words: nothing in it could be read. What
 * alone could not be read is passed over, and told on standard error.
 */
const char *certificates_add_file(mbedtls_x509_crt *chain, const char *path);

#endif
