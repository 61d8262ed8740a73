/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to and from the modem, raw. */

#include "modem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "connector.h"
#include "ipa_port.h"

/** How long the line may take no byte; at 9,600 baud the longest command takes half a second. */
#define WRITE_TIMEOUT_MS (10000)

static int line = -1;
/** A line that has broken is waited for no more: it would be ready for ever. */
static bool is_lost;
/** The loop was told so by a read, and has had a turn since: what the module makes of it must not wait for anything else. */
static bool is_told;
static bool had_turn;
/** All that has come was read. While the module has no room for more it is not, and waiting for the line would be no wait. */
static bool is_drained = true;

static const char *tcp_place(const char *name) { return strncmp(name, "tcp:", 4) == 0 ? name + 4 : NULL; }
static const char *device_path(const char *name) { return strncmp(name, "pty:", 4) == 0 && name[4] != '\0' ? name + 4 : NULL; }

static bool read_place(struct address *address, const char *place) {
  return place != NULL && address_read(address, place, (uint32_t)strlen(place), 0) && address->port != 0;
}

bool modem_name_is_right(const char *name) {
  struct address address;
  return device_path(name) != NULL || read_place(&address, tcp_place(name));
}

static bool open_tcp(const char *place) {
  struct address address;
  int32_t result = CONNECTOR_AGAIN;
  const uint32_t deadline_ms = network_deadline();
  if (!read_place(&address, place)) return false;
  connector_begin(&address, SOCK_STREAM);
  while ((result = connector_run(&line)) == CONNECTOR_AGAIN && !is_due(deadline_ms)) {
    struct wait_set set = {.now_ms = ipa_port_now_ms(), .timeout_ms = UINT32_MAX};
    wait_until(&set, deadline_ms);
    connector_wait(&set);
    poll(set.descriptors, set.count, (int)set.timeout_ms);
  }
  if (result != CONNECTOR_AGAIN) return result == 0;
  connector_cancel();
  fail(0, "no answer within %u ms", settings.network_timeout_ms);
  return false;
}

/** The number of a speed in termios, B0 for one that it does not have. */
static speed_t speed_of(uint32_t baud) {
  static const struct {
    uint32_t baud;
    speed_t speed;
  } speeds[] = {{9600, B9600}, {19200, B19200}, {38400, B38400}, {57600, B57600}, {115200, B115200}, {230400, B230400}};
  for (size_t at = 0; at < sizeof speeds / sizeof speeds[0]; at++)
    if (speeds[at].baud == baud) return speeds[at].speed;
  return B0;
}

bool modem_has_speed(uint32_t baud) { return speed_of(baud) != B0; }

/** Eight bits, nothing added, nothing translated, nothing echoed. */
static bool set_raw(void) {
  struct termios mode;
  if (tcgetattr(line, &mode) != 0) return false;
  mode.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXOFF);
  mode.c_oflag &= ~(tcflag_t)OPOST;
  mode.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  mode.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | CSTOPB);
  mode.c_cflag |= CS8 | CREAD | CLOCAL;
  cfsetispeed(&mode, speed_of(settings.baud));
  cfsetospeed(&mode, speed_of(settings.baud));
  return tcsetattr(line, TCSANOW, &mode) == 0;
}

static bool open_device(const char *path) {
  line = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (line >= 0 && set_raw()) return true;
  fail(0, "%s", strerror(errno));
  modem_close();
  return false;
}

bool modem_open(void) {
  const char *path = device_path(settings.modem);
  is_lost = is_told = had_turn = false;
  is_drained = true;
  return path != NULL ? open_device(path) : open_tcp(tcp_place(settings.modem));
}

void modem_close(void) {
  if (line >= 0) close(line);
  line = -1;
}

static int lose(const char *why) {
  if (!is_lost) fail(0, "the line %s %s", settings.modem, why);
  is_lost = true;
  return IPA_PORT_LOST;
}

int ipa_port_modem_write(const uint8_t *bytes, uint32_t length) {
  while (length > 0 && !is_lost) {
    const ssize_t written = write(line, bytes, length);
    if (written > 0) {
      bytes += written;
      length -= (uint32_t)written;
      continue;
    }
    struct pollfd ready = {.fd = line, .events = POLLOUT};
    if (written < 0 && errno != EAGAIN && errno != EINTR) return lose(strerror(errno));
    if (poll(&ready, 1, WRITE_TIMEOUT_MS) == 0) return lose("takes no bytes");
  }
  return is_lost ? IPA_PORT_LOST : 0;
}

int ipa_port_modem_read(uint8_t *bytes, uint32_t capacity) {
  if (is_lost && is_told) return 0;
  is_told = is_lost;
  if (is_lost) return IPA_PORT_LOST;
  is_drained = false;
  if (capacity == 0) return 0;
  const ssize_t length = read(line, bytes, capacity);
  if (length > 0) return (int)length;
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
    is_drained = true;
    return 0;
  }
  is_told = true;
  return lose(length == 0 ? "was closed by the other end" : strerror(errno));
}

/* there is no card wired to this machine: the card link is the modem's */
int ipa_port_card_transmit(const uint8_t *apdu, uint32_t length, uint8_t *response, uint32_t capacity) {
  (void)apdu, (void)length, (void)response, (void)capacity;
  return IPA_PORT_LOST;
}

int ipa_port_card_reset(void) { return IPA_PORT_LOST; }

void modem_wait(struct wait_set *set) {
  if (!is_lost && is_drained) wait_for(set, line, POLLIN);
  if (is_told && !had_turn) wait_until(set, set->now_ms);
  had_turn = is_told;
}
