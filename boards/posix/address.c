/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as text, and the book of --resolve. */

#include "address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool read_port(const char *text, uint32_t length, uint16_t *port) {
  if (length == 0 || length > 5) return false;
  uint32_t value = 0;
  for (uint32_t at = 0; at < length; at++) {
    if (!isdigit((unsigned char)text[at])) return false;
    value = value * 10 + (uint32_t)(text[at] - '0');
  }
  *port = (uint16_t)value;
  return value >= 1 && value <= 65535;
}

static bool read_host(struct address *address, const char *text, uint32_t length, bool bracketed) {
  if (length == 0 || length >= ADDRESS_HOST_BYTES) return false;
  for (uint32_t at = 0; at < length; at++) {
    const unsigned char each = (unsigned char)text[at];
    const bool fits = bracketed ? isxdigit(each) || each == ':' || each == '.' : isalnum(each) || each == '-' || each == '_' || each == '.';
    if (!fits) return false;
    address->host[at] = (char)tolower(each);
  }
  address->host[length] = '\0';
  uint8_t ip[16];
  return !bracketed || address_ip(address, ip) == sizeof ip;
}

bool address_read(struct address *address, const char *text, uint32_t length, uint16_t default_port) {
  const bool bracketed = length > 0 && text[0] == '[';
  const char *end = memchr(text, bracketed ? ']' : ':', length);
  if (bracketed && end == NULL) return false;
  const uint32_t host_end = end == NULL ? length : (uint32_t)(end - text);
  const uint32_t host_begin = bracketed ? 1 : 0;
  if (!read_host(address, text + host_begin, host_end - host_begin, bracketed)) return false;
  const uint32_t rest = bracketed ? host_end + 1 : host_end;
  address->port = default_port;
  if (rest == length) return true;
  return text[rest] == ':' && read_port(text + rest + 1, length - rest - 1, &address->port);
}

bool address_book_add(struct address_book *book, const char *text) {
  const char *equals = strchr(text, '=');
  if (equals == NULL || book->count == ADDRESS_BOOK_ENTRIES) return false;
  struct address_entry *entry = &book->entries[book->count];
  if (!address_read(&entry->name, text, (uint32_t)(equals - text), 0)) return false;
  if (!address_read(&entry->place, equals + 1, (uint32_t)strlen(equals + 1), 0) || entry->place.port == 0) return false;
  book->count++;
  return true;
}

const struct address *address_book_find(const struct address_book *book, const struct address *address) {
  const uint16_t ports[] = {address->port, 0};
  for (uint32_t pass = 0; pass < 2; pass++) {
    for (uint32_t at = 0; at < book->count; at++) {
      const struct address *name = &book->entries[at].name;
      if (name->port == ports[pass] && strcmp(name->host, address->host) == 0) return &book->entries[at].place;
    }
  }
  return address;
}

void address_write(char text[ADDRESS_TEXT_BYTES], const struct address *address, uint16_t default_port) {
  const bool bracketed = strchr(address->host, ':') != NULL;
  const int length = snprintf(text, ADDRESS_TEXT_BYTES, bracketed ? "[%s]" : "%s", address->host);
  if (address->port != default_port) snprintf(text + length, (size_t)(ADDRESS_TEXT_BYTES - length), ":%u", address->port);
}

uint32_t address_ip(const struct address *address, uint8_t bytes[16]) {
  if (inet_pton(AF_INET, address->host, bytes) == 1) return 4;
  return inet_pton(AF_INET6, address->host, bytes) == 1 ? 16 : 0;
}
