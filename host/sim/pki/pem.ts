// SPDX-License-Identifier: Apache-2.0
// PEM text of certificates, for TLS and for other people's tools.

/** The PEM form (RFC 7468) of a DER certificate. */
export function certificatePem(der: Uint8Array): string {
  const base64 = Buffer.from(der).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}
