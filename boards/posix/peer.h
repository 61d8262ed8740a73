/* SPDX-License-Identifier: Apache-2.0 */
/* What action NetworkOpen says: who is to be talked to, how, and which key it must show (SGP.32 v1.2 §2.11.1.1.1). */
#ifndef IPA_POSIX_PEER_H
#define IPA_POSIX_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"

/** By what the server is known. */
enum trust_kind {
  /** The eUICC does not say: by the authorities of --ca. */
  TRUST_AUTHORITIES,
  /** By its key: a DER SubjectPublicKeyInfo. */
  TRUST_KEY,
  /** By a DER Certificate: its own or its issuer's. */
  TRUST_CERTIFICATE,
};

/** Longer anchors are refused: the module itself holds no longer eIM configuration. */
#define PEER_ANCHOR_BYTES (4096)

/** A copy: nothing in it points to the bytes that it was read from. */
struct peer {
  /** enum ipa_peer_kind, ipa_binding, ipa_scheme. */
  uint8_t kind;
  uint8_t binding;
  uint8_t scheme;
  /** The device is to wait for it on a port of its own. */
  bool listen;
  struct address address;
  enum trust_kind trust;
  uint8_t anchor[PEER_ANCHOR_BYTES];
  uint32_t anchor_bytes;
};

/** Reads the TLVs of action NetworkOpen. Returns false when they are not kind, binding, address and, where there is one, a trust anchor. */
bool peer_read(struct peer *peer, const uint8_t *bytes, uint32_t length);

/** Whether a connection to one is one to the other: same scheme, address and trust. */
bool peer_is_same(const struct peer *one, const struct peer *other);

#endif
