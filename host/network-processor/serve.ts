// SPDX-License-Identifier: Apache-2.0
// Does what a device asks for in frames on its line, and tells it in frames how that ended.

import { Action } from '../abi.js';
import type { ByteLine, Action as Request } from '../interfaces.js';
import { type NetworkEvent, NetworkLane, type NetworkLinks } from '../network-lane.js';
import { encodeFrame, type Frame, FrameReader, MOST_BYTES_FROM_DEVICE, MOST_BYTES_TO_DEVICE } from './frames.js';

/** What the network is reached by: HTTPS, and datagrams for CoAP where devices use it. They stay the caller's. */
export type NetworkProcessorLinks = NetworkLinks;

/** What somebody may see of it, for progress and traces. */
export interface NetworkProcessorOptions {
  /** Sees each action of the device before it is performed. */
  readonly onAction?: (action: Request) => void;
  /** Sees each event before the device is told. `kind` is one of Event. */
  readonly onEvent?: (event: Pick<NetworkEvent, 'kind' | 'argument' | 'bytes'>) => void;
}

/** Counted since the beginning. */
export interface NetworkProcessorCounters {
  /** Actions that were performed. */
  readonly framesIn: number;
  /** Events that the device was told. */
  readonly framesOut: number;
  /** Damaged frames of the device: wrong FCS, too short or too long. */
  readonly framesDropped: number;
  /** Frames that made no sense: an unknown action, a second request before the first is answered, a datagram of an exchange that is over. */
  readonly framesIgnored: number;
  /** Datagrams of peers that were too long for the device. */
  readonly datagramsDropped: number;
}

/** A device that is served. */
export interface NetworkProcessor {
  /** Ends it: what the device has begun is given up, connection and channel are closed. The line stays open. */
  close(): Promise<void>;
  readonly counters: NetworkProcessorCounters;
  /** Resolves with the reason when the line breaks or is closed by the device; then it is ended as by `close`. */
  readonly lineClosed: Promise<Error>;
}

/**
 * Serves the device at the other end of the line (boards/common/ipa_serial_network.c) with the network. Neither what the device sends nor
 * what the network does throws anything: the device is told, or what makes no sense is ignored.
 */
export function serveNetworkProcessor(
  line: ByteLine,
  links: NetworkProcessorLinks,
  options: NetworkProcessorOptions = {},
): NetworkProcessor {
  return new Server(line, links, options);
}

/** Those that an event ends. */
const ANSWERED: ReadonlySet<number> = new Set([Action.NetworkOpen, Action.NetworkSend, Action.NetworkReceive]);
/** Those that begin an exchange, and give up the one before. */
const BEGINNING: ReadonlySet<number> = new Set([Action.NetworkOpen, Action.NetworkAbort, Action.NetworkClose]);

class Server implements NetworkProcessor {
  readonly lineClosed: Promise<Error>;
  readonly #lane: NetworkLane;
  readonly #reader = new FrameReader(MOST_BYTES_FROM_DEVICE, (frame) => this.#take(frame));
  /** That of the device; undefined before the device has begun any. */
  #exchange: number | undefined;
  /** Whether the device waits for an event. */
  #isAwaited = false;
  #isClosed = false;
  #framesIn = 0;
  #framesOut = 0;
  #framesIgnored = 0;
  #datagramsDropped = 0;

  constructor(
    private readonly line: ByteLine,
    links: NetworkProcessorLinks,
    private readonly options: NetworkProcessorOptions,
  ) {
    this.#lane = new NetworkLane(links, (event) => this.#tell(event));
    this.lineClosed = new Promise((resolve) => line.onClose(resolve));
    void this.lineClosed.then(() => this.close());
    line.onData((bytes) => {
      if (!this.#isClosed) this.#reader.take(bytes);
    });
  }

  get counters(): NetworkProcessorCounters {
    return {
      framesIn: this.#framesIn,
      framesOut: this.#framesOut,
      framesDropped: this.#reader.dropped,
      framesIgnored: this.#framesIgnored,
      datagramsDropped: this.#datagramsDropped,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#closeLane();
  }

  #take(frame: Frame): void {
    if (!this.#isSense(frame)) {
      this.#framesIgnored++;
      return;
    }
    const { kind, exchange, argument, payload: bytes } = frame;
    this.#framesIn++;
    this.options.onAction?.({ kind, argument, bytes });
    // the device has begun a new exchange, also where the frame that said so was lost
    if (exchange !== this.#exchange || BEGINNING.has(kind)) this.#begin(exchange, kind);
    if (ANSWERED.has(kind)) this.#isAwaited = true;
    this.#perform(kind, argument, bytes);
  }

  #isSense({ kind, exchange, argument }: Frame): boolean {
    if (BEGINNING.has(kind)) return true;
    if (kind === Action.DatagramSend) return exchange === this.#exchange;
    if (kind === Action.NetworkReceive && argument < 1) return false;
    return ANSWERED.has(kind) && (exchange !== this.#exchange || !this.#isAwaited);
  }

  #begin(exchange: number, kind: number): void {
    this.#exchange = exchange;
    this.#isAwaited = false;
    if (kind !== Action.NetworkClose) this.#lane.abort();
  }

  #perform(kind: number, argument: number, bytes: Uint8Array): void {
    switch (kind) {
      case Action.NetworkOpen:
        this.#lane.open(bytes);
        break;
      case Action.NetworkSend:
        this.#lane.send(bytes, argument);
        break;
      case Action.NetworkReceive:
        this.#lane.receive(Math.min(argument, MOST_BYTES_TO_DEVICE));
        break;
      case Action.NetworkClose:
        void this.#closeLane();
        break;
      case Action.DatagramSend:
        this.#lane.sendDatagram(bytes);
        break;
    }
  }

  /** That a connection could not be closed well is of no use to anybody. */
  async #closeLane(): Promise<void> {
    await this.#lane.close().catch(() => {});
  }

  #tell({ kind, argument, bytes: payload, unasked = false }: NetworkEvent): void {
    if (this.#isClosed || this.#exchange === undefined) return;
    if (unasked && payload.length > MOST_BYTES_TO_DEVICE) {
      this.#datagramsDropped++;
      return;
    }
    if (!unasked) this.#isAwaited = false;
    this.#framesOut++;
    this.options.onEvent?.({ kind, argument, bytes: payload });
    this.line.write(encodeFrame({ kind, exchange: this.#exchange, argument, payload }));
  }
}
