// SPDX-License-Identifier: Apache-2.0
// One job over CoAP and DTLS: the real module and driver on one end of a simulated link, the simulated eIM on the other, under a virtual
// clock.

import { createNodeInstance } from '../../host/core/node.js';
import { poll } from '../../host/driver.js';
import { type IpaInstance, NetworkError, type Transport } from '../../host/interfaces.js';
import { CoapServer } from '../../host/sim/eim/coap/coap-server.js';
import type { LinkParameters } from '../../host/wrap/datagram-link.js';
import { VirtualClock } from '../../host/wrap/virtual-clock.js';
import { Bed, type EsipaExchange, type Job, type Surroundings } from './bed.js';
import { DtlsLink, type LinkCount, type Security, type SessionStores } from './dtls-link.js';
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
  /** Default: what the module does by itself. */
  readonly ackTimeoutMs?: number | undefined;
  /** Default: a new one in this process. */
  readonly createInstance?: () => Promise<IpaInstance>;
}

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
/** Until all that is on its way after the end has arrived. */
const DRAIN_MS = 600_000;

/** Handshakes whose signature has another length than usual are done again. Rejects with Error when the job is not done. */
export async function runOverCoap(options: CoapRunOptions): Promise<CoapRun> {
  for (;;) {
    const { run, isEven } = await runOnce(options);
    if (isEven) return run;
  }
}

async function runOnce({
  surroundings,
  job,
  security,
  stores,
  link,
  pace,
  seed = 1,
  ackTimeoutMs,
  createInstance = createNodeInstance,
}: CoapRunOptions): Promise<{ run: CoapRun; isEven: boolean }> {
  const clock = new VirtualClock();
  const bed = new Bed(surroundings, job);
  const server = new CoapServer({
    // what the eIM has to ask the SM-DP+ takes no time
    handle: (body) => clock.hold(bed.handle(body)),
    clock,
    separateAfterMs: SEPARATE_AFTER_MS,
    largestBlock: LARGEST_BLOCK_BYTES,
    maxRequestBytes: ONE_MEBIBYTE,
    seed,
  });
  const datagrams = new DtlsLink({ clock, pki: surroundings.pki, link, seed, security, stores, serve: (channel) => void server.serve(channel) });
  const instance = await createInstance();
  const card = connectModem(bed.euicc, clock, pace);
  const timing = ackTimeoutMs === undefined ? {} : { ackTimeoutMs };
  try {
    const { error } = await clock.runUntil(
      () => poll({ instance, card, datagrams, transport: NO_HTTPS, clock }, { esipaScheme: 'coaps', seed, ...timing }),
      `the job ${job}`,
    );
    const timeMs = clock.nowMs();
    if (error) throw error;
    bed.check();
    clock.advance(DRAIN_MS);
    const run = { ...datagrams.count, exchanges: bed.exchanges, timeMs, memoryBytes: instance.memoryBytes };
    return { run, isEven: datagrams.isEven };
  } finally {
    await Promise.all([card.close(), server.close(), bed.close(), instance.close()]);
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
