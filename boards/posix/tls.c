/* SPDX-License-Identifier: Apache-2.0 */
/* TCP, then TLS over it. */

#include "tls.h"

#include <errno.h>
#include <mbedtls/net_sockets.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connector.h"
#include "ipa_abi.h"
#include "secure.h"

static struct {
  enum { TLS_CLOSED, TLS_CONNECTING, TLS_HANDSHAKE, TLS_OPEN } state;
  int socket;
  const struct peer *peer;
  char name[ADDRESS_TEXT_BYTES];
  struct secure secure;
  /** What mbedTLS wants the socket to be, in the handshake: POLLIN or POLLOUT. */
  short wanted;
  int error;
} tls = {.socket = -1};

static int send_bytes(void *context, const unsigned char *bytes, size_t length) {
  (void)context;
  const ssize_t sent = send(tls.socket, bytes, length, MSG_NOSIGNAL);
  if (sent >= 0) return (int)sent;
  if (errno == EAGAIN || errno == EINTR) return tls.wanted = POLLOUT, MBEDTLS_ERR_SSL_WANT_WRITE;
  return errno == EPIPE || errno == ECONNRESET ? MBEDTLS_ERR_NET_CONN_RESET : MBEDTLS_ERR_NET_SEND_FAILED;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t length) {
  (void)context;
  const ssize_t received = recv(tls.socket, bytes, length, 0);
  if (received >= 0) return (int)received;
  if (errno == EAGAIN || errno == EINTR) return tls.wanted = POLLIN, MBEDTLS_ERR_SSL_WANT_READ;
  return errno == EPIPE || errno == ECONNRESET ? MBEDTLS_ERR_NET_CONN_RESET : MBEDTLS_ERR_NET_RECV_FAILED;
}

void tls_connect(const struct peer *peer) {
  tls_close();
  tls.peer = peer;
  tls.state = TLS_CONNECTING;
  address_write(tls.name, &peer->address, 0);
  connector_begin(address_book_find(&settings.book, &peer->address), SOCK_STREAM);
}

static int32_t begin_handshake(void) {
  const struct secure_carrier carrier = {.send = send_bytes, .receive = receive_bytes};
  tls.state = TLS_HANDSHAKE;
  tls.error = 0;
  return secure_begin(&tls.secure, tls.peer, tls.name, &carrier);
}

int32_t tls_run(void) {
  int32_t result = 0;
  if (tls.state == TLS_CONNECTING) {
    result = connector_run(&tls.socket);
    if (result == CONNECTOR_AGAIN) return TLS_AGAIN;
    if (result == 0) result = begin_handshake();
  }
  if (result == 0 && tls.state == TLS_HANDSHAKE) result = secure_handshake(&tls.secure);
  if (result == SECURE_AGAIN) return TLS_AGAIN;
  if (result == 0) tls.state = TLS_OPEN;
  else tls_close();
  return result;
}

bool tls_is_open(void) { return tls.state == TLS_OPEN; }

bool tls_is_quiet(void) {
  uint8_t byte;
  return tls_read(&byte, 1) == TLS_AGAIN;
}

/** What mbedTLS gave: its bytes, or one of the words of this file. */
static int32_t judge(int result) {
  if (result > 0) return result;
  if (secure_must_wait(result)) return TLS_AGAIN;
  tls.error = result;
  return TLS_BROKEN;
}

int32_t tls_write(const uint8_t *bytes, uint32_t length) { return judge(mbedtls_ssl_write(&tls.secure.ssl, bytes, length)); }

int32_t tls_read(uint8_t *bytes, uint32_t capacity) {
  const int result = mbedtls_ssl_read(&tls.secure.ssl, bytes, capacity);
  return result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY ? 0 : judge(result);
}

int32_t tls_failure(const char *doing) { return secure_failure(&tls.secure, tls.error, doing); }

void tls_close(void) {
  if (tls.state == TLS_CONNECTING) connector_cancel();
  secure_end(&tls.secure);
  if (tls.socket >= 0) close(tls.socket);
  tls.socket = -1;
  tls.state = TLS_CLOSED;
}

void tls_wait(struct wait_set *set, short events) {
  if (tls.state == TLS_CONNECTING) connector_wait(set);
  else wait_for(set, tls.socket, tls.state == TLS_HANDSHAKE ? tls.wanted : events);
}
