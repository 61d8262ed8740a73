// SPDX-License-Identifier: Apache-2.0
// One job over CoAP and DTLS: the real module and driver on one end of a simulated link, the simulated eIM on the other, under a virtual
// clock.

import { createNodeInstance } from '../../host/core/node.js';
import { poll } from '../../host/driver.js';
import { type IpaInstance, NetworkError, type Transport } from '../../host/interfaces.js';
import { hex } from '../../host/sim/codec/bytes.js';
import { CoapServer } from '../../host/sim/eim/coap/coap-server.js';
import { EimService } from '../../host/sim/eim/index.js';
import type { LinkParameters } from '../../host/wrap/datagram-link.js';
import { VirtualClock } from '../../host/wrap/virtual-clock.js';
import { Bed, eimOptions, type Job, type Surroundings } from './bed.js';
import type { EsipaExchange } from './bound.js';
import { DtlsLink, type LinkCount, type Security, type SessionStores, type Timers } from './dtls-link.js';
import { connectModem, type ModemPace } from './modem-line.js';

export interface CoapRunOptions {
  readonly surroundings: Surroundings;
  readonly job: Job;
  readonly security: Security;
  /** For `resumed`: sessions of before. */
  readonly stores?: SessionStores;
  readonly link: LinkParameters;
  /** Default: a modem and a card that answer at once. */
  readonly pace?: ModemPace;
  /** Of losses, and of what the module draws. Default 1. */
  readonly seed?: number;
  /** Default: those of the standards. */
  readonly timers?: Timers | undefined;
  /** Default: a new one in this process. */
  readonly createInstance?: () => Promise<IpaInstance>;
}

/** ACK_TIMEOUT of RFC 7252 §4.8, and what RFC 7925 §11 advises for DTLS. */
export const STANDARD_TIMERS: Timers = { ackTimeoutMs: 2_000, retransmitMs: 9_000 };

export interface CoapRun extends LinkCount {
  readonly exchanges: readonly EsipaExchange[];
  /** From the command to its end, in milliseconds. */
  readonly timeMs: number;
  /** `__heap_base` of the module. */
  readonly memoryBytes: number;
}

/** Longer than the eIM takes for anything. */
const SEPARATE_AFTER_MS = 1_000;
const LARGEST_BLOCK_BYTES = 1_024;
const ONE_MEBIBYTE = 1_048_576;
/** One in two is right. */
const MOST_TRIES = 100;
/** Until all that is on its way after the end has arrived. */
const DRAIN_MS = 600_000;

/** The outer tag of a message, such as "BF4F". */
function functionOf(request: Uint8Array): string {
  return hex(request.subarray(0, 2));
}

/** Handshakes whose signature has another length than usual are done again. Rejects with Error when the job is not done. */
export async function runOverCoap(options: CoapRunOptions): Promise<CoapRun> {
  let run: CoapRun | undefined;
  for (let tries = 0; run === undefined; tries++) {
    if (tries === MOST_TRIES) throw new Error(`no handshake of the usual length in ${tries} tries`);
    run = await runOnce(options);
  }
  return run;
}

/** Undefined after a handshake of another length. */
async function runOnce({
  surroundings,
  job,
  security,
  stores,
  link,
  pace,
  seed = 1,
  timers = STANDARD_TIMERS,
  createInstance = createNodeInstance,
}: CoapRunOptions): Promise<CoapRun | undefined> {
  const clock = new VirtualClock();
  const eim = new EimService(eimOptions(surroundings));
  const bed = new Bed(surroundings, job, eim);
  bed.queueJob();
  const exchanges: EsipaExchange[] = [];
  const server = new CoapServer({
    // what the eIM has to ask the SM-DP+ takes no time
    handle: async (request) => {
      const response = await clock.hold(eim.handle(request));
      exchanges.push({ function: functionOf(request), requestBytes: request.length, responseBytes: response.body.length });
      return response;
    },
    clock,
    separateAfterMs: SEPARATE_AFTER_MS,
    largestBlock: LARGEST_BLOCK_BYTES,
    maxRequestBytes: ONE_MEBIBYTE,
    seed,
  });
  const datagrams = new DtlsLink({
    clock,
    pki: surroundings.pki,
    link,
    seed,
    security,
    stores,
    timers,
    serve: (channel) => void server.serve(channel),
  });
  const instance = await createInstance();
  const card = connectModem(bed.euicc, clock, pace);
  try {
    const { error } = await clock.runUntil(
      () =>
        poll({ instance, card, datagrams, transport: NO_HTTPS, clock }, { esipaScheme: 'coaps', seed, ackTimeoutMs: timers.ackTimeoutMs }),
      `the job ${job}`,
    );
    const timeMs = clock.nowMs();
    if (!datagrams.isEven) return undefined;
    if (error) throw error;
    bed.check();
    clock.advance(DRAIN_MS);
    return { ...datagrams.count, exchanges, timeMs, memoryBytes: instance.memoryBytes };
  } finally {
    await Promise.all([card.close(), server.close(), eim.close(), instance.close()]);
  }
}

const refused = () => Promise.reject(new NetworkError('unreachable', 'nothing is to go over HTTPS here'));
const NO_HTTPS: Transport = {
  open: refused,
  beginRequest: refused,
  sendChunk: refused,
  receive: refused,
  abort: async () => {},
  close: async () => {},
  counters: { requests: 0, bodyBytesUp: 0, bodyBytesDown: 0, wireBytesUp: 0, wireBytesDown: 0 },
};
