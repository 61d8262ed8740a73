// SPDX-License-Identifier: Apache-2.0
// How long exchanges over TCP take on a link, and how many bytes they need there: a model to compare HTTPS with CoAP by, not a TCP.
//
// The model: a connection is opened by SYN, SYN-ACK and ACK. Each run of bytes goes in one direction and begins when the run before it has
// arrived. It is cut into segments of MSS bytes with 40 bytes of headers (IPv4 and TCP without options). The receiver acknowledges every
// second segment at once; an odd last one is acknowledged by the run that comes back. A sender has at most its congestion window on the
// way: 10 segments at first (RFC 6928), one more for each segment acknowledged (slow start, RFC 5681 with RFC 3465). Nothing is lost,
// nothing jitters, and no timer runs, so the result is the least that TCP needs. In the end the client closes: FIN, FIN-ACK, ACK.

import type { LinkParameters } from './datagram-link.js';
import { LinkLine } from './link-line.js';

type Direction = 'up' | 'down';

/** Bytes that one side sends without waiting for the other, such as a flight of the TLS handshake, or a request. */
export interface StreamRun {
  readonly direction: Direction;
  readonly bytes: number;
}

export interface StreamOptions {
  /** Payload bytes of a segment at most. Default 1,318, for the cellular MTU of 1,358. */
  readonly mssBytes?: number;
  /** Headers of a segment in bytes. Default 40. */
  readonly headerBytes?: number;
  /** Segments that may be on their way at first. Default 10. */
  readonly initialWindow?: number;
}

/** What one direction carried. */
export interface StreamTraffic {
  /** With headers. */
  readonly bytes: number;
  /** Segments, pure acknowledgements and opening and closing ones included. */
  readonly segments: number;
}

export interface StreamTiming {
  readonly up: StreamTraffic;
  readonly down: StreamTraffic;
  /** Times that a side could not go on before something had come back: opening, answers, and waits for the window. */
  readonly roundTrips: number;
  /** From the first SYN until the last run has arrived, in milliseconds. Closing is not waited for. */
  readonly timeMs: number;
}

/** Times the runs on a link, of which rate, delay and access time count. @throws RangeError for options or runs that make no sense. */
export function streamTiming(runs: readonly StreamRun[], link: LinkParameters, options: StreamOptions = {}): StreamTiming {
  const stream = new ModelledStream(link, options);
  for (const run of runs) stream.send(run);
  return stream.close();
}

const MSS_BYTES = 1_318;
const HEADER_BYTES = 40;
const INITIAL_WINDOW = 10;

class Side {
  bytes = 0;
  segments = 0;
  /** Segments on their way at most. */
  window: number;
  /** Sent and not acknowledged; the last one may wait for the other side's next run. */
  inFlight = 0;
  readonly line: LinkLine;
  readonly delayMs: number;

  constructor(link: LinkParameters['up'], window: number) {
    this.window = window;
    this.line = new LinkLine(link ?? {});
    this.delayMs = link?.delayMs ?? 0;
  }

  /** Sends one segment; returns when it arrives. */
  segment(nowMs: number, bytes: number): number {
    this.bytes += bytes;
    this.segments++;
    return this.line.send(nowMs, bytes).endMs + this.delayMs;
  }

  acknowledged(segments: number): void {
    this.inFlight -= segments;
    this.window += segments;
  }
}

interface Acknowledgement {
  readonly atMs: number;
  /** How many waits for the window came before the segments that it is for. */
  readonly round: number;
}

class ModelledStream {
  readonly #sides: Readonly<Record<Direction, Side>>;
  readonly #mssBytes: number;
  readonly #headerBytes: number;
  #nowMs = 0;
  #roundTrips = 1;
  #last: Direction = 'up';
  /** When the server may send. */
  readonly #openMs: number;

  constructor(link: LinkParameters, { mssBytes = MSS_BYTES, headerBytes = HEADER_BYTES, initialWindow = INITIAL_WINDOW }: StreamOptions) {
    if (!(mssBytes >= 1)) throw new RangeError(`a segment holds at least 1 byte, not ${mssBytes}`);
    if (!(initialWindow >= 2)) throw new RangeError(`the window holds at least the 2 segments that one ACK is for, not ${initialWindow}`);
    this.#mssBytes = mssBytes;
    this.#headerBytes = headerBytes;
    this.#sides = { up: new Side(link.up, initialWindow), down: new Side(link.down, initialWindow) };
    this.#nowMs = this.#control('up', 0);
    this.#nowMs = this.#control('down', this.#nowMs);
    this.#openMs = this.#control('up', this.#nowMs);
  }

  send({ direction, bytes }: StreamRun): void {
    if (!(Number.isInteger(bytes) && bytes > 0)) throw new RangeError(`a run has at least 1 byte, not ${bytes}`);
    const opposite = direction === 'up' ? 'down' : 'up';
    // what this run's first segment acknowledges on its way
    this.#sides[opposite].acknowledged(this.#sides[opposite].inFlight);
    if (direction === 'down' && this.#last === 'up') this.#roundTrips++;
    if (direction === 'down') this.#nowMs = Math.max(this.#nowMs, this.#openMs);
    this.#last = direction;
    this.#nowMs = this.#run(this.#sides[direction], opposite, bytes);
  }

  /** FIN of the client, which acknowledges what the server sent last; the server's with its ACK; the last ACK. */
  close(): StreamTiming {
    const finMs = this.#control('up', this.#nowMs);
    this.#control('up', this.#control('down', finMs));
    const traffic = ({ bytes, segments }: Side): StreamTraffic => ({ bytes, segments });
    return {
      up: traffic(this.#sides.up),
      down: traffic(this.#sides.down),
      roundTrips: this.#roundTrips,
      timeMs: this.#nowMs,
    };
  }

  /** Returns when the last byte arrives. */
  #run(side: Side, opposite: Direction, bytes: number): number {
    const acknowledgements: Acknowledgement[] = [];
    let nowMs = this.#nowMs;
    let arrivalMs = nowMs;
    let round = 0;
    let isOdd = side.inFlight > 0;
    for (let left = bytes; left > 0; left -= this.#mssBytes) {
      if (side.inFlight >= side.window) {
        // one for two segments, and the window holds two: there always is one
        const acknowledgement = acknowledgements.shift()!;
        side.acknowledged(2);
        if (acknowledgement.atMs > side.line.freeMs) round = Math.max(round, acknowledgement.round + 1);
        nowMs = Math.max(nowMs, acknowledgement.atMs);
      }
      arrivalMs = side.segment(nowMs, this.#headerBytes + Math.min(left, this.#mssBytes));
      side.inFlight++;
      if (isOdd) acknowledgements.push({ atMs: this.#control(opposite, arrivalMs), round });
      isOdd = !isOdd;
    }
    side.acknowledged(2 * acknowledgements.length);
    this.#roundTrips += round;
    return arrivalMs;
  }

  /** A segment without payload; returns when it arrives. */
  #control(direction: Direction, nowMs: number): number {
    return this.#sides[direction].segment(nowMs, this.#headerBytes);
  }
}
