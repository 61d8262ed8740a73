// SPDX-License-Identifier: Apache-2.0
// What carries CoAP: UDP and DTLS 1.2, client and server, for the device and for simulators.

export { systemClock } from '../clock.js';
export { connectDtls } from './dtls-client.js';
export type { DtlsChannel, DtlsClientOptions, DtlsOptions, DtlsServerOptions, PreSharedKey } from './dtls-options.js';
export { acceptDtls, createTicketKey } from './dtls-server.js';
export { createMemorySessionStore, type SessionStore } from './session-store.js';
export { UdpListener, type UdpListenerOptions } from './udp-listener.js';
export type { UdpCounters } from './udp-meter.js';
export { UdpDatagramTransport, type UdpTransportOptions } from './udp-transport.js';
