/* SPDX-License-Identifier: Apache-2.0 */
/* Names are looked up in a child process: the resolver of libc blocks for as long as the network pleases. */

#include "connector.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipa_abi.h"

/** Addresses that are tried. They fit into one write to a pipe, which is not cut. */
#define MOST_ADDRESSES (4)

struct place {
  struct sockaddr_storage socket;
  socklen_t length;
};

static struct connector {
  enum { CONNECTOR_IDLE, CONNECTOR_RESOLVING, CONNECTOR_CONNECTING } state;
  struct address address;
  int socket_type;
  pid_t child;
  /** Where the child's answer comes from, or the socket that is being connected. */
  int descriptor;
  struct place places[MOST_ADDRESSES];
  uint32_t count;
  uint32_t next;
  int last_error;
} connector = {.descriptor = -1};

/** Finds addresses; blocks unless `flags` has AI_NUMERICHOST. Returns their number. */
static uint32_t look_up(const struct address *address, int socket_type, int flags, struct place places[MOST_ADDRESSES]) {
  char port[8];
  const struct addrinfo hints = {.ai_socktype = socket_type, .ai_flags = flags | AI_NUMERICSERV};
  struct addrinfo *found = NULL;
  snprintf(port, sizeof port, "%u", address->port);
  if (getaddrinfo(address->host, port, &hints, &found) != 0) return 0;
  uint32_t count = 0;
  for (const struct addrinfo *each = found; each != NULL && count < MOST_ADDRESSES; each = each->ai_next) {
    if (each->ai_addrlen > sizeof places[count].socket) continue;
    memset(&places[count], 0, sizeof places[count]);
    memcpy(&places[count].socket, each->ai_addr, each->ai_addrlen);
    places[count++].length = each->ai_addrlen;
  }
  freeaddrinfo(found);
  return count;
}

static void close_descriptor(void) {
  if (connector.descriptor >= 0) close(connector.descriptor);
  connector.descriptor = -1;
}

void connector_cancel(void) {
  close_descriptor();
  if (connector.child > 0) {
    kill(connector.child, SIGKILL);
    while (waitpid(connector.child, NULL, 0) < 0 && errno == EINTR) continue;
  }
  connector.child = 0;
  connector.state = CONNECTOR_IDLE;
}

/** In the child: what is found goes back through the pipe. */
static _Noreturn void answer(int pipe_end) {
  struct place places[MOST_ADDRESSES];
  const uint32_t count = look_up(&connector.address, connector.socket_type, 0, places);
  const ssize_t written = write(pipe_end, places, count * sizeof places[0]);
  _exit(written < 0);
}

static void start_child(void) {
  int ends[2];
  connector.state = CONNECTOR_RESOLVING;
  if (pipe(ends) != 0) return;
  connector.child = fork();
  if (connector.child == 0) answer(ends[1]);
  close(ends[1]);
  connector.descriptor = ends[0];
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

void connector_begin(const struct address *place, int socket_type) {
  connector_cancel();
  connector.address = *place;
  connector.socket_type = socket_type;
  connector.next = 0;
  connector.last_error = 0;
  connector.count = look_up(place, socket_type, AI_NUMERICHOST, connector.places);
  if (connector.count > 0) connector.state = CONNECTOR_CONNECTING;
  else start_child();
}

/** Takes the child's answer. Returns false when there is none yet. */
static bool read_answer(void) {
  const ssize_t length = connector.descriptor < 0 ? 0 : read(connector.descriptor, connector.places, sizeof connector.places);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  connector_cancel();
  connector.count = length < 0 ? 0 : (uint32_t)((size_t)length / sizeof connector.places[0]);
  connector.state = CONNECTOR_CONNECTING;
  return true;
}

/** Begins to connect to the next address. Returns an error number, EINPROGRESS while it goes on, or 0. */
static int try_next(void) {
  const struct place *place = &connector.places[connector.next++];
  connector.descriptor = socket(place->socket.ss_family, connector.socket_type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connector.descriptor < 0) return errno;
  const int on = 1;
  if (connector.socket_type == SOCK_STREAM) setsockopt(connector.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return connect(connector.descriptor, (const struct sockaddr *)&place->socket, place->length) == 0 ? 0 : errno;
}

/** How the connection that was begun has ended: as try_next. */
static int outcome(void) {
  struct pollfd writable = {.fd = connector.descriptor, .events = POLLOUT};
  if (poll(&writable, 1, 0) <= 0) return EINPROGRESS;
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(connector.descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

static int32_t refuse(void) {
  char name[ADDRESS_TEXT_BYTES];
  address_write(name, &connector.address, 0);
  connector_cancel();
  if (connector.count == 0) return fail(IPA_NETWORK_FAILURE_UNREACHABLE, "no address is known for %s", name);
  const int32_t failure = connector.last_error == ETIMEDOUT ? IPA_NETWORK_FAILURE_TIMEOUT : IPA_NETWORK_FAILURE_UNREACHABLE;
  return fail(failure, "cannot reach %s: %s", name, strerror(connector.last_error));
}

int32_t connector_run(int *connected) {
  if (connector.state == CONNECTOR_RESOLVING && !read_answer()) return CONNECTOR_AGAIN;
  for (;;) {
    if (connector.descriptor < 0 && connector.next >= connector.count) return refuse();
    const int error = connector.descriptor < 0 ? try_next() : outcome();
    if (error == EINPROGRESS) return CONNECTOR_AGAIN;
    if (error == 0) {
      *connected = connector.descriptor;
      connector.descriptor = -1;
      connector.state = CONNECTOR_IDLE;
      return 0;
    }
    connector.last_error = error;
    close_descriptor();
  }
}

void connector_wait(struct wait_set *set) {
  if (connector.state == CONNECTOR_RESOLVING) wait_for(set, connector.descriptor, POLLIN);
  if (connector.state == CONNECTOR_CONNECTING) wait_for(set, connector.descriptor, POLLOUT);
}
