/* SPDX-License-Identifier: Apache-2.0 */
/* The network functions of the port: which of the two ways a peer is reached by, and what is told when neither fits. */

#include "datagrams.h"
#include "https.h"
#include "network.h"

static struct peer selected;
static enum { WAY_NONE, WAY_HTTPS, WAY_DATAGRAMS } way;
/** Told next: a peer that cannot be reached in any way. 0: nothing. */
static int32_t failure;

static void refuse(int32_t why) {
  ipa_port_network_close();
  failure = why;
}

static void open_https(const struct peer *peer) {
  if (way == WAY_HTTPS && !peer_is_same(&selected, peer)) https_close();
  if (way == WAY_DATAGRAMS) datagrams_close();
  selected = *peer;
  way = WAY_HTTPS;
  https_open(&selected);
}

static void open_datagrams(const struct peer *peer) {
  ipa_port_network_close();
  selected = *peer;
  way = WAY_DATAGRAMS;
  datagrams_open(&selected);
}

void ipa_port_network_open(const uint8_t *bytes, uint32_t length) {
  static struct peer peer;
  failure = 0;
  if (!peer_read(&peer, bytes, length)) refuse(fail(IPA_NETWORK_FAILURE_MALFORMED, "the module names a peer that this port cannot read"));
  else if (peer.listen) refuse(fail(IPA_NETWORK_FAILURE_UNREACHABLE, "this port does not wait for eIMs that call"));
  else if (peer.scheme == IPA_SCHEME_HTTPS) open_https(&peer);
  else open_datagrams(&peer);
}

void ipa_port_network_send(const uint8_t *bytes, uint32_t length, int32_t argument) {
  if (way == WAY_HTTPS) https_send(bytes, length, argument);
  else failure = IPA_NETWORK_FAILURE_CONNECTION_LOST;
}

void ipa_port_network_receive(uint8_t *window, uint32_t capacity) {
  if (way == WAY_HTTPS) https_receive(window, capacity);
  else failure = IPA_NETWORK_FAILURE_CONNECTION_LOST;
}

void ipa_port_network_abort(void) {
  failure = 0;
  if (way == WAY_HTTPS) https_abort();
}

void ipa_port_network_close(void) {
  failure = 0;
  if (way == WAY_HTTPS) https_close();
  if (way == WAY_DATAGRAMS) datagrams_close();
  way = WAY_NONE;
}

void ipa_port_datagram_send(const uint8_t *bytes, uint32_t length) {
  if (way == WAY_DATAGRAMS) datagrams_send(bytes, length);
}

int ipa_port_network_event(struct ipa_port_event *event) {
  if (failure != 0) {
    *event = (struct ipa_port_event){.kind = IPA_EVENT_NETWORK_FAILED, .argument = failure};
    failure = 0;
    return 1;
  }
  if (way == WAY_HTTPS) return https_event(event);
  return way == WAY_DATAGRAMS ? datagrams_event(event) : 0;
}

void network_wait(struct wait_set *set) {
  if (way == WAY_HTTPS) https_wait(set);
  if (way == WAY_DATAGRAMS) datagrams_wait(set);
}
