/* SPDX-License-Identifier: Apache-2.0 */
/* UDP by a connected socket, so that datagrams of others are not seen and a port where nobody listens is told; the same under DTLS. */

#include "datagrams.h"

#include <errno.h>
#include <mbedtls/net_sockets.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connector.h"
#include "dtls_timer.h"
#include "secure.h"

/** The longest datagram that is taken; the module has no room for longer ones. */
#define MOST_DATAGRAM_BYTES (2048)

static struct {
  enum { CHANNEL_CLOSED, CHANNEL_CONNECTING, CHANNEL_HANDSHAKE, CHANNEL_OPEN } state;
  int socket;
  const struct peer *peer;
  char name[ADDRESS_TEXT_BYTES];
  /** Of connecting and the handshake together. */
  uint32_t deadline_ms;
  bool is_secure;
  struct secure secure;
  struct dtls_timer timer;
  uint8_t received[MOST_DATAGRAM_BYTES];
} channel = {.socket = -1};

/** What is wrong with this machine or this datagram alone: it is lost, as in a network. */
static bool is_dropped(int error) {
  return error == EAGAIN || error == ENOBUFS || error == EMSGSIZE || error == EINTR;
}

/** An error of the socket in the words of mbedTLS; ICMP tells that nobody listens. */
static int net_error(int error, int otherwise) {
  return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH ? MBEDTLS_ERR_NET_CONNECT_FAILED : otherwise;
}

/** Always takes the datagram: mbedTLS would take a later one for the rest of it. */
static int send_datagram(void *context, const unsigned char *bytes, size_t length) {
  (void)context;
  const ssize_t sent = send(channel.socket, bytes, length, MSG_NOSIGNAL);
  return sent >= 0 || is_dropped(errno) ? (int)length : net_error(errno, MBEDTLS_ERR_NET_SEND_FAILED);
}

/** Gives the next datagram that is not empty and not too long. */
static int receive_datagram(void *context, unsigned char *bytes, size_t capacity) {
  (void)context;
  for (;;) {
    const ssize_t received = recv(channel.socket, bytes, capacity, MSG_TRUNC);
    if (received < 0 && (errno == EAGAIN || errno == EINTR)) return MBEDTLS_ERR_SSL_WANT_READ;
    if (received < 0) return net_error(errno, MBEDTLS_ERR_NET_RECV_FAILED);
    if (received > 0 && (size_t)received <= capacity) return (int)received;
  }
}

void datagrams_open(const struct peer *peer) {
  datagrams_close();
  channel.peer = peer;
  channel.is_secure = peer->scheme == IPA_SCHEME_COAPS;
  channel.state = CHANNEL_CONNECTING;
  channel.deadline_ms = network_deadline();
  address_write(channel.name, &peer->address, 0);
  connector_begin(address_book_find(&settings.book, &peer->address), SOCK_DGRAM);
}

void datagrams_close(void) {
  if (channel.state == CHANNEL_CONNECTING) connector_cancel();
  secure_end(&channel.secure);
  if (channel.socket >= 0) close(channel.socket);
  channel.socket = -1;
  channel.state = CHANNEL_CLOSED;
}

static int32_t begin_handshake(void) {
  const struct secure_carrier carrier = {.is_datagram = true, .send = send_datagram, .receive = receive_datagram};
  const int32_t failure = secure_begin(&channel.secure, channel.peer, channel.name, &carrier);
  if (failure == 0) mbedtls_ssl_set_timer_cb(&channel.secure.ssl, &channel.timer, dtls_timer_set, dtls_timer_get);
  channel.state = CHANNEL_HANDSHAKE;
  return failure;
}

/** What the channel that is being opened says: an ipa_network_failure, 0 when it is open, SECURE_AGAIN. */
static int32_t run_opening(void) {
  int32_t result = 0;
  if (channel.state == CHANNEL_CONNECTING) {
    result = connector_run(&channel.socket);
    if (result == 0 && channel.is_secure) result = begin_handshake();
    else if (result == CONNECTOR_AGAIN) result = SECURE_AGAIN;
  }
  if (result == 0 && channel.is_secure) result = secure_handshake(&channel.secure);
  if (result != SECURE_AGAIN || !is_due(channel.deadline_ms)) return result;
  return fail(IPA_NETWORK_FAILURE_TIMEOUT, "%s did not answer within %u ms%s", channel.name, settings.network_timeout_ms,
              channel.secure.has_psk ? ", or does not know the key of --psk" : "");
}

static int tell(struct ipa_port_event *event, int32_t kind, int32_t argument) {
  *event = (struct ipa_port_event){.kind = kind, .argument = argument};
  return 1;
}

static int tell_failure(struct ipa_port_event *event, int32_t failure) {
  datagrams_close();
  return tell(event, IPA_EVENT_NETWORK_FAILED, failure);
}

/** Takes a datagram, or an mbedTLS error. */
static int receive_open(void) {
  if (!channel.is_secure) return receive_datagram(NULL, channel.received, sizeof channel.received);
  return mbedtls_ssl_read(&channel.secure.ssl, channel.received, sizeof channel.received);
}

int datagrams_event(struct ipa_port_event *event) {
  if (channel.state == CHANNEL_CLOSED) return 0;
  if (channel.state != CHANNEL_OPEN) {
    const int32_t result = run_opening();
    if (result == SECURE_AGAIN) return 0;
    if (result != 0) return tell_failure(event, result);
    channel.state = CHANNEL_OPEN;
    return tell(event, IPA_EVENT_NETWORK_OPENED, 0);
  }
  const int received = receive_open();
  if (secure_must_wait(received)) return 0;
  channel.secure.name = channel.name;
  if (received <= 0) return tell_failure(event, secure_failure(&channel.secure, received, "an answer was waited for"));
  tell(event, IPA_EVENT_DATAGRAM, 0);
  event->bytes = channel.received;
  event->length = (uint32_t)received;
  return 1;
}

void datagrams_send(const uint8_t *bytes, uint32_t length) {
  if (channel.state != CHANNEL_OPEN || length == 0) return;
  /* what fails is told by the next read of the socket, or is a loss that the module knows how to deal with */
  if (channel.is_secure) (void)mbedtls_ssl_write(&channel.secure.ssl, bytes, length);
  else (void)send_datagram(NULL, bytes, length);
}

void datagrams_wait(struct wait_set *set) {
  if (channel.state == CHANNEL_CLOSED) return;
  if (channel.state != CHANNEL_OPEN) wait_until(set, channel.deadline_ms);
  if (channel.state == CHANNEL_CONNECTING) connector_wait(set);
  else wait_for(set, channel.socket, POLLIN);
  if (channel.is_secure && channel.state == CHANNEL_HANDSHAKE) dtls_timer_wait(&channel.timer, set);
}
