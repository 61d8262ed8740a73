/* SPDX-License-Identifier: Apache-2.0 */
/* The TLVs of action NetworkOpen. */

#include "peer.h"

#include <string.h>

#include "ipa_abi.h"

enum { TAG_KIND = 0x80, TAG_ADDRESS = 0x81, TAG_BINDING = 0x82, TAG_SCHEME = 0x83, TAG_LISTEN = 0x84, TAG_TRUST = 0xa6 };
enum { TAG_PUBLIC_KEY = 0xa0, TAG_CERTIFICATE = 0xa1, TAG_SEQUENCE = 0x30 };

/** One element: tag of one byte, definite length. */
struct element {
  uint8_t tag;
  const uint8_t *value;
  uint32_t length;
};

/** Takes the next element off the front. Returns false when there is none that is whole. */
static bool next_element(struct element *element, const uint8_t **bytes, uint32_t *length) {
  if (*length < 2) return false;
  uint32_t value_length = (*bytes)[1];
  uint32_t head = 2;
  if (value_length > 0x80) {
    head += value_length & 0x7f;
    if (head > 5 || head > *length) return false;
    value_length = 0;
    for (uint32_t at = 2; at < head; at++) value_length = value_length << 8 | (*bytes)[at];
  } else if (value_length == 0x80)
    return false;
  if (value_length > *length - head) return false;
  *element = (struct element){(*bytes)[0], *bytes + head, value_length};
  *bytes += head + value_length;
  *length -= head + value_length;
  return true;
}

/** The first element of A6 is the choice, whose tag stands in place of that of a SEQUENCE. */
static bool read_trust(struct peer *peer, const struct element *trust) {
  const uint8_t *at = trust->value;
  uint32_t left = trust->length;
  struct element choice;
  if (!next_element(&choice, &at, &left) || (choice.tag != TAG_PUBLIC_KEY && choice.tag != TAG_CERTIFICATE)) return false;
  const uint32_t length = (uint32_t)(at - trust->value);
  if (length > PEER_ANCHOR_BYTES) return false;
  memcpy(peer->anchor, trust->value, length);
  peer->anchor[0] = TAG_SEQUENCE;
  peer->anchor_bytes = length;
  peer->trust = choice.tag == TAG_PUBLIC_KEY ? TRUST_KEY : TRUST_CERTIFICATE;
  return true;
}

/** A value of one byte that is one of the first `count` numbers. */
static bool read_choice(uint8_t *value, const struct element *element, uint8_t count) {
  if (element->length != 1 || element->value[0] >= count) return false;
  *value = element->value[0];
  return true;
}

static uint16_t default_port(uint8_t scheme) {
  if (scheme == IPA_SCHEME_HTTPS) return 443;
  return scheme == IPA_SCHEME_COAPS ? 5684 : 5683;
}

bool peer_read(struct peer *peer, const uint8_t *bytes, uint32_t length) {
  struct element element;
  struct element address = {0};
  bool has_kind = false;
  bool has_binding = false;
  bool fits = true;
  memset(peer, 0, sizeof *peer);
  while (fits && length > 0) {
    if (!next_element(&element, &bytes, &length)) return false;
    switch (element.tag) {
      case TAG_KIND: fits = has_kind = read_choice(&peer->kind, &element, IPA_PEER_KIND_SMDS + 1); break;
      case TAG_BINDING: fits = has_binding = read_choice(&peer->binding, &element, IPA_BINDING_JSON + 1); break;
      case TAG_SCHEME: fits = read_choice(&peer->scheme, &element, IPA_SCHEME_COAP + 1); break;
      case TAG_LISTEN: peer->listen = true; break;
      case TAG_ADDRESS: address = element; break;
      case TAG_TRUST: fits = read_trust(peer, &element); break;
      default: break;
    }
  }
  if (!fits || !has_kind || !has_binding || address.length == 0) return false;
  return address_read(&peer->address, (const char *)address.value, address.length, default_port(peer->scheme));
}

bool peer_is_same(const struct peer *one, const struct peer *other) {
  const bool same_place = one->address.port == other->address.port && strcmp(one->address.host, other->address.host) == 0;
  const bool same_trust = one->trust == other->trust && one->anchor_bytes == other->anchor_bytes;
  return one->scheme == other->scheme && same_place && same_trust && memcmp(one->anchor, other->anchor, one->anchor_bytes) == 0;
}
