// SPDX-License-Identifier: Apache-2.0
// A transport of datagrams that tells what passes through it; under DTLS that is what DTLS carries.

import { type DatagramChannel, type DatagramTransport, NetworkError, type Peer } from '../interfaces.js';
import { createTracer, type TraceDetails, type TraceOptions, type TraceSink } from './trace.js';

type Trace = (details: TraceDetails) => void;

/**
 * Wraps `transport`; each channel opened or closed, each datagram and each failure becomes one record of lane "network" on `sink`. `text` of
 * a datagram is the head of its CoAP message.
 */
export function traceDatagrams(transport: DatagramTransport, sink: TraceSink, options: TraceOptions = {}): DatagramTransport {
  const trace = createTracer('network', sink, options);
  return {
    open: async (peer) => {
      trace({ direction: 'out', event: 'open', ...about(peer) });
      try {
        const channel = await transport.open(peer);
        trace({ direction: 'in', event: 'opened', channel: channel.name });
        return tracedChannel(channel, trace);
      } catch (error) {
        trace({ direction: 'in', event: 'failure', during: 'open', ...describe(error) });
        throw error;
      }
    },
    close: () => transport.close(),
  };
}

function about({ kind, scheme, listen, address, trust }: Peer): Record<string, unknown> {
  return { kind, scheme, ...(listen ? { listen } : {}), address, trust: trust.kind };
}

function tracedChannel(channel: DatagramChannel, trace: Trace): DatagramChannel {
  return {
    name: channel.name,
    send: (bytes) => {
      trace({ direction: 'out', event: 'datagram', bytes, text: coapHead(bytes) });
      channel.send(bytes);
    },
    onDatagram: (listener) =>
      channel.onDatagram((bytes) => {
        trace({ direction: 'in', event: 'datagram', bytes, text: coapHead(bytes) });
        listener(bytes);
      }),
    onFailure: (listener) =>
      channel.onFailure((error) => {
        trace({ direction: 'in', event: 'failure', ...describe(error) });
        listener(error);
      }),
    close: () => {
      trace({ direction: 'out', event: 'close' });
      return channel.close();
    },
  };
}

function describe(error: unknown): Record<string, unknown> {
  return error instanceof NetworkError ? { reason: error.reason, message: error.message } : { message: String(error) };
}

const TYPES = ['CON', 'NON', 'ACK', 'RST'];

/** Type, code and message ID (RFC 7252 §3), such as "CON 0.02 #48879". */
function coapHead(bytes: Uint8Array): string {
  if (bytes.length < 4 || bytes[0]! >> 6 !== 1) return 'no CoAP';
  const code = bytes[1]!;
  return `${TYPES[(bytes[0]! >> 4) & 3]} ${code >> 5}.${String(code & 31).padStart(2, '0')} #${(bytes[2]! << 8) | bytes[3]!}`;
}
