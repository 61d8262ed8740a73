// SPDX-License-Identifier: Apache-2.0
// A transport straight into an eIM in this process: what the network costs is measured elsewhere.

import { NetworkError, type ResponseChunk, type Transport } from '../../host/interfaces.js';
import type { EimService } from '../../host/sim/eim/index.js';
import type { VirtualClock } from '../../host/wrap/virtual-clock.js';

/** Calls `eim` in the ASN.1 binding; its work takes no time of `clock`. */
export function eimTransport(eim: EimService, clock: VirtualClock): Transport {
  const counters = { requests: 0, bodyBytesUp: 0, bodyBytesDown: 0, wireBytesUp: 0, wireBytesDown: 0 };
  let request: Uint8Array[] = [];
  let response: ReturnType<EimService['handle']> | undefined;
  let received = 0;
  return {
    counters,
    open: async () => {},
    beginRequest: async () => {
      counters.requests++;
      request = [];
      received = 0;
    },
    sendChunk: async (bytes, last) => {
      counters.bodyBytesUp += bytes.length;
      request.push(bytes);
      if (last) response = clock.hold(eim.handle(new Uint8Array(Buffer.concat(request))));
    },
    receive: async (maxBytes): Promise<ResponseChunk> => {
      if (!response) throw new NetworkError('malformed', 'nothing was asked');
      const { status, body } = await response;
      if (status > 299) throw new NetworkError('httpStatus', `HTTP ${status}`, status);
      const bytes = body.subarray(received, received + maxBytes);
      received += bytes.length;
      counters.bodyBytesDown += bytes.length;
      return { bytes, more: received < body.length };
    },
    abort: async () => {},
    close: async () => {},
  };
}
