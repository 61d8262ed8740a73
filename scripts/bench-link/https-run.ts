// SPDX-License-Identifier: Apache-2.0
// One job over HTTPS: the real module, driver and transport against the simulated eIM on the loopback interface, for the bytes that each
// side sends before it waits for the other. What they cost on a link is a matter of host/wrap/stream-timing.ts.

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '../../host/clock.js';
import { createNodeInstance } from '../../host/core/node.js';
import { poll } from '../../host/driver.js';
import type { RequestHead, Transport } from '../../host/interfaces.js';
import { SimulatedEim } from '../../host/sim/eim/index.js';
import { DEFAULT_EIM_FQDN } from '../../host/sim/pki/index.js';
import { HttpsTransport } from '../../host/transport/https.js';
import type { StreamRun } from '../../host/wrap/stream-timing.js';
import { Bed, eimOptions, type Job, type Surroundings } from './bed.js';
import { SIGNATURE_BYTES } from './keys.js';
import { connectModem } from './modem-line.js';

/** One in two is right. */
const MOST_TRIES = 100;

/** Runs of one job. */
export interface HttpsRuns {
  readonly full: readonly StreamRun[];
  readonly resumed: readonly StreamRun[];
}

/** The runs of the job with a full handshake, and with a resumed session. Rejects with Error when the job is not done. */
export async function runOverHttps(surroundings: Surroundings, job: Job): Promise<HttpsRuns> {
  return { full: await recordEven(surroundings, job, false), resumed: await recordEven(surroundings, job, true) };
}

async function recordEven(surroundings: Surroundings, job: Job, resumed: boolean): Promise<readonly StreamRun[]> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const eim = new SimulatedEim(eimOptions(surroundings));
    await eim.start();
    const recorder = await Recorder.start(eim.address);
    const bed = new Bed(surroundings, job, eim);
    try {
      // leads to a session, and nothing else
      if (resumed) await recorder.record(bed);
      bed.queueJob();
      const runs = await recorder.record(bed);
      bed.check();
      if (recorder.isEven) return runs;
    } finally {
      await Promise.all([recorder.close(), eim.close()]);
    }
  }
  throw new Error(`no handshake of the usual length in ${MOST_TRIES} tries`);
}

/** A transport with sessions that outlive its connections, and a place in its way to the eIM that sees each handshake. */
class Recorder {
  private readonly transport: HttpsTransport;
  /** Bytes up and down by the end of each exchange. */
  private marks: { up: number; down: number }[] = [];

  private constructor(private readonly tap: Tap) {
    this.transport = new HttpsTransport({ resolve: { [DEFAULT_EIM_FQDN]: `127.0.0.1:${tap.port}` } });
  }

  /** Leads to the eIM at "host:port". */
  static async start(address: string): Promise<Recorder> {
    return new Recorder(await Tap.start(Number(address.split(':')[1])));
  }

  /** Whether the signature of the last handshake had the usual length, if there was one. */
  get isEven(): boolean {
    return this.tap.isEven;
  }

  /** One poll on a connection of its own. */
  async record({ euicc }: Bed): Promise<readonly StreamRun[]> {
    const instance = await createNodeInstance();
    const card = connectModem(euicc, systemClock);
    this.marks = [this.wire()];
    try {
      const { error } = await poll({ instance, card, transport: this.watched() }, { esipaScheme: 'https' });
      if (error) throw error;
      return this.runs();
    } finally {
      this.tap.hangUp();
      await Promise.all([card.close(), instance.close()]);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.transport.close(), this.tap.close()]);
  }

  private wire(): { up: number; down: number } {
    const { wireBytesUp, wireBytesDown } = this.transport.counters;
    return { up: wireBytesUp, down: wireBytesDown };
  }

  /** Each exchange is a run up and a run down, the first one behind the first flights of the handshake. */
  private runs(): StreamRun[] {
    const { hello, flight } = this.tap;
    const exchanges = this.marks.slice(1).map(({ up, down }, index) => {
      const before = this.marks[index]!;
      return { up: up - before.up - (index ? 0 : hello), down: down - before.down - (index ? 0 : flight) };
    });
    return [{ up: hello, down: flight }, ...exchanges].flatMap(({ up, down }): StreamRun[] => [
      { direction: 'up', bytes: up },
      { direction: 'down', bytes: down },
    ]);
  }

  private watched(): Transport {
    const { transport } = this;
    return {
      open: (peer) => transport.open(peer),
      beginRequest: (head: RequestHead) => transport.beginRequest(head),
      sendChunk: (bytes, last) => transport.sendChunk(bytes, last),
      receive: async (maxBytes) => {
        const chunk = await transport.receive(maxBytes);
        if (!chunk.more) this.marks.push(this.wire());
        return chunk;
      },
      abort: () => transport.abort(),
      // this transport forgets its sessions when it is closed; the connection goes all the same
      close: async () => this.tap.hangUp(),
      counters: transport.counters,
    };
  }
}

/** Carries TCP to wherever the eIM is, and looks at the first flights. */
class Tap {
  /** Bytes of the client's first flight and of the server's. */
  hello = 0;
  flight = 0;
  isEven = true;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (socket) => this.carry(socket));
  }

  static async start(target: number): Promise<Tap> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Tap(server, target);
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  hangUp(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  async close(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private carry(client: Socket): void {
    const server = connect({ host: '127.0.0.1', port: this.target, noDelay: true });
    client.setNoDelay(true);
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => this.hangUp());
    }
    const flight: Buffer[] = [];
    let turns = 0;
    client.on('data', (bytes) => {
      if (turns === 1) this.note(Buffer.concat(flight));
      turns = turns === 0 ? 0 : 2;
      if (turns === 0) this.hello = bytes.length;
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      turns = Math.max(turns, 1);
      if (turns === 1) flight.push(bytes);
      client.write(bytes);
    });
  }

  private note(flight: Buffer): void {
    this.flight = flight.length;
    this.isEven = isEven(flight);
  }
}

const [RECORD_HEAD_BYTES, APPLICATION_DATA] = [5, 23];
/** Head of the message, algorithm, length of the signature; type of the content and tag of the record (RFC 8446 §4.4.3, §5.2). */
const AROUND_SIGNATURE_BYTES = 4 + 2 + 2 + 1 + 16;

/** Whether the signature in a CertificateVerify of TLS 1.3 has the usual length; without one, too. */
function isEven(flight: Buffer): boolean {
  const lengths: number[] = [];
  for (let at = 0; at + RECORD_HEAD_BYTES <= flight.length; at += RECORD_HEAD_BYTES + flight.readUInt16BE(at + 3))
    if (flight[at] === APPLICATION_DATA) lengths.push(flight.readUInt16BE(at + 3));
  // EncryptedExtensions, Certificate, CertificateVerify, Finished; the two in the middle only in a full handshake
  return lengths.length < 4 || lengths[2] === AROUND_SIGNATURE_BYTES + SIGNATURE_BYTES;
}
