/* SPDX-License-Identifier: Apache-2.0 */
/* From the address that the eUICC or an activation code names to the place that is really asked. */
#ifndef IPA_POSIX_ADDRESS_H
#define IPA_POSIX_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#define ADDRESS_HOST_BYTES (256)
#define ADDRESS_BOOK_ENTRIES (16)

/** "host:port" in its parts; the host in lower case, IPv6 addresses without brackets. */
struct address {
  char host[ADDRESS_HOST_BYTES];
  uint16_t port;
};

/** One answer to --resolve: a "host" (port 0) or "host:port" is found at another one. */
struct address_entry {
  struct address name;
  struct address place;
};

struct address_book {
  struct address_entry entries[ADDRESS_BOOK_ENTRIES];
  uint32_t count;
};

/**
 * Reads "host" or "host:port", IPv6 addresses in brackets. Without a port, `default_port` it is. Returns false for what is no address:
 * names of other characters than letters, digits, '-', '_' and '.' among them, so that a host is safe to be put into an HTTP head.
 */
bool address_read(struct address *address, const char *text, uint32_t length, uint16_t default_port);

/** Reads an entry "host[:port]=host:port" into the book. Returns false when it is none, or the book is full. */
bool address_book_add(struct address_book *book, const char *text);

/** Where to find `address`: an entry with its port, then one without, else itself. */
const struct address *address_book_find(const struct address_book *book, const struct address *address);

/** "host:port", in brackets where it must be, for people, HTTP and to tell sessions apart. Without the port when that is `default_port`. */
#define ADDRESS_TEXT_BYTES (ADDRESS_HOST_BYTES + 9)
void address_write(char text[ADDRESS_TEXT_BYTES], const struct address *address, uint16_t default_port);

/** An IP address in network byte order: 4 or 16 bytes. Returns their number, 0 when the host is a name. */
uint32_t address_ip(const struct address *address, uint8_t bytes[16]);

#endif
